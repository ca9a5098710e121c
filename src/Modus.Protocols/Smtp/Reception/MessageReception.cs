using System.Buffers;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp.Responses;
using Modus.Protocols.Wire;
using Modus.Storage;

namespace Modus.Protocols.Smtp.Reception;

/// <summary>
/// The taking of one message, from the wire straight into the delivery's sink:
/// <code>
/// 1 begin: the sink opens, our Received field goes first
/// 2 read:  wire ▶ scanner (dots undone, every bare CR, LF, NUL seen) ▶ sink, flushed every 64 KB
/// 3 judge: line ends, size, hops; the first fault stays, the rest is read and thrown away
/// 4 commit: durable first, then 250 with the queue id
/// </code>
/// A message that is at fault costs no more memory than a good one, and the session goes on after it.
/// </summary>
internal sealed class MessageReception : IAsyncDisposable
{
    private const int FlushEvery = 64 * 1024;

    /// <summary>How many times the largest message is read of one that is refused, before the connection is closed.</summary>
    public const int MaxOversize = 2;

    private readonly SmtpSession _session;
    private readonly IncomingMessage _message;
    private readonly IMessageSink? _sink;
    private readonly bool _binary;
    private ContentScanner _scanner;
    private HopCounter _hops;
    private TlsRequiredField _tlsRequired;
    private long _read; // on the wire, dots and all
    private int _unflushed;

    private MessageReception(SmtpSession session, IncomingMessage message, IMessageSink? sink, bool dotStuffed, bool binary)
    {
        _session = session;
        _message = message;
        _sink = sink;
        _binary = binary;
        _scanner = new ContentScanner(session.Room.Limits.MaxContentLine, dotStuffed);
    }

    /// <summary>Why the message will not be taken; null while all is well.</summary>
    public SmtpReply? Refusal { get; private set; }

    // RFC 1870 §5: neither the dots that were added nor the last one count
    private long Size => _binary ? _read : _scanner.ContentLength;

    // Step 1
    public static async ValueTask<MessageReception> BeginAsync(SmtpSession session, bool dotStuffed, bool binary = false)
    {
        var message = new IncomingMessage(
            QueueId.New(session.Room.Clock), session.Transaction!.ToEnvelope(), session.Peer, session.Room.Clock.GetUtcNow());
        var sink = await session.Room.Delivery.BeginAsync(message, CancellationToken.None);
        sink.Write(ReceivedField.Format(message, session.Room.HostName, session.SaidEhlo));
        return new MessageReception(session, message, sink, dotStuffed, binary);
    }

    /// <summary>Reads a chunk that nobody wants.</summary>
    /// <returns>Null, or what to say when the session ends over it.</returns>
    public static async ValueTask<SmtpReply?> SkipAsync(SmtpSession session, long size)
    {
        var empty = new IncomingMessage(default, new() { ReversePath = default, Recipients = [] }, session.Peer, default);
        await using var nowhere = new MessageReception(session, empty, null, dotStuffed: false, binary: true);
        return await nowhere.ReadChunkAsync(size);
    }

    /// <summary>Step 2 for DATA.</summary>
    /// <returns>Null when all was read, or what to say when the session ends over it.</returns>
    public async ValueTask<SmtpReply?> ReadToEndOfDataAsync()
    {
        StartDeadline();
        while (!_scanner.IsComplete)
        {
            var read = await _session.Wire.ReadAsync(stoppable: false);
            if (read.Status != WireStatus.Ok) return _session.OnReadFailed(read.Status);

            var consumed = read.Buffer.Start;
            foreach (var segment in read.Buffer)
            {
                var used = Take(segment.Span);
                consumed = read.Buffer.GetPosition(used, consumed);
                _session.Wire.Deadline.OnBytes(used);
                if (_scanner.IsComplete) break;
                await FlushIfDueAsync();
            }

            _session.Wire.AdvanceTo(consumed);
            if (_read <= MaxOversize * _session.Room.Limits.MaxMessageSize) continue;
            _session.End("a message without an end");
            return null;
        }

        _session.Wire.Deadline.Stop();
        return null;
    }

