using System.Text;
using CsCheck;
using Modus.Mail.Text;
using Xunit;

namespace Modus.Tests.Mail.Text;

public class TextFoldTests
{
    [Theory]
    [InlineData("Hello, World 42", "hello, world 42")]
    [InlineData("GRÜSSE Ärger ΣΊΣΥΦΟΣ ПРИВЕТ", "grüsse ärger σίσυφοσ привет")]
    [InlineData("ς", "σ")]
    [InlineData("ẞ ß", "ß ß")]
    [InlineData("İstanbul DIYARBAKIR ısı", "istanbul diyarbakir isi")]
    [InlineData("\u212Aelvin \u212Bngstr\u00F6m \u017Ft", "kelvin \u00E5ngstr\u00F6m st")]
    [InlineData("\U00010400\U0001F600", "\U00010428\U0001F600")]
    [InlineData("a\u0000b\u0001c\td\r\ne\u007F", "a b c\td\r\ne ")]
    public void Case_goes_and_the_rest_stays(string text, string folded) => Assert.Equal(folded, TextFold.Fold(text));

    [Fact]
    public void What_is_no_character_becomes_a_replacement() =>
        Assert.Equal("x\uFFFDy\uFFFD\uFFFD\uFFFD", TextFold.Fold("x\uD800y\uDC00\uFFFE\uFFFF"));

    [Fact]
    public void Every_character_folds_like_its_upper_and_lower_case_and_once_for_all()
    {
        for (var code = 0; code <= 0x10FFFF; code++)
        {
            if (!Rune.IsValid(code)) continue;
            var rune = new Rune(code);
            var folded = TextFold.Fold(rune.ToString());
            Assert.Equal(rune.Utf16SequenceLength, folded.Length);
            Assert.Equal(folded, TextFold.Fold(folded));
            Assert.Equal(folded, TextFold.Fold(Rune.ToUpperInvariant(rune).ToString()));
            Assert.Equal(folded, TextFold.Fold(Rune.ToLowerInvariant(rune).ToString()));
            Assert.DoesNotContain(TextFold.Filler, folded);
        }
    }

    [Fact]
    public void Folding_pieces_is_folding_the_whole() =>
        Gen.Int[1, 0x2FFFF].Where(Rune.IsValid).Array[0, 20].Select(Gen.Int[0, 20]).Sample((codes, cut) =>
        {
            var parts = codes.Select(char.ConvertFromUtf32).ToList();
            var head = string.Concat(parts.Take(cut));
            var tail = string.Concat(parts.Skip(cut));
            return TextFold.Fold(head) + TextFold.Fold(tail) == TextFold.Fold(head + tail);
        });
}
