using CsCheck;
using Modus.Mail.Text;
using Xunit;

namespace Modus.Tests.Mail.Text;

public class UnicodeFormTests
{
    [Theory] // from NormalizationTest.txt of the Unicode Character Database: source, NFC, NFKC
    [InlineData("\u1E0A", "\u1E0A", "\u1E0A")]
    [InlineData("D\u0307\u0323", "\u1E0C\u0307", "\u1E0C\u0307")]
    [InlineData("\u1E69", "\u1E69", "\u1E69")]
    [InlineData("\u1E9B\u0323", "\u1E9B\u0323", "\u1E69")]
    [InlineData("\u212B", "\u00C5", "\u00C5")]
    [InlineData("\uFB01", "\uFB01", "fi")]
    [InlineData("\u00B4", "\u00B4", " \u0301")]
    [InlineData("\uD4DB", "\uD4DB", "\uD4DB")]
    [InlineData("\u1111\u1171\u11B6", "\uD4DB", "\uD4DB")]
    [InlineData("\u0958", "\u0915\u093C", "\u0915\u093C")]         // a composition exclusion
    [InlineData("a\u0315\u0300\u05AE\u0062", "\u00E0\u05AE\u0315b", "\u00E0\u05AE\u0315b")]
    [InlineData("\u0344", "\u0308\u0301", "\u0308\u0301")]
    [InlineData("\uFDFA", "\uFDFA", "\u0635\u0644\u0649 \u0627\u0644\u0644\u0647 \u0639\u0644\u064A\u0647 \u0648\u0633\u0644\u0645")]
    [InlineData("\U0001D15E", "\U0001D157\U0001D165", "\U0001D157\U0001D165")]
    [InlineData("\uFF21\uFF11", "\uFF21\uFF11", "A1")]
    public void Text_is_normalised(string source, string nfc, string nfkc)
    {
        Assert.Equal(nfc, UnicodeForm.ToNfc(source));
        Assert.Equal(nfkc, UnicodeForm.ToNfkc(source));
    }

    [Fact]
    public void Normalising_twice_is_normalising_once() =>
        Gen.Int[1, 0x2FFFF].Where(code => code is < 0xD800 or > 0xDFFF).Array[1, 6].Sample(codes =>
        {
            var text = string.Concat(codes.Select(char.ConvertFromUtf32));
            var nfc = UnicodeForm.ToNfc(text);
            var nfkc = UnicodeForm.ToNfkc(text);
            return UnicodeForm.ToNfc(nfc) == nfc && UnicodeForm.ToNfkc(nfkc) == nfkc && UnicodeForm.ToNfkc(nfc) == nfkc;
        });

    [Fact]
    public void Half_a_surrogate_pair_does_not_throw() => Assert.Equal("a\uFFFD", UnicodeForm.ToNfc("a\uD800"));
}