    /// <summary>Step 2 for BDAT: reads <paramref name="size"/> octets.</summary>
    /// <returns>Null when all was read, or what to say when the session ends over it.</returns>
    public async ValueTask<SmtpReply?> ReadChunkAsync(long size)
    {
        StartDeadline();
        if (Size + size > _session.Room.Limits.MaxMessageSize) Refusal ??= SmtpReplies.MessageTooBig;
        while (size > 0)
        {
            var read = await _session.Wire.ReadAsync(stoppable: false);
            if (read.Status != WireStatus.Ok) return _session.OnReadFailed(read.Status);

            var chunk = read.Buffer.Length > size ? read.Buffer.Slice(0, size) : read.Buffer;
            foreach (var segment in chunk)
            {
                Take(segment.Span);
                _session.Wire.Deadline.OnBytes(segment.Length);
                await FlushIfDueAsync();
            }

            size -= chunk.Length;
            _session.Wire.AdvanceTo(chunk.End);
        }

        _session.Wire.Deadline.Stop();
        return null;
    }

    /// <summary>Steps 3 and 4, after the last byte.</summary>
    public async ValueTask<SmtpReply> ConcludeAsync()
    {
        _scanner.Finish();
        Judge();
        // RFC 8689 §4.1: what MAIL says goes before what the header says.
        if (_tlsRequired.SaysNo && _message.Envelope.Tls == TlsDemand.None) _sink!.Demand(TlsDemand.NotRequired);
        Refusal ??= await _sink!.CommitAsync(CancellationToken.None);
        if (Refusal is not null)
        {
            SmtpLog.NotAccepted(_session.Room.Log, _session.Id, _message.Envelope.ReversePath.ToString(), Refusal);
            return Refusal;
        }

        _session.Tolerance.OnMessageTaken();
        var tls = _message.Peer.Tls;
        _session.Room.Metrics.OnAccepted(Size, tls is not null);
        SmtpLog.Accepted(
            _session.Room.Log, _session.Id, _message.Id.Value, Size, _message.Envelope.ReversePath.ToString(),
            _message.Envelope.Recipients.Count, tls is null ? "in clear" : $"{tls.ProtocolName} {tls.CipherSuite}");
        return SmtpReplies.Queued(_message.Id.Value);
    }

    public ValueTask DisposeAsync() => _sink?.DisposeAsync() ?? ValueTask.CompletedTask;

    private void StartDeadline() => _session.Wire.Deadline.StartWithRate(
        DeadlineReason.Content, _session.Room.Limits.ContentTimeout, _session.Room.Limits.MinContentRate);

    private int Take(ReadOnlySpan<byte> bytes)
    {
        // Binary content may hold anything (RFC 3030 §3), so there is nothing to scan it for.
        if (_binary)
        {
            if (Refusal is null) _sink?.Write(bytes);
        }

        var used = _binary ? bytes.Length : _scanner.Scan(bytes, Refusal is null ? _sink : null);
        if (!_hops.IsDone) _hops.Scan(bytes[..used]);
        if (!_tlsRequired.IsDone) _tlsRequired.Scan(bytes[..used]);
        _read += used;
        _unflushed += used;
        Judge();
        return used;
    }

    // Step 3
    private void Judge()
    {
        if (Refusal is not null) return;
        if (Size > _session.Room.Limits.MaxMessageSize)
            Refusal = SmtpReplies.MessageTooBig;
        else if (_hops.Hops > _session.Room.Limits.MaxHops)
            Refusal = SmtpReplies.Loop;
        else if ((_scanner.Faults & ~ContentFaults.LongLine) != 0)
            Refusal = SmtpReplies.BadLineEnds;
        else if (_scanner.Faults != 0)
            Refusal = SmtpReplies.ContentLineTooLong;
    }

    private async ValueTask FlushIfDueAsync()
    {
        if (_unflushed < FlushEvery || Refusal is not null) return;
        _unflushed = 0;
        Refusal = _sink is null ? null : await _sink.FlushAsync(CancellationToken.None);
    }
}
