using System.Buffers;
using System.Text;
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

    private readonly IDelivery _delivery;
    private readonly ArrivalPlan _plan;
    private readonly SuccessNotices _notices;
    private readonly IContentWriter _content;
    private readonly int _returnPathLength;
    private IncomingMessage _message;

    public LocalSink(IDelivery delivery, IncomingMessage message, ArrivalPlan plan, SuccessNotices notices)
    {
        _delivery = delivery;
        _message = message;
        _plan = plan;
        _notices = notices;
        _content = delivery.BeginContent();
        if (plan.Mailboxes.Count == 0) return;

        // Final delivery adds the return path (RFC 5321 §4.4); the queue's copy begins behind it.
        var returnPath = Encoding.UTF8.GetBytes($"Return-Path: {message.Envelope.ReversePath}\r\n");
        _content.Write(returnPath);
        _returnPathLength = returnPath.Length;
    }

    public void Advance(int count) => _content.Advance(count);

    public Memory<byte> GetMemory(int sizeHint = 0) => _content.GetMemory(sizeHint);

    public Span<byte> GetSpan(int sizeHint = 0) => _content.GetSpan(sizeHint);

    public void Demand(TlsDemand tls) => _message = _message with { Envelope = _message.Envelope with { Tls = tls } };

    public async ValueTask<SmtpReply?> FlushAsync(CancellationToken cancellationToken) =>
        _plan.IsLost ? Gone : ToReply(await _content.FlushAsync(cancellationToken));

    public async ValueTask<SmtpReply?> CommitAsync(CancellationToken cancellationToken)
    {
        if (_plan.IsLost) return Gone;
        if (_plan.Successes.Count == 0) return ToReply((await _delivery.CommitAsync(_content, ToRequest(null), cancellationToken)).Outcome);

        var notice = await MakeNoticeAsync(cancellationToken);
        var request = ToRequest(notice.Trace);
        if (notice.Message is null) return ToReply((await _delivery.CommitAsync(_content, request, cancellationToken)).Outcome);
        await using var noticeContent = notice.Message.Content;
        return ToReply((await _delivery.CommitAllAsync([new(_content, request), notice.Message], cancellationToken)).Outcome);
    }

    public ValueTask DisposeAsync() => _content.DisposeAsync();

    private async ValueTask<SuccessNotice> MakeNoticeAsync(CancellationToken cancellationToken)
    {
        await using var written = _content.OpenWritten();
        var original = new OriginalContent(
            written.Length - _returnPathLength,
            (offset, buffer, cancel) =>
            {
                written.Position = _returnPathLength + offset;
                return written.ReadAsync(buffer, cancel);
            });
        return await _notices.MakeAsync(_message, _plan.Successes, original, _plan.Mailboxes, cancellationToken);
    }

    private DeliveryRequest ToRequest(TraceEvent? noticed)
    {
        var trace = ArrivalTrace.Write(_message, _plan, _content.Length - _returnPathLength);
        return new DeliveryRequest
        {
            QueueId = _message.Id,
            InternalDate = _message.ReceivedAt,
            Mailboxes = [.. _plan.Mailboxes],
            Queue = _plan.Queued.Count == 0 ? null : new QueueRequest
            {
                Envelope = _message.Envelope with { Recipients = [.. _plan.Queued] },
                ContentOffset = _returnPathLength,
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
