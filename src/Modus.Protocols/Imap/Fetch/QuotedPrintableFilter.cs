using System.Globalization;

namespace Modus.Protocols.Imap.Fetch;

/// <summary>
/// Decodes quoted-printable (RFC 2045 §6.7): digits in any case, white space at the end of a line left out as the transport's,
/// and what is no escape left as it stands.
/// </summary>
internal sealed class QuotedPrintableFilter : ISectionFilter
{
    // White space may be as long as a line of mail; what is longer is no mailer's (RFC 5322 §2.1.1).
    private const int MaxTail = 1000;

    public int Apply(ReadOnlySpan<byte> source, bool isFinal, Span<byte> destination, out int consumed)
    {
        var written = 0;
        var at = 0;
        while (at < source.Length)
        {
            var rest = source[at..];
            var plain = rest.IndexOfAny((byte)'=', (byte)' ', (byte)'\t');
            if (plain != 0)
            {
                if (plain < 0) plain = rest.Length;
                rest[..plain].CopyTo(destination[written..]);
                written += plain;
                at += plain;
                continue;
            }

            var used = rest[0] == '=' ? TakeEscape(rest, isFinal, destination, ref written) : TakeSpaces(rest, isFinal, destination, ref written);
            if (used == 0) break; // only the next piece can tell
            at += used;
        }

        consumed = at;
        return written;
    }

    // "=" 2(HEXDIG) / "=" *(SPACE / TAB) CRLF
    private static int TakeEscape(ReadOnlySpan<byte> rest, bool isFinal, Span<byte> destination, ref int written)
    {
        if (rest.Length >= 3 && byte.TryParse(rest[1..3], NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var octet))
        {
            destination[written++] = octet;
            return 3;
        }

        var spaces = CountSpaces(rest[1..]);
        var end = LineEnd(rest[(1 + spaces)..], isFinal);
        if (end > 0 || (isFinal && 1 + spaces == rest.Length)) return 1 + spaces + end;
        var isOpen = end < 0 || 1 + spaces == rest.Length || (rest.Length == 2 && char.IsAsciiHexDigit((char)rest[1]));
        if (isOpen && !isFinal && rest.Length < MaxTail) return 0;
        destination[written++] = (byte)'=';
        return 1;
    }

    private static int TakeSpaces(ReadOnlySpan<byte> rest, bool isFinal, Span<byte> destination, ref int written)
    {
        var spaces = CountSpaces(rest);
        var end = LineEnd(rest[spaces..], isFinal);
        var isOpen = end < 0 || spaces == rest.Length;
        if (isOpen && !isFinal && rest.Length < MaxTail) return 0;
        if (end > 0 || (isFinal && spaces == rest.Length)) return spaces;
        rest[..spaces].CopyTo(destination[written..]);
        written += spaces;
        return spaces;
    }

    private static int CountSpaces(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExcept((byte)' ', (byte)'\t');
        return end < 0 ? text.Length : end;
    }

    // The length of a line end here; 0 when there is none, -1 when the next piece may make it one.
    private static int LineEnd(ReadOnlySpan<byte> text, bool isFinal)
    {
        if (text.StartsWith("\n"u8)) return 1;
        if (text.StartsWith("\r\n"u8)) return 2;
        return text.Length == 1 && text[0] == '\r' && !isFinal ? -1 : 0;
    }
}
