using System.Text;

namespace Modus.Mail.Structure;

/// <summary>Header values as text: unfolded, not decoded.</summary>
internal static class HeaderText
{
    private static readonly UTF8Encoding StrictUtf8 = new(false, throwOnInvalidBytes: true);

    /// <summary>Unfolds (RFC 5322 §2.2.3), trims, and reads as UTF-8 or, where it is none, byte by byte as Latin-1.</summary>
    /// <param name="value">The raw value.</param>
    /// <param name="maxBytes">Bytes read of it.</param>
    public static string Unfold(ReadOnlySpan<byte> value, int maxBytes)
    {
        if (value.Length > maxBytes) value = CutUtf8(value, maxBytes);
        value = value.Trim(" \t\r\n"u8); // first, so that a field on one line is copied once
        var isUtf8 = System.Text.Unicode.Utf8.IsValid(value);
        var text = (isUtf8 ? StrictUtf8 : Encoding.Latin1).GetString(value);
        if (text.AsSpan().ContainsAny('\r', '\n', '\0')) text = RemoveLineEnds(text);
        return text.Trim(' ', '\t');
    }

    // A line end of a fold vanishes; a stray one, and NUL, which IMAP cannot send, become a space.
    private static string RemoveLineEnds(string text)
    {
        var result = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            var c = text[i];
            if (c == '\r' && i + 1 < text.Length && text[i + 1] == '\n') continue;
            if (c == '\n' && (i + 1 == text.Length || text[i + 1] is ' ' or '\t')) continue;
            result.Append(c is '\r' or '\n' or '\0' ? ' ' : c);
        }

        return result.ToString();
    }

    private static ReadOnlySpan<byte> CutUtf8(ReadOnlySpan<byte> value, int length)
    {
        while (length > 0 && (value[length] & 0xC0) == 0x80) length--;
        return value[..length];
    }
}
