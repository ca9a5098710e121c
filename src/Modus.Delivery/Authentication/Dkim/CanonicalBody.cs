namespace Modus.Delivery.Authentication.Dkim;

/// <summary>
/// Hashes a body as it is signed (RFC 6376 §3.4.3, §3.4.4), in pieces of any size and in bounded memory. A line end is CRLF; other CRs
/// and LFs are content. Not thread-safe.
/// </summary>
internal sealed class CanonicalBody(Canonicalization how, long? limit) : IDisposable
{
    private static ReadOnlySpan<byte> CrLf => "\r\n"u8;

    private readonly HashInput _hash = new() { Limit = limit ?? long.MaxValue };
    private long _lineEnds;     // CRLFs that came and were not written: at the end of the body they go
    private bool _crWaits;      // the last byte was CR
    private bool _spaceWaits;   // relaxed: white space came and was not written

    public Canonicalization How => how;

    public long? Limit => limit;

    /// <summary>Bytes of the whole canonical body; there after <see cref="Finish"/>.</summary>
    public long Length { get; private set; }

    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (how == Canonicalization.Simple) AppendSimple(bytes);
        else AppendRelaxed(bytes);
    }

    public byte[] Finish()
    {
        if (_crWaits) WriteWaiting((byte)'\r');

        // An empty body is one line end when simple, nothing when relaxed; every other ends in one.
        if (_hash.Length > 0 || how == Canonicalization.Simple) _hash.Append(CrLf);
        Length = _hash.Length;
        return _hash.Finish();
    }

    public void Dispose() => _hash.Dispose();

    private void AppendSimple(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            // Everything up to the line ends at the end of the piece goes as it is.
            var last = bytes.LastIndexOfAnyExcept((byte)'\r', (byte)'\n');
            if (last >= 0)
            {
                if (!_crWaits || bytes[0] != '\n')
                {
                    WriteWaiting();
                    _hash.Append(bytes[..(last + 1)]);
                    bytes = bytes[(last + 1)..];
                    continue;
                }

                AppendSlowly(bytes[0]);
                bytes = bytes[1..];
                continue;
            }

            foreach (var b in bytes) AppendSlowly(b);
            return;
        }
    }

    private void AppendRelaxed(ReadOnlySpan<byte> bytes)
    {
        while (!bytes.IsEmpty)
        {
            // A line like most: whole in this piece, with single spaces between words. It goes as it is.
            if (!_crWaits && !_spaceWaits)
            {
                var end = bytes.IndexOf((byte)'\n');
                if (end > 1 && IsPlain(bytes[..(end + 1)]))
                {
                    WriteWaiting();
                    _hash.Append(bytes[..(end - 1)]);
                    _lineEnds = 1;
                    bytes = bytes[(end + 1)..];
                    continue;
                }
            }

            // Any other line, a part of one, or an empty one.
            var length = bytes.IndexOf((byte)'\n') + 1;
            var slow = length == 0 ? bytes : bytes[..length];
            foreach (var b in slow) AppendSlowly(b);
            bytes = bytes[slow.Length..];
        }
    }

    // text CRLF, in which no white space needs a change
    private static bool IsPlain(ReadOnlySpan<byte> line) =>
        line[^2] == '\r'
        && line[^3..^2] is not [(byte)' ' or (byte)'\r']
        && line[..^2].IndexOfAny((byte)'\t', (byte)'\r') < 0
        && line.IndexOf("  "u8) < 0;

    private void AppendSlowly(byte b)
    {
        switch (b)
        {
            case (byte)'\n' when _crWaits:
                _crWaits = _spaceWaits = false;
                _lineEnds++;
                break;
            case (byte)'\r':
                if (_crWaits) WriteWaiting((byte)'\r');
                _crWaits = true;
                break;
            case (byte)' ' or (byte)'\t' when how == Canonicalization.Relaxed:
                if (_crWaits) WriteWaiting((byte)'\r');
                _spaceWaits = true;
                break;
            default:
                if (_crWaits) WriteWaiting((byte)'\r');
                WriteWaiting(b);
                break;
        }
    }

    private void WriteWaiting(byte b)
    {
        WriteLineEnds();
        if (_spaceWaits) _hash.Append((byte)' ');
        _hash.Append(b);
        _crWaits = _spaceWaits = false;
    }

    private void WriteWaiting()
    {
        WriteLineEnds();
        if (_crWaits) _hash.Append((byte)'\r');
        _crWaits = false;
    }

    private void WriteLineEnds()
    {
        for (; _lineEnds > 0; _lineEnds--) _hash.Append(CrLf);
    }
}
