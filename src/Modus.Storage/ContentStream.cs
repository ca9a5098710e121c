namespace Modus.Storage;

/// <summary>
/// Stored content as a stream, for parsers that read synchronously. A read waits for the reader, so use it where a thread may
/// wait. Not thread-safe. The reader stays the caller's.
/// </summary>
public sealed class ContentStream : Stream
{
    private const int BufferSize = 16 << 10;

    private readonly IContentReader _reader;
    private readonly byte[] _buffer;
    private long _bufferedFrom;
    private int _buffered;
    private long _position;

    /// <summary>Begins at the start of the content.</summary>
    public ContentStream(IContentReader reader)
    {
        ArgumentNullException.ThrowIfNull(reader);
        _reader = reader;
        _buffer = new byte[Math.Min(BufferSize, Math.Max(1, reader.Length))];
    }

    /// <inheritdoc/>
    public override bool CanRead => true;

    /// <inheritdoc/>
    public override bool CanSeek => true;

    /// <inheritdoc/>
    public override bool CanWrite => false;

    /// <inheritdoc/>
    public override long Length => _reader.Length;

    /// <inheritdoc/>
    public override long Position
    {
        get => _position;
        set
        {
            ArgumentOutOfRangeException.ThrowIfNegative(value);
            _position = value;
        }
    }

    /// <inheritdoc/>
    /// <exception cref="InvalidDataException">The stored bytes are damaged.</exception>
    public override int Read(Span<byte> buffer)
    {
        if (_position < _bufferedFrom || _position >= _bufferedFrom + _buffered) Fill();
        var from = _buffer.AsSpan(0, _buffered)[(int)Math.Min(_buffered, _position - _bufferedFrom)..];
        var count = Math.Min(from.Length, buffer.Length);
        from[..count].CopyTo(buffer);
        _position += count;
        return count;
    }

    /// <inheritdoc/>
    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    /// <inheritdoc/>
    public override long Seek(long offset, SeekOrigin origin) => Position = origin switch
    {
        SeekOrigin.Begin => offset,
        SeekOrigin.Current => _position + offset,
        _ => Length + offset,
    };

    /// <inheritdoc/>
    public override void Flush()
    {
    }

    /// <inheritdoc/>
    public override void SetLength(long value) => throw new NotSupportedException();

    /// <inheritdoc/>
    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    private void Fill()
    {
        var read = _reader.ReadAsync(_position, _buffer, CancellationToken.None);
        _bufferedFrom = _position;
        _buffered = 0;
        _buffered = read.IsCompletedSuccessfully ? read.Result : read.AsTask().GetAwaiter().GetResult();
    }
}
