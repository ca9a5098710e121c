using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp;

namespace Modus.Testing.Smtp;

/// <summary>A delivery that keeps what it was given, and fails when it is told to.</summary>
public sealed class RecordingDelivery : IMessageDelivery
{
    private readonly List<(IncomingMessage Message, byte[] Content)> _taken = [];

    /// <summary>What commits answer; null takes the message.</summary>
    public SmtpReply? CommitReply { get; set; }

    /// <summary>What flushes answer.</summary>
    public SmtpReply? FlushReply { get; set; }

    public IReadOnlyList<(IncomingMessage Message, byte[] Content)> Taken
    {
        get
        {
            lock (_taken) return [.. _taken];
        }
    }

    public int Begun { get; private set; }

    public int Disposed { get; private set; }

    public ValueTask<IMessageSink> BeginAsync(IncomingMessage message, CancellationToken cancellationToken)
    {
        Begun++;
        return new(new Sink(this, message));
    }

    private sealed class Sink(RecordingDelivery owner, IncomingMessage message) : IMessageSink
    {
        private readonly System.Buffers.ArrayBufferWriter<byte> _content = new();
        private IncomingMessage _message = message;

        public void Advance(int count) => _content.Advance(count);

        public Memory<byte> GetMemory(int sizeHint = 0) => _content.GetMemory(sizeHint);

        public Span<byte> GetSpan(int sizeHint = 0) => _content.GetSpan(sizeHint);

        public void Demand(TlsDemand tls) => _message = _message with { Envelope = _message.Envelope with { Tls = tls } };

        public ValueTask<SmtpReply?> FlushAsync(CancellationToken cancellationToken) => new(owner.FlushReply);

        public ValueTask<SmtpReply?> CommitAsync(CancellationToken cancellationToken)
        {
            if (owner.CommitReply is null)
                lock (owner._taken) owner._taken.Add((_message, _content.WrittenSpan.ToArray()));
            return new(owner.CommitReply);
        }

        public ValueTask DisposeAsync()
        {
            owner.Disposed++;
            return ValueTask.CompletedTask;
        }
    }
}
