using Microsoft.Extensions.Logging;
using Modus.Mail;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp;
using Modus.Storage;

namespace Modus.Delivery.Dsn;

/// <summary>
/// The notice of delivery that goes into the commit of the message itself (RFC 3461 §5.2.3). What keeps it from being made must not
/// keep the message from being taken: then a line in the trace is all there is. Thread-safe.
/// </summary>
internal sealed class SuccessNotices(NoticePaths paths, NoticeMaker maker, TimeProvider clock, ILogger<SuccessNotices> log)
{
    /// <summary>Writes the notice.</summary>
    /// <param name="message">The message.</param>
    /// <param name="recipients">Whose delivery is told; at least one.</param>
    /// <param name="original">The message as it was written.</param>
    /// <param name="mailboxes">Where the message itself goes.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<SuccessNotice> MakeAsync(
        IncomingMessage message,
        IReadOnlyList<(EnvelopeRecipient Recipient, DsnAction Action)> recipients,
        OriginalContent original,
        IReadOnlyCollection<MailboxTarget> mailboxes,
        CancellationToken cancellationToken)
    {
        // From the null reverse-path: nobody asks, nobody is told (§5.2).
        if (message.Envelope.ReversePath.Address is not { } sender) return new SuccessNotice(null, null);
        var notice = ToNotice(message, recipients);
        var path = await paths.FindAsync(sender, cancellationToken);
        if (path.LeadsNowhere) return Drop(notice, sender.ToString(), "nobody takes mail at that address");

        var made = await maker.MakeAsync(notice, path, original, cancellationToken);
        if (!made.IsDone) return Drop(notice, sender.ToString(), "there is no room for it");
        var isToHimself = path.Mailboxes.Any(mailboxes.Contains);
        if (!path.Fits(made.Value.Content.Length + (isToHimself ? original.Size : 0)))
        {
            await made.Value.Content.DisposeAsync();
            return Drop(notice, sender.ToString(), "the mailbox is full");
        }

        NoticeLog.Sent(log, notice.About.Value, sender.ToString(), notice.Kind, notice.Id.Value, notice.Recipients.Count);
        return new SuccessNotice(made.Value, Line(notice, $"{sender} is told in {notice.Id}: {NoticeText.Summary(notice)}"));
    }

    private SuccessNotice Drop(Notice notice, string sender, string reason)
    {
        NoticeLog.Dropped(log, notice.About.Value, notice.Kind, sender, reason);
        return new SuccessNotice(null, Line(notice, $"A notice to {sender} was dropped ({NoticeText.Summary(notice)}): {reason}"));
    }

    private Notice ToNotice(IncomingMessage message, IReadOnlyList<(EnvelopeRecipient Recipient, DsnAction Action)> recipients) => new()
    {
        Id = QueueId.New(clock),
        Kind = NoticeKind.Success,
        About = message.Id,
        Envelope = message.Envelope,
        Arrived = message.ReceivedAt,
        Made = clock.GetUtcNow(),
        Recipients =
        [
            .. recipients.Select(done => new NoticeRecipient
            {
                Recipient = done.Recipient,
                Action = done.Action,
                Status = done.Action == DsnAction.Expanded ? new EnhancedStatus(2, 1, 5) : new EnhancedStatus(2, 0, 0),
                LastAttempt = clock.GetUtcNow(),
            }),
        ],
    };

    private static TraceEvent Line(Notice notice, string text) => new()
    {
        Message = notice.About, At = notice.Made, Kind = TraceKind.Noticed, Text = text,
    };
}

/// <summary>A notice of delivery.</summary>
/// <param name="Message">What to commit with the message; its content is the caller's to dispose. Null when there is none.</param>
/// <param name="Trace">The line for the trace of the message; null when there is nothing to say.</param>
internal sealed record SuccessNotice(MessageToDeliver? Message, TraceEvent? Trace);
