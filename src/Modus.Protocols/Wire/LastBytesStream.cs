namespace Modus.Protocols.Wire;

/// <summary>Reads another stream and remembers the last two bytes that it gave. Used by one session.</summary>
internal sealed class LastBytesStream(Stream below) : Stream
{
    private byte _last;
    private byte _beforeLast;

    /// <summary>True when what was read so far ends in CRLF, as no compressed data that was flushed does.</summary>
    public bool EndsInCrlf => (_beforeLast, _last) is ((byte)'\r', (byte)'\n');

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var count = await below.ReadAsync(buffer, cancellationToken);
        Note(buffer.Span[..count]);
        return count;
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Flush()
    {
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private void Note(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty) return;
        _beforeLast = bytes.Length > 1 ? bytes[^2] : _last;
        _last = bytes[^1];
    }
}
