using System.Text;
using CsCheck;
using Modus.Delivery.Authentication.Dkim;
using Modus.Delivery.Authentication.Message;
using Xunit;

namespace Modus.Tests.Delivery.Authentication.Message;

public sealed class TagListTests
{
    [Fact]
    public void Tags_have_values_without_the_white_space_around_them()
    {
        var list = Parse(" v = 1 ; bh=ab\r\n\t cd ;b=;")!;

        Assert.Equal(["v", "bh", "b"], list.Tags.Select(tag => tag.Name));
        Assert.Equal(["1", "ab\r\n\t cd", ""], list.Tags.Select(tag => tag.Value));
        Assert.Null(list["x"]);
    }

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData(";")]
    [InlineData("v")]
    [InlineData("=1")]
    [InlineData("v=1; ;b=2")]
    [InlineData("v=1;v=1")]
    [InlineData("1v=1")]
    [InlineData("v-x=1")]
    public void What_is_no_list_is_none(string text) => Assert.Null(Parse(text));

    [Fact]
    public void Names_differ_by_case() => Assert.Equal(("1", "2"), (Parse("v=1;V=2")!["v"], Parse("v=1;V=2")!["V"]));

    [Fact]
    public void Too_many_tags_are_no_list() => Assert.Null(Parse(string.Concat(Enumerable.Range(0, 33).Select(i => $"t{i}=x;"))));

    [Fact]
    public void The_places_of_a_value_are_those_in_the_text() =>
        Gen.Char["ab=; \t\r\nv1"].Array[0, 40].Select(signs => new string(signs)).Sample(text =>
        {
            foreach (var tag in Parse(text)?.Tags ?? [])
            {
                Assert.Equal(tag.Value, text[tag.ValueStart..tag.ValueEnd].Trim());
                Assert.Equal('=', text[tag.ValueStart - 1]);
                Assert.True(tag.ValueEnd == text.Length || text[tag.ValueEnd] == ';');
            }
        });

    [Fact]
    public void Any_bytes_are_read_as_a_signature_or_a_key_without_a_fault() =>
        Gen.OneOf(Gen.Byte.Array[0, 60], Gen.OneOf([.. Pieces.Select(Gen.Const)]).Array[0, 25].Select(pieces => Encoding.UTF8.GetBytes(string.Concat(pieces))))
            .Sample(bytes =>
            {
                byte[] field = [.. "DKIM-Signature:"u8, .. bytes];
                foreach (var kind in Enum.GetValues<SignatureKind>()) DkimSignature.Parse(field, 14, kind, out _);
                DkimKey.Parse(Encoding.UTF8.GetString(bytes), out _);
                RsaPublicKey.Read(bytes);
            });

    private static readonly string[] Pieces =
        ["v=1", "a=rsa-sha256", ";", "d=example.org", "s=x", "b=YWJj", "bh=YWJj", "h=From", ":", "c=relaxed", "/", "l=1", "x=9999999999999999999", "i=@", "\u00e9", "\0", " ", "="];

    private static TagList? Parse(string text) => TagList.Parse(Encoding.UTF8.GetBytes(text));
}
