namespace Modus.Protocols.Wire;

/// <summary>
/// Makes message content fit for the wire: doubles the dot at the start of a line and ends in CRLF (RFC 1939 §3,
/// RFC 5321 §4.5.2). It works in place, in the memory that goes out, and moves bytes only when a dot was found. A line
/// starts after any LF: a peer that takes a bare LF for a line end must not see the end of the message too early. Keeps its
/// state across calls, so that content may be cut anywhere. Not thread-safe.
/// </summary>
public struct DotStuffer()
{
    private bool _isAtLineStart = true;
    private bool _endsInCr;
    private bool _endsInCrlf = true;

    /// <summary>True when everything so far ended in CRLF, or nothing came: else CRLF has to go before the final dot.</summary>
    public readonly bool EndsInCrlf => _endsInCrlf;

    /// <summary>
    /// Stuffs the first <paramref name="length"/> bytes of <paramref name="buffer"/>. What no longer fits behind the dots
    /// that were added is left out: give it again. A third of the buffer free is enough for everything.
    /// </summary>
    /// <param name="buffer">Content, and free space behind it; changed in place.</param>
    /// <param name="length">How much of it is content.</param>
    /// <param name="used">How much of the content was used: all, unless the buffer became full; never 0 in a buffer of 2 or more.</param>
    /// <returns>How many bytes of <paramref name="buffer"/> are to be sent.</returns>
    public int Stuff(Span<byte> buffer, int length, out int used)
    {
        used = 0;
        if (length == 0) return 0;
        var dots = CountDots(buffer[..length]);
        while (length + dots > buffer.Length)
        {
            length -= length + dots - buffer.Length;
            dots = CountDots(buffer[..length]);
        }

        if (length == 0) return 0;
        var last = buffer[length - 1];
        var beforeLast = length > 1 ? buffer[length - 2] == '\r' : _endsInCr;
        if (dots > 0) Spread(buffer, length, dots);

        _endsInCrlf = last == '\n' && beforeLast;
        _endsInCr = last == '\r';
        _isAtLineStart = last == '\n';
        used = length;
        return length + dots;
    }

    private readonly int CountDots(ReadOnlySpan<byte> content)
    {
        if (content.IsEmpty) return 0;
        return content.Count("\n."u8) + (_isAtLineStart && content[0] == '.' ? 1 : 0);
    }

    // From the back, so that each byte moves once, whatever the number of dots.
    private static void Spread(Span<byte> buffer, int length, int dots)
    {
        var end = length;
        while (dots > 0)
        {
            // The last dot at a line start; when only one is left that no LF precedes, it is the first byte.
            var dot = buffer[..end].LastIndexOf("\n."u8) + 1;
            buffer[dot..end].CopyTo(buffer[(dot + dots)..]);
            buffer[dot + --dots] = (byte)'.';
            end = dot;
        }
    }
}
