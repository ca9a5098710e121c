using Microsoft.Extensions.Logging;
using Modus.Delivery.Dsn;
using Modus.Delivery.Remote;
using Modus.Mail;
using Modus.Storage;

namespace Modus.Delivery.Queue;

/// <summary>
/// Writes down how attempts ended: what becomes of the entries, their traces, and the notices to their senders, in one commit for each
/// message. Thread-safe.
/// </summary>
internal sealed class AttemptEnds(
    INoticeWriter notices, RetrySchedule schedule, DeliveryMetrics metrics, TimeProvider clock, ILogger<AttemptEnds> log)
{
    private static readonly EnhancedStatus Expired = new(4, 4, 7); // RFC 3463 §3.5: delivery time expired
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    /// <summary>
    /// Writes, and does not give up while the disk is full: mail that went out would go out again.
    /// </summary>
    /// <param name="ends">The ends; of any number of messages.</param>
    /// <param name="cancellationToken">Gives up waiting for room; what is written is written to its end.</param>
    public async ValueTask WriteAsync(IReadOnlyList<RecipientEnd> ends, CancellationToken cancellationToken)
    {
        foreach (var message in ends.GroupBy(static end => end.Entry.QueueId))
        {
            var ended = message.Select(ToEnded).ToList();
            while (await notices.FinishAsync(ended, CancellationToken.None) is var outcome and not StoreOutcome.Done)
            {
                DeliveryLog.EndNotStored(log, message.Key.Value, outcome);
                await Task.Delay(Pause, clock, cancellationToken);
            }

            foreach (var end in ended) Tell(end);
        }
    }

    private EndedAttempt ToEnded(RecipientEnd end)
    {
        var now = clock.GetUtcNow();
        if (end.Verdict == QueueVerdict.Deferred && now >= schedule.GivesUpAt(end.Entry)) end = GiveUp(end);
        var notices = end.Verdict == QueueVerdict.Deferred && schedule.IsDelayNoticeDue(end.Entry, now);
        var next = end.Verdict == QueueVerdict.Deferred ? schedule.Next(end.Entry, now, Random.Shared.NextDouble()) : default;
        return new EndedAttempt
        {
            Entry = end.Entry,
            Action = end.Verdict switch
            {
                QueueVerdict.Failed => DsnAction.Failed,
                QueueVerdict.Delivered when !end.DsnPassedOn => DsnAction.Relayed,
                _ => notices ? DsnAction.Delayed : DsnAction.None,
            },
            Status = end.Status,
            RemoteMta = end.RemoteMta,
            Diagnostic = end.Diagnostic,
            GivesUpAt = end.Verdict == QueueVerdict.Deferred ? schedule.GivesUpAt(end.Entry) : null,
            Attempt = new QueueAttempt
            {
                Entry = end.Entry.Id,
                Verdict = end.Verdict,
                Result = end.Text,
                NotBefore = next,
                DelayNoticed = notices,
                Trace = [LineOf(end, now, next)],
            },
        };
    }

    // A policy that was never met is told as what it is (S17); of anything else the time is what ran out.
    private static RecipientEnd GiveUp(RecipientEnd end) => end with
    {
        Verdict = QueueVerdict.Failed,
        Status = end.Status.Subject == 7 ? HopFaults.Permanent(end.Status) : Expired,
        Text = $"Given up, its time is over. {end.Text}",
    };

    private static TraceEvent LineOf(RecipientEnd end, DateTimeOffset now, DateTimeOffset next)
    {
        var destination = Destination.Of(end.Entry);
        return new TraceEvent
        {
            Message = end.Entry.QueueId,
            At = now,
            Kind = end.Verdict switch
            {
                QueueVerdict.Delivered => TraceKind.Sent,
                QueueVerdict.Failed => TraceKind.Failed,
                QueueVerdict.Held => TraceKind.Held,
                _ => TraceKind.Deferred,
            },
            Recipient = OutgoingMessage.RecipientOf(end.Entry),
            Peer = destination.Literal is null ? destination.Domain : null,
            Text = end.Verdict == QueueVerdict.Deferred ? $"{end.Text} Next attempt: {next.UtcDateTime:u}." : end.Text,
            Receipt = end.Receipt,
        };
    }

    private void Tell(EndedAttempt end)
    {
        metrics.OnEnd(end.Attempt.Verdict);
        var (id, recipient) = (end.Entry.QueueId.Value, OutgoingMessage.RecipientOf(end.Entry));
        switch (end.Attempt.Verdict)
        {
            case QueueVerdict.Delivered:
                DeliveryLog.Sent(log, id, recipient, end.Attempt.Result);
                break;
            case QueueVerdict.Deferred:
                DeliveryLog.Deferred(log, id, recipient, end.Attempt.NotBefore, $"{end.Status}", end.Attempt.Result);
                break;
            case QueueVerdict.Failed:
                DeliveryLog.Failed(log, id, recipient, $"{end.Status}", end.Attempt.Result);
                break;
            default:
                DeliveryLog.Held(log, id, recipient, $"{end.Status}", end.Attempt.Result);
                break;
        }
    }
}
