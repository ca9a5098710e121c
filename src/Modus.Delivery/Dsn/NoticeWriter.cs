using Microsoft.Extensions.Logging;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Storage;

namespace Modus.Delivery.Dsn;

/// <summary>
/// Ends attempts with the notices that are owed:
/// <code>
/// 1 who is owed what: NOTIFY and how each recipient ended; nobody is told of mail from the null reverse-path
/// 2 the way back to the sender: a mailbox here, the queue, or nowhere (then a line in the trace is all there is)
/// 3 the notices are written, one for the recipients that ended alike
/// 4 notices and attempts in one commit
/// </code>
/// </summary>
internal sealed class NoticeWriter(
    IQueue queue, IDelivery delivery, IMailStore mailStore, NoticePaths paths, NoticeMaker maker, TimeProvider clock, ILogger<NoticeWriter> log)
    : INoticeWriter
{
    public async ValueTask<StoreOutcome> FinishAsync(IReadOnlyList<EndedAttempt> ends, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(ends);
        if (ends.Count == 0) return StoreOutcome.Done;
        var attempts = ends.Select(static end => end.Action == DsnAction.Delayed ? end.Attempt with { DelayNoticed = true } : end.Attempt).ToList();

        // Step 1
        var about = ends[0].Entry;
        if (about.Envelope.ReversePath.Address is not { } sender) return await FinishUntoldAsync(ends, attempts, cancellationToken);
        var notices = ends.Where(static end => NoticeRules.IsOwed(RecipientOf(end).Notify, end.Action))
            .GroupBy(static end => NoticeRules.KindOf(end.Action))
            .OrderBy(static kind => kind.Key)
            .Select(kind => ToNotice(kind.Key, [.. kind]))
            .ToList();
        if (notices.Count == 0) return await queue.FinishAsync(attempts, cancellationToken);

        // Step 2
        var path = await paths.FindAsync(sender, cancellationToken);
        if (path.LeadsNowhere) return await DropAsync(attempts, notices, sender, "nobody takes mail at that address", cancellationToken);

        var outcome = await SendAsync(attempts, notices, path, about, cancellationToken);
        return outcome is StoreOutcome.Done or StoreOutcome.NoSpace
            ? outcome
            : await DropAsync(attempts, notices, sender, ReasonFor(outcome), cancellationToken);
    }

    private async ValueTask<StoreOutcome> SendAsync(
        List<QueueAttempt> attempts, List<Notice> notices, NoticePath path, QueueEntry about, CancellationToken cancellationToken)
    {
        var messages = new List<MessageToDeliver>(notices.Count);
        try
        {
            // Step 3
            await using var reader = await mailStore.OpenContentAsync(about.Content, cancellationToken);
            var original = reader is null ? null : new OriginalContent(
                about.Size, (offset, buffer, cancel) => reader.ReadAsync(about.ContentOffset + offset, buffer, cancel));
            foreach (var notice in notices)
            {
                var made = await maker.MakeAsync(notice, path, original, cancellationToken);
                if (!made.IsDone) return made.Outcome;
                messages.Add(made.Value);
            }

            // Step 4
            var trace = notices.Select(notice => Line(notice, $"{path.Sender} is told in {notice.Id}: {NoticeText.Summary(notice)}"));
            messages[0] = messages[0] with { Request = messages[0].Request with { Attempts = attempts, Trace = [.. messages[0].Request.Trace, .. trace] } };
            var committed = await delivery.CommitAllAsync(messages, cancellationToken);
            if (committed.IsDone)
                foreach (var notice in notices) NoticeLog.Sent(log, notice.About.Value, path.Sender.ToString(), notice.Kind, notice.Id.Value, notice.Recipients.Count);
            return committed.Outcome;
        }
        finally
        {
            foreach (var message in messages) await message.Content.DisposeAsync();
        }
    }

    // RFC 3461 §5.2: no notice is returned to the null reverse-path, whoever the message may be from.
    private ValueTask<StoreOutcome> FinishUntoldAsync(
        IReadOnlyList<EndedAttempt> ends, List<QueueAttempt> attempts, CancellationToken cancellationToken)
    {
        var failed = ends.Count(static end => end.Action == DsnAction.Failed);
        if (failed == 0) return queue.FinishAsync(attempts, cancellationToken);
        NoticeLog.NobodyToTell(log, ends[0].Entry.QueueId.Value, failed);
        return queue.FinishAsync(
            WithTrace(attempts, [Line(ends[0].Entry.QueueId, "Nobody is told of the failure: the message is from the null reverse-path.")]), cancellationToken);
    }

    private ValueTask<StoreOutcome> DropAsync(
        List<QueueAttempt> attempts, List<Notice> notices, EmailAddress sender, string reason, CancellationToken cancellationToken)
    {
        foreach (var notice in notices) NoticeLog.Dropped(log, notice.About.Value, notice.Kind, sender.ToString(), reason);
        var trace = notices.Select(notice => Line(notice, $"A notice to {sender} was dropped ({NoticeText.Summary(notice)}): {reason}"));
        return queue.FinishAsync(WithTrace(attempts, trace), cancellationToken);
    }

    private Notice ToNotice(NoticeKind kind, IReadOnlyList<EndedAttempt> ends)
    {
        var now = clock.GetUtcNow();
        return new Notice
        {
            Id = QueueId.New(clock),
            Kind = kind,
            About = ends[0].Entry.QueueId,
            Envelope = ends[0].Entry.Envelope,
            Arrived = ends[0].Entry.Created,
            Made = now,
            Recipients =
            [
                .. ends.Select(end => new NoticeRecipient
                {
                    Recipient = RecipientOf(end),
                    Action = end.Action,
                    Status = end.Status,
                    RemoteMta = end.RemoteMta,
                    Diagnostic = end.Diagnostic,
                    Result = end.Attempt.Result,
                    LastAttempt = now,
                    GivesUpAt = end.GivesUpAt,
                }),
            ],
        };
    }

    private static EnvelopeRecipient RecipientOf(EndedAttempt end) => end.Entry.Envelope.Recipients[0];

    private static List<QueueAttempt> WithTrace(List<QueueAttempt> attempts, IEnumerable<TraceEvent> lines) =>
        [attempts[0] with { Trace = [.. attempts[0].Trace, .. lines] }, .. attempts.Skip(1)];

    private TraceEvent Line(Notice notice, string text) => Line(notice.About, text);

    private TraceEvent Line(QueueId message, string text) => new()
    {
        Message = message, At = clock.GetUtcNow(), Kind = TraceKind.Noticed, Text = text,
    };

    private static string ReasonFor(StoreOutcome outcome) => outcome switch
    {
        StoreOutcome.OverQuota => "the mailbox is full",
        StoreOutcome.NotFound => "the mailbox vanished",
        _ => $"the mailbox cannot take it ({outcome})",
    };
}
