namespace Modus.Server.Moving.Import;

/// <summary>
/// Reads a message as it is stored: each line ends with CRLF, also those that files end with LF alone. Everything else is as it was.
/// Owns what it reads. Not thread-safe.
/// </summary>
internal sealed class CrLfStream(Stream inner) : ReadOnlyStream
{
    private readonly byte[] _buffer = new byte[16 * 1024];
    private int _at;
    private int _filled;
    private byte _last;
    private bool _owesLineFeed;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (buffer.IsEmpty) return 0;
        if (_at == _filled && !_owesLineFeed)
        {
            (_at, _filled) = (0, await inner.ReadAsync(_buffer, cancellationToken));
            if (_filled == 0) return 0;
        }

        return Convert(buffer.Span);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) inner.Dispose();
        base.Dispose(disposing);
    }

    private int Convert(Span<byte> target)
    {
        var written = 0;
        while (written < target.Length)
        {
            if (_owesLineFeed)
            {
                target[written++] = _last = (byte)'\n';
                _owesLineFeed = false;
                continue;
            }

            var source = _buffer.AsSpan(_at, Math.Min(_filled - _at, target.Length - written));
            if (source.IsEmpty) break;
            var line = source.IndexOf((byte)'\n');
            var plain = line < 0 ? source : source[..line];
            plain.CopyTo(target[written..]);
            (_at, written) = (_at + plain.Length, written + plain.Length);
            if (!plain.IsEmpty) _last = plain[^1];
            if (line < 0) continue;
            _at++;
            if (_last == '\r') target[written++] = _last = (byte)'\n';
            else (target[written++], _owesLineFeed) = ((byte)'\r', true);
        }

        return written;
    }
}
