using System.Buffers;

namespace Modus.Protocols.Smtp;

/// <summary>
/// A sink over any stream, for programs that receive mail without our store. The bytes pass through one rented buffer, which
/// holds what comes between two flushes. The stream is disposed with the sink. Not thread-safe.
/// </summary>
/// <param name="stream">Where the bytes go.</param>
/// <param name="commit">
/// Called after the last byte was written and flushed to the stream; makes the message durable and returns null, or
/// a negative reply. Null when the stream alone is enough.
/// </param>
public sealed class StreamMessageSink(Stream stream, Func<CancellationToken, ValueTask<SmtpReply?>>? commit = null) : IMessageSink
{
    private const int FirstSize = 16 * 1024; // holds most messages

    private byte[] _buffer = [];
    private int _length;

    /// <inheritdoc/>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _length);
        _length += count;
    }

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        MakeRoom(Math.Max(sizeHint, 1));
        return _buffer.AsMemory(_length);
    }

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

    /// <inheritdoc/>
    public async ValueTask<SmtpReply?> FlushAsync(CancellationToken cancellationToken)
    {
        await stream.WriteAsync(_buffer.AsMemory(0, _length), cancellationToken);
        _length = 0;
        return null;
    }

    /// <inheritdoc/>
    public async ValueTask<SmtpReply?> CommitAsync(CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        await stream.FlushAsync(cancellationToken);
        return commit is null ? null : await commit(cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        GiveBack();
        _buffer = [];
        _length = 0;
        return stream.DisposeAsync();
    }

    private void MakeRoom(int size)
    {
        if (_buffer.Length - _length >= size) return;
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(checked(_length + size), Math.Max(2 * _length, FirstSize)));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        GiveBack();
        _buffer = larger;
    }

    private void GiveBack()
    {
        if (_buffer.Length > 0) ArrayPool<byte>.Shared.Return(_buffer);
    }
}
