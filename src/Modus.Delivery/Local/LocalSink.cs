using System.Buffers;
using System.Text;
using Microsoft.Extensions.Logging;
using Modus.Delivery.Authentication;
using Modus.Delivery.Authentication.Results;
using Modus.Delivery.Dsn;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp;
using Modus.Storage;

namespace Modus.Delivery.Local;

/// <summary>Takes the bytes of one message, and commits it everywhere at once, with the notice of its delivery. Not thread-safe.</summary>
internal sealed class LocalSink : IMessageSink
{
    private static readonly SmtpReply NoSpace = new(452, new(4, 3, 1), "Insufficient system storage, try again later");
    private static readonly SmtpReply OverQuota = new(452, new(4, 2, 2), "A mailbox has no room for this message");
    private static readonly SmtpReply Gone = new(451, new(4, 3, 0), "A recipient vanished meanwhile, try again");

    private readonly ArrivalPlan _plan;
    private readonly LocalPorts _ports;
    private readonly IContentWriter _content;
    private readonly ForgedResultFilter? _filter;
    private readonly IBufferWriter<byte> _writer;
    private readonly byte[] _returnPath;
    private IncomingMessage _message;
    private string? _checks;

    public LocalSink(IncomingMessage message, ArrivalPlan plan, IContentWriter content, LocalPorts ports)
    {
        _message = message;
        _plan = plan;
        _content = content;
        _ports = ports;
        _filter = ports.Examiner.Trusts(message.Peer) ? null : new ForgedResultFilter(content, ports.HostName);
        _writer = _filter ?? (IBufferWriter<byte>)content;

        // Final delivery adds the return path (RFC 5321 §4.4); the queue's copy begins behind it.
        _returnPath = plan.Mailboxes.Count == 0 ? [] : Encoding.UTF8.GetBytes($"Return-Path: {message.Envelope.ReversePath}\r\n");
    }

    public void Advance(int count) => _writer.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => _writer.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _writer.GetSpan(sizeHint);

    public void Demand(TlsDemand tls) => _message = _message with { Envelope = _message.Envelope with { Tls = tls } };

    public async ValueTask<SmtpReply?> FlushAsync(CancellationToken cancellationToken) =>
        _plan.IsLost ? Gone : ToReply(await _content.FlushAsync(cancellationToken));

    public async ValueTask<SmtpReply?> CommitAsync(CancellationToken cancellationToken)
    {
        if (_plan.IsLost) return Gone;
        if (await ExamineAsync(cancellationToken) is { } refusal) return refusal;
        if (_plan.Successes.Count == 0) return ToReply((await _ports.Delivery.CommitAsync(_content, ToRequest(null), cancellationToken)).Outcome);

        var notice = await MakeNoticeAsync(cancellationToken);
        var request = ToRequest(notice.Trace);
        if (notice.Message is null) return ToReply((await _ports.Delivery.CommitAsync(_content, request, cancellationToken)).Outcome);
        await using var noticeContent = notice.Message.Content;
        return ToReply((await _ports.Delivery.CommitAllAsync([new(_content, request), notice.Message], cancellationToken)).Outcome);
    }

    public ValueTask DisposeAsync() => _content.DisposeAsync();

    private async ValueTask<SmtpReply?> ExamineAsync(CancellationToken cancellationToken)
    {
        _filter?.Finish();
        if (_filter?.Dropped > 0) AuthenticationLog.Forged(_ports.Log, _message.Id.Value, _filter.Dropped);
        var examination = await _ports.Examiner.ExamineAsync(_message, _content, [.. _plan.Forwarders], cancellationToken);
        if (examination.Refusal is { } refusal) return refusal;

        if (examination.IsJunk) await _plan.MoveToJunkAsync(_ports.MailStore, cancellationToken);
        _checks = examination.Summary;
        _content.Prefix = (byte[])[.. _returnPath, .. examination.Fields.Span];
        return null;
    }

    private async ValueTask<SuccessNotice> MakeNoticeAsync(CancellationToken cancellationToken)
    {
        await using var written = _content.OpenWritten();
        var original = new OriginalContent(
            written.Length,
            (offset, buffer, cancel) =>
            {
                written.Position = offset;
                return written.ReadAsync(buffer, cancel);
            });
        return await _ports.Notices.MakeAsync(_message, _plan.Successes, original, _plan.Mailboxes, cancellationToken);
    }

    private DeliveryRequest ToRequest(TraceEvent? noticed)
    {
        var trace = ArrivalTrace.Write(_message, _plan, _content.Length, _checks);
        return new DeliveryRequest
        {
            QueueId = _message.Id,
            InternalDate = _message.ReceivedAt,
            Mailboxes = [.. _plan.Mailboxes],
            Queue = _plan.Queued.Count == 0 ? null : new QueueRequest
            {
                Envelope = _message.Envelope with { Recipients = [.. _plan.Queued] },
                ContentOffset = _returnPath.Length,
                NotBefore = _message.ReceivedAt,
            },
            Trace = noticed is null ? [.. trace] : [.. trace, noticed],
        };
    }

    private static SmtpReply? ToReply(StoreOutcome outcome) => outcome switch
    {
        StoreOutcome.Done => null,
        StoreOutcome.NoSpace => NoSpace,
        StoreOutcome.OverQuota => OverQuota,
        _ => Gone,
    };
}

/// <summary>What every sink needs.</summary>
/// <param name="Delivery">The store.</param>
/// <param name="MailStore">The mailboxes in it.</param>
/// <param name="Notices">Makes notices of delivery.</param>
/// <param name="Examiner">Checks and signs.</param>
/// <param name="HostName">The name of this server.</param>
/// <param name="Log">Where it says what it did.</param>
internal sealed record LocalPorts(
    IDelivery Delivery, IMailStore MailStore, SuccessNotices Notices, IMessageExaminer Examiner, string HostName, ILogger Log);
