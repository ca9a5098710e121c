using System.Text;
using CsCheck;
using Modus.Protocols.Sasl;
using Xunit;

namespace Modus.Tests.Sasl;

public class SaslBase64Tests
{
    [Theory]
    [InlineData("AA")]
    [InlineData("AA=")]
    [InlineData("A===")]
    [InlineData("AB==")]   // unused bits are not zero
    [InlineData("AAB=")]
    [InlineData("AA ==")]
    [InlineData("AAAA\r\n")]
    [InlineData("=AAA")]
    [InlineData("A=AA")]
    [InlineData("AAAA====")]
    [InlineData("*")]
    [InlineData("=")]
    [InlineData("AA-_")]
    [InlineData("\u00e9AAA")]
    public void Anything_but_strict_base64_is_refused(string line) =>
        Assert.False(SaslBase64.TryDecode(Encoding.UTF8.GetBytes(line), out _));

    [Fact]
    public void What_is_encoded_decodes_to_the_same_bytes() =>
        Gen.Byte.Array[0, 300].Sample(bytes =>
            SaslBase64.TryDecode(SaslBase64.Encode(bytes), out var decoded) && decoded.AsSpan().SequenceEqual(bytes));

    [Fact]
    public void Every_accepted_line_is_the_one_encoding_of_its_bytes() =>
        Gen.Char["ABCDwxyz0189+/= "].Array[0, 12].Sample(chars =>
        {
            var line = Encoding.ASCII.GetBytes(chars);
            return !SaslBase64.TryDecode(line, out var decoded) || SaslBase64.Encode(decoded).AsSpan().SequenceEqual(line);
        });

    [Fact]
    public void A_line_over_the_bound_is_refused()
    {
        Assert.True(SaslBase64.TryDecode(Encoding.ASCII.GetBytes(new string('A', SaslBase64.MaxLine)), out _));
        Assert.False(SaslBase64.TryDecode(Encoding.ASCII.GetBytes(new string('A', SaslBase64.MaxLine + 4)), out _));
    }
}
