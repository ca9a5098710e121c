// SASLprep (RFC 4013): brings names and passwords that look the same to the same bytes.
// Left out on purpose, as RFC 8265 §4.2 (its successor for passwords) leaves it out: the check of bidirectional text and of
// code points unassigned in Unicode 3.2. Both only refuse passwords, Arabic ones with digits and those with emoji.
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Modus.Mail.Text;

namespace Modus.Protocols.Sasl.Passwords;

internal static class SaslPrep
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Prepares UTF-8 text.</summary>
    /// <param name="utf8">The text; left as it is.</param>
    /// <param name="prepared">The result in UTF-8, the caller's to wipe.</param>
    /// <returns>False when the text is no UTF-8, has prohibited characters, or nothing is left of it.</returns>
    public static bool TryPrepare(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out byte[]? prepared)
    {
        prepared = null;
        if (utf8.IsEmpty) return false;
        if (!utf8.ContainsAnyExceptInRange((byte)' ', (byte)'~'))
        {
            prepared = utf8.ToArray();
            return true;
        }

        if (!System.Text.Unicode.Utf8.IsValid(utf8)) return false;
        var text = UnicodeForm.ToNfkc(Map(utf8));
        if (text.Length == 0 || !IsAllowed(text)) return false;
        prepared = StrictUtf8.GetBytes(text);
        return true;
    }

    /// <summary>Prepares UTF-8 text that is no secret.</summary>
    public static bool TryPrepareName(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out string? name)
    {
        name = TryPrepare(utf8, out var prepared) ? StrictUtf8.GetString(prepared) : null;
        return name is not null;
    }

    // RFC 4013 §2.1
    private static string Map(ReadOnlySpan<byte> utf8)
    {
        var chars = new char[StrictUtf8.GetCharCount(utf8)];
        StrictUtf8.GetChars(utf8, chars);
        var length = 0;
        foreach (var c in chars)
        {
            if (IsMappedToNothing(c)) continue;
            var isSpace = c == '\u200B' || char.GetUnicodeCategory(c) == UnicodeCategory.SpaceSeparator;
            chars[length++] = isSpace ? ' ' : c;
        }

        var mapped = new string(chars, 0, length);
        CryptographicOperations.ZeroMemory(System.Runtime.InteropServices.MemoryMarshal.AsBytes(chars.AsSpan()));
        return mapped;
    }

    // RFC 3454 B.1
    private static bool IsMappedToNothing(char c) =>
        c is '\u00AD' or '\u034F' or '\u1806' or (>= '\u180B' and <= '\u180D') or '\u200C' or '\u200D' or '\u2060'
            or (>= '\uFE00' and <= '\uFE0F') or '\uFEFF';

    // RFC 4013 §2.3
    private static bool IsAllowed(string text)
    {
        foreach (var rune in text.EnumerateRunes())
        {
            var isProhibited = Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse
                or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator;
            isProhibited |= rune.Value is (>= 0xFFF9 and <= 0xFFFD) or (>= 0x2FF0 and <= 0x2FFB) or (>= 0xFDD0 and <= 0xFDEF);
            isProhibited |= (rune.Value & 0xFFFE) == 0xFFFE;
            if (isProhibited) return false;
        }

        return true;
    }
}
