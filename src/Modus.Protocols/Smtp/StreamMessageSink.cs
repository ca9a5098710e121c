using System.Buffers;

namespace Modus.Protocols.Smtp;

/// <summary>
/// A sink over any stream, for programs that receive mail without our store. The bytes pass through one rented buffer.
/// The stream is disposed with the sink.
/// </summary>
/// <param name="stream">Where the bytes go.</param>
/// <param name="commit">
/// Called after the last byte was written and flushed to the stream; makes the message durable and returns null, or
/// a negative reply. Null when the stream alone is enough.
/// </param>
public sealed class StreamMessageSink(Stream stream, Func<CancellationToken, ValueTask<SmtpReply?>>? commit = null) : IMessageSink
{
    private readonly ArrayBufferWriter<byte> _pending = new(16 * 1024);

    /// <inheritdoc/>
    public void Advance(int count) => _pending.Advance(count);

    /// <inheritdoc/>
    public Memory<byte> GetMemory(int sizeHint = 0) => _pending.GetMemory(sizeHint);

    /// <inheritdoc/>
    public Span<byte> GetSpan(int sizeHint = 0) => _pending.GetSpan(sizeHint);

    /// <inheritdoc/>
    public async ValueTask<SmtpReply?> FlushAsync(CancellationToken cancellationToken)
    {
        await stream.WriteAsync(_pending.WrittenMemory, cancellationToken);
        _pending.ResetWrittenCount();
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
    public ValueTask DisposeAsync() => stream.DisposeAsync();
}
