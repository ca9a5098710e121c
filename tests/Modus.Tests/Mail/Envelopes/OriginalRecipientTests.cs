using CsCheck;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Xunit;

namespace Modus.Tests.Mail.Envelopes;

/// <summary>ORCPT and the 7-bit form of addresses beyond ASCII.</summary>
public sealed class OriginalRecipientTests
{
    [Theory]
    [InlineData("anna@example.org", "rfc822;anna@example.org")]
    [InlineData("anna+x@example.org", "rfc822;anna+2Bx@example.org")]
    [InlineData("änna@example.org", @"utf-8;\x{E4}nna@example.org")]
    [InlineData("a=ö@example.org", @"utf-8;a\x{3D}\x{F6}@example.org")]
    public void Is_made_of_an_address_in_ASCII(string address, string parameter) =>
        Assert.Equal(parameter, OriginalRecipient.From(EmailAddress.Parse(address)));

    [Theory]
    [InlineData("rfc822;anna+2Bx@example.org", false, "rfc822;anna+x@example.org")]
    [InlineData(@"utf-8;\x{E4}nna@example.org", false, "utf-8;änna@example.org")]
    [InlineData("UTF-8;änna@example.org", true, @"UTF-8;\x{E4}nna@example.org")]
    [InlineData(@"utf-8;\x{zz}", false, @"utf-8;\x{zz}")]
    [InlineData("x400;/c=de/+0", false, "x400;/c=de/+0")]
    public void Is_a_field_decoded_and_what_cannot_be_decoded_as_it_is(string parameter, bool asciiOnly, string field) =>
        Assert.Equal(field, OriginalRecipient.ToField(parameter, asciiOnly));

    [Fact]
    public void Unitext_comes_back_as_it_was() =>
        Gen.String[Gen.Char, 1, 40].Where(static text => text.EnumerateRunes().All(static rune => rune.Value != 0xFFFD)).Sample(static text =>
        {
            var encoded = Unitext.Encode(text);
            return encoded.All(static c => c is >= '!' and <= '~' and not ('+' or '=')) && Unitext.TryDecode(encoded, out var back) && back == text;
        });

    [Theory]
    [InlineData("a b")]
    [InlineData("a+b")]
    [InlineData(@"\x{110000}")]
    [InlineData(@"\x{D800}")]
    [InlineData(@"\x{E4")]
    [InlineData(@"\y")]
    [InlineData("")]
    public void What_is_no_unitext_is_said_to_be_none(string text) => Assert.False(Unitext.TryDecode(text, out _));
}
