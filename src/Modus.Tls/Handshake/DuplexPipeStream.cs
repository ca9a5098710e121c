using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;
using Microsoft.AspNetCore.Connections;

namespace Modus.Tls;

/// <summary>
/// The connection's pipes as the stream that SslStream wants. A read of no bytes waits for data without holding a buffer.
/// Owns neither pipe. One reader and one writer at a time.
/// </summary>
internal sealed class DuplexPipeStream(IDuplexPipe pipe) : Stream
{
    private readonly PipeReader _input = pipe.Input;
    private readonly PipeWriter _output = pipe.Output;

    /// <summary>While set, given back for as long as a read waits for the peer: only work holds a turn.</summary>
    public HandshakeTurn? Turn { get; set; }

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (true)
        {
            if (!_input.TryRead(out var result))
                result = await WaitAsync(cancellationToken);
            var available = result.Buffer;
            var count = (int)Math.Min(available.Length, buffer.Length);
            var end = available.GetPosition(count);
            available.Slice(0, count).CopyTo(buffer.Span);
            _input.AdvanceTo(end);
            if (!available.IsEmpty || result.IsCompleted)
                return count;
            if (result.IsCanceled)
                throw new OperationCanceledException("The read was cancelled.");
        }
    }

    public override async ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        var result = await _output.WriteAsync(buffer, cancellationToken);
        if (result.IsCanceled)
            throw new OperationCanceledException("The write was cancelled.");
        if (result.IsCompleted) // nobody reads any more: tell the session before it encrypts a whole message for nobody
            throw new ConnectionResetException("The connection was closed by the peer.");
    }

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        ReadAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        WriteAsync(buffer.AsMemory(offset, count), cancellationToken).AsTask();

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask; // each write has flushed

    public override void Flush()
    {
    }

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private ValueTask<ReadResult> WaitAsync(CancellationToken cancellationToken) =>
        Turn is { } turn ? WaitOutOfTurnAsync(turn, cancellationToken) : _input.ReadAsync(cancellationToken);

    private async ValueTask<ReadResult> WaitOutOfTurnAsync(HandshakeTurn turn, CancellationToken cancellationToken)
    {
        turn.GiveBack();
        var result = await _input.ReadAsync(cancellationToken);
        try
        {
            await turn.TakeAsync(cancellationToken);
            return result;
        }
        catch
        {
            _input.AdvanceTo(result.Buffer.Start); // the read has ended, or no later one could begin
            throw;
        }
    }
}
