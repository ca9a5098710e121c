using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Modus.Delivery.Authentication.Dkim;
using Xunit;

namespace Modus.Tests.Delivery.Authentication.Dkim;

public sealed class CanonicalizationTests
{
    // RFC 6376 §3.4.5
    private const string ExampleBody = " C \r\nD \t E\r\n\r\n\r\n";

    [Fact]
    public void The_relaxed_example_of_the_RFC() => AssertBody(" C\r\nD E\r\n", ExampleBody, Canonicalization.Relaxed);

    [Fact]
    public void The_simple_example_of_the_RFC() => AssertBody(" C \r\nD \t E\r\n", ExampleBody, Canonicalization.Simple);

    [Theory]
    [InlineData("", "\r\n", "")]
    [InlineData("\r\n\r\n", "\r\n", "")]
    [InlineData("a", "a\r\n", "a\r\n")]
    [InlineData("a\r\n\r\n\r\nb\r\n\r\n", "a\r\n\r\n\r\nb\r\n", "a\r\n\r\n\r\nb\r\n")]
    [InlineData("a \r\n \r\n", "a \r\n \r\n", "a\r\n")]
    [InlineData("a\rb\r", "a\rb\r\r\n", "a\rb\r\r\n")]
    [InlineData("a\n\r\n\nb", "a\n\r\n\nb\r\n", "a\n\r\n\nb\r\n")]
    [InlineData("a \r b\r\r\n", "a \r b\r\r\n", "a \r b\r\r\n")]
    public void Ends_of_bodies(string body, string simple, string relaxed)
    {
        AssertBody(simple, body, Canonicalization.Simple);
        AssertBody(relaxed, body, Canonicalization.Relaxed);
    }

    [Fact]
    public void A_body_in_pieces_is_the_body() =>
        Gen.Select(Body, Gen.Int[1, 9].Array[1, 6]).Sample((body, sizes) =>
        {
            foreach (var how in Enum.GetValues<Canonicalization>())
                Assert.Equal(Hash(body, how, [int.MaxValue]), Hash(body, how, sizes));
        });

    [Fact]
    public void A_limit_cuts_the_canonical_body_and_the_length_is_of_the_whole()
    {
        using var body = new CanonicalBody(Canonicalization.Relaxed, 4);
        body.Append("a  b\r\nc\r\n"u8);

        Assert.Equal(SHA256.HashData("a b\r"u8), body.Finish());
        Assert.Equal("a b\r\nc\r\n".Length, body.Length);
    }

    [Theory]
    [InlineData("A: X\r\n", "a:X\r\n")]
    [InlineData("B : Y\t\r\n\tZ  \r\n", "b:Y Z\r\n")]
    [InlineData("Subject:\r\n", "subject:\r\n")]
    [InlineData("Subject: \r\n \r\n\tx\r\n", "subject:x\r\n")]
    public void Header_fields_are_relaxed(string field, string canonical)
    {
        using var hash = new HashInput();
        CanonicalHeader.Write(hash, Encoding.ASCII.GetBytes(field), Canonicalization.Relaxed);

        Assert.Equal(SHA256.HashData(Encoding.ASCII.GetBytes(canonical)), hash.Finish());
    }

    private static readonly Gen<string> Body = Gen.OneOf([.. new[] { "\r", "\n", "\r\n", " ", "\t", "a", "bc", "  ", "word word" }.Select(Gen.Const)]).List[0, 30].Select(string.Concat);

    private static void AssertBody(string canonical, string body, Canonicalization how) =>
        Assert.Equal(SHA256.HashData(Encoding.ASCII.GetBytes(canonical)), Hash(body, how, [int.MaxValue]));

    private static byte[] Hash(string text, Canonicalization how, int[] sizes)
    {
        using var body = new CanonicalBody(how, null);
        var bytes = Encoding.Latin1.GetBytes(text);
        for (var (at, piece) = (0, 0); at < bytes.Length; piece++)
        {
            var size = Math.Min(sizes[piece % sizes.Length], bytes.Length - at);
            body.Append(bytes.AsSpan(at, size));
            at += size;
        }

        return body.Finish();
    }
}
