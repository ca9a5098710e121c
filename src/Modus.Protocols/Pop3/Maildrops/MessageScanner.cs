namespace Modus.Protocols.Pop3.Maildrops;

/// <summary>
/// Reads a message from its start for what TOP and UTF8 ask: where the given number of body lines ends, and whether the header
/// holds UTF-8 (RFC 6532). Keeps its state across calls, so that the content may be cut anywhere. Not thread-safe.
/// </summary>
internal struct MessageScanner(int bodyLines)
{
    private int _bodyLinesLeft = bodyLines;
    private bool _isInBody;
    private bool _isLineEmpty = true; // nothing but the CR of its end
    private bool _isLineBegun;
    private int _continuationBytes; // what a UTF-8 character that was begun still lacks
    private bool _has8Bit;
    private bool _isNotUtf8;

    /// <summary>True once the header and the body lines were seen.</summary>
    public bool IsComplete { get; private set; }

    /// <summary>The length of what was seen, with the header and the empty line behind it.</summary>
    public long Length { get; private set; }

    /// <summary>True when the header has characters outside ASCII, as UTF-8. Other 8-bit headers are older than that.</summary>
    public readonly bool IsHeaderInternational => _has8Bit && !_isNotUtf8;

    public void Scan(ReadOnlySpan<byte> content)
    {
        while (!content.IsEmpty && !IsComplete)
        {
            var lineEnd = content.IndexOf((byte)'\n');
            var line = lineEnd < 0 ? content : content[..lineEnd];
            if (!_isInBody) ScanHeader(line);
            Length += line.Length;
            content = content[line.Length..];
            if (lineEnd < 0) return;

            Length++;
            content = content[1..];
            EndLine();
        }
    }

    private void ScanHeader(ReadOnlySpan<byte> line)
    {
        if (!line.IsEmpty)
        {
            _isLineEmpty = _isLineEmpty && !_isLineBegun && line.Length == 1 && line[0] == '\r';
            _isLineBegun = true;
        }

        var first8Bit = _continuationBytes > 0 ? 0 : line.IndexOfAnyInRange((byte)0x80, (byte)0xff);
        if (first8Bit < 0) return;
        foreach (var b in line[first8Bit..]) ScanUtf8(b);
    }

    // Enough of RFC 3629 §4 to tell UTF-8 from the 8-bit character sets before it.
    private void ScanUtf8(byte b)
    {
        if (b >= 0x80) _has8Bit = true;
        if (_continuationBytes > 0)
        {
            if ((b & 0xc0) == 0x80) _continuationBytes--;
            else _isNotUtf8 = true;
            return;
        }

        switch (b)
        {
            case < 0x80:
                break;
            case >= 0xc2 and <= 0xdf:
                _continuationBytes = 1;
                break;
            case >= 0xe0 and <= 0xef:
                _continuationBytes = 2;
                break;
            case >= 0xf0 and <= 0xf4:
                _continuationBytes = 3;
                break;
            default:
                _isNotUtf8 = true;
                break;
        }
    }

    private void EndLine()
    {
        if (_isInBody) _bodyLinesLeft--;
        else if (_isLineEmpty) _isInBody = true;
        _isLineEmpty = true;
        _isLineBegun = false;
        if (_continuationBytes > 0) _isNotUtf8 = true;
        _continuationBytes = 0;
        IsComplete = _isInBody && _bodyLinesLeft <= 0;
    }
}
