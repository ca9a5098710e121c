// One folding for texts and for what is looked for in them. It works character by character, so that a text may be folded
// in pieces, and a match in folded texts is a match in the texts.
using System.Buffers;
using System.Text;

namespace Modus.Mail.Text;

/// <summary>
/// Folds text so that texts which differ only in case become equal: upper case and then lower case, by Unicode's simple
/// mappings, one character for one. What that does and does not do:
/// <list type="bullet">
/// <item>ς and σ, µ and μ, ǅ and ǆ, ẞ and ß become equal; ß and <c>ss</c> do not (that changes lengths).</item>
/// <item>İ and ı become i, ſ becomes s, the Kelvin sign k: whoever types the plain letter finds them.</item>
/// <item>Accents count, and so does composition: é as one character and as two are different.</item>
/// <item>Control characters other than tab, CR and LF, unpaired surrogates and U+FFFE and U+FFFF, which no text means, become
/// a space or U+FFFD. So a folded text never holds <see cref="Filler"/>.</item>
/// </list>
/// Thread-safe.
/// </summary>
public static class TextFold
{
    /// <summary>A character that no folded text holds.</summary>
    public const char Filler = '\u0001';

    private static readonly char[] Bmp = MakeTable();
    private static readonly SearchValues<char> NotPlain = SearchValues.Create(Enumerable.Range(0, 0x10000).Select(static c => (char)c)
        .Where(static c => c >= 0x80 || Bmp[c] != c).ToArray());

    /// <summary>The folded text. Idempotent.</summary>
    public static string Fold(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().ContainsAny(NotPlain) ? string.Create(text.Length, text, static (target, from) => Fold(from, target)) : text;
    }

    /// <summary>Folds into <paramref name="target"/>, which must be as long; both may be the same memory.</summary>
    public static void Fold(ReadOnlySpan<char> text, Span<char> target)
    {
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (!char.IsSurrogate(c)) target[i] = Bmp[c];
            else if (i + 1 < text.Length && Rune.TryCreate(c, text[i + 1], out var rune))
                i += Fold(rune).EncodeToUtf16(target[i..]) - 1;
            else target[i] = '\uFFFD';
        }
    }

    private static char[] MakeTable()
    {
        var table = new char[0x10000];
        for (var c = 0; c < table.Length; c++) table[c] = FoldBmp((char)c);
        return table;
    }

    private static char FoldBmp(char c) => c switch
    {
        '\t' or '\r' or '\n' => c,
        < ' ' or '\x7F' => ' ',
        '\u0130' or '\u0131' => 'i', // the mappings of .NET leave these alone
        '\u017F' => 's',
        '\uFFFE' or '\uFFFF' => '\uFFFD',
        _ when Rune.TryCreate(c, out var rune) => (char)Fold(rune).Value,
        _ => '\uFFFD',
    };

    private static Rune Fold(Rune rune) => Rune.ToLowerInvariant(Rune.ToUpperInvariant(rune));
}
