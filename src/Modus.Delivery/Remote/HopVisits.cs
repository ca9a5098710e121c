using Modus.Delivery.OutboundTls;
using Modus.Mail;
using Modus.Protocols.Smtp.Client;
using Modus.Storage;

namespace Modus.Delivery.Remote;

/// <summary>
/// Visits one address of a host with the recipients that are left:
/// <code>
/// 1 call    a session, kept or new
/// 2 send    in as many transactions as the host wants
/// 3 judge   each recipient: taken, deferred, failed, or left for another host
/// 4 again   when a kept session was dead, or when the host wants TLS after all
/// </code>
/// Thread-safe.
/// </summary>
internal sealed class HopVisits(HopCaller caller, HopLedger ledger, MessageSender sender)
{
    private static readonly EnhancedStatus Fine = new(2, 0, 0);
    private static readonly EnhancedStatus ReplyLost = new(4, 4, 2);
    private static readonly EnhancedStatus Damaged = new(5, 3, 0);

    /// <summary>Visits.</summary>
    /// <returns>True when the host was spoken to.</returns>
    public async ValueTask<bool> VisitAsync(DeliveryWalk walk, HopCall call, WorkTokens work)
    {
        for (var wasReached = false; ; wasReached = true)
        {
            // Step 1
            var answer = await caller.CallAsync(call, work);
            if (answer.Place is not { } place)
            {
                walk.Add(answer.Fault!);
                return wasReached;
            }

            walk.WasReached = true;
            await using var held = place;
            var receipt = TlsWords.ReceiptOf(call, answer.Terms, place.Session!);

            // Step 2
            var sent = await SendAsync(place, walk, work.Abort);

            // Step 3, but for those that come again
            var again = await SecondThoughtsAsync(call, answer, place.IsReused, receipt, sent, work.Abort);
            foreach (var recipient in sent.Recipients)
            {
                if (again is null || recipient.Meaning == ReplyMeaning.Taken || recipient.Result.Stage == SmtpStage.Unknown)
                    Judge(walk, call, answer.Terms, receipt, recipient);
            }

            if (again is null) Judge(walk, call, sent);

            // Step 4
            if (again is null || walk.Left.Count == 0) return true;
            await place.CloseAsync();
            call = again;
        }
    }

    private async ValueTask<SentMessage> SendAsync(SessionPool.Place place, DeliveryWalk walk, CancellationToken cancellationToken)
    {
        var isDone = false;
        try
        {
            var sent = await sender.SendAsync(place.Session!, walk.Left, cancellationToken);
            isDone = sent.Damage is null;
            return sent;
        }
        finally
        {
            if (!isDone) await place.AbandonAsync();
        }
    }

    private async ValueTask<HopCall?> SecondThoughtsAsync(
        HopCall call, HopAnswer answer, bool isReused, TravelReceipt receipt, SentMessage sent, CancellationToken cancellationToken)
    {
        // A kept session that its server has closed meanwhile: nothing was said, nothing was taken.
        if (isReused && sent.Recipients.Count > 0 && sent.Recipients.All(static recipient => IsUnheard(recipient.Result)))
            return call with { FreshOnly = true };
        if (receipt.Protocol is not null || answer.Terms.Use != SmtpTlsUse.Never) return null;

        // What is remembered of a host may be wrong (S14): it asks for TLS, or it does not take in clear what it might take in TLS.
        // The next attempt, of whatever message, tries TLS then, so that none waits longer than a retry on a wrong memory.
        var asks = sent.Recipients.Any(static recipient => ReplyJudgement.AsksForTls(recipient.Result.Reply));
        var isRefused = sent.Recipients.Any(static recipient => ReplyJudgement.IsSecurityRefusal(recipient.Result.Reply));
        var waits = sent.Recipients.Any(static recipient => recipient.Meaning is ReplyMeaning.Deferred or ReplyMeaning.OtherHost);
        if (asks || (answer.IsClearByMemory && (isRefused || waits))) await ledger.OnDoubtAsync(call.Key, cancellationToken);
        if (asks) return call.HopAsksForTls ? null : call with { HopAsksForTls = true, FreshOnly = true };
        return answer.IsClearByMemory && isRefused ? call with { FreshOnly = true } : null;
    }

    private static bool IsUnheard(SmtpRecipientResult result) =>
        result is { Reply: null or { Code: 421 }, Stage: SmtpStage.NotTried or SmtpStage.Mail };

    private static void Judge(DeliveryWalk walk, HopCall call, SentMessage sent)
    {
        if (sent.Damage is not null)
        {
            foreach (var entry in walk.Left.ToList())
            {
                walk.End(new RecipientEnd
                {
                    Entry = entry, Verdict = QueueVerdict.Held, Status = Damaged, Text = $"Its content cannot be read: {sent.Damage}",
                });
            }
        }
        else if (sent.Fault != SmtpTransferFault.None)
        {
            walk.Add(HopFaults.Unfit(call, sent.Fault));
        }
    }

    private static void Judge(DeliveryWalk walk, HopCall call, HopTerms terms, TravelReceipt receipt, SentRecipient recipient)
    {
        var (result, reply) = (recipient.Result, recipient.Result.Reply);
        var end = new RecipientEnd
        {
            Entry = recipient.Entry,
            Verdict = QueueVerdict.Deferred,
            Status = reply is null || result.Stage == SmtpStage.Unknown ? ReplyLost : ReplyJudgement.StatusOf(reply),
            Text = "",
            RemoteMta = call.Host.Name,
            Diagnostic = reply is null ? null : ReplyJudgement.Text(reply),
            DsnPassedOn = recipient.DsnPassedOn,
        };
        var way = TlsWords.Sentence(receipt, terms);
        switch (recipient.Meaning)
        {
            case ReplyMeaning.Taken:
                walk.End(end with
                {
                    Verdict = QueueVerdict.Delivered,
                    Status = reply is null ? Fine : end.Status,
                    Text = $"Given to {call.Words} {way}. It said: {end.Diagnostic}",
                    Receipt = receipt,
                });
                break;
            case ReplyMeaning.Deferred when result.Stage == SmtpStage.Unknown:
                walk.End(end with
                {
                    Text = $"Sent to {call.Words} {way}, and its reply was lost: whether it took the message is not known. {result.Reason}", Receipt = receipt,
                });
                break;
            case ReplyMeaning.Deferred:
                walk.End(end with { Text = $"{call.Words} put it off, {way}. It said: {end.Diagnostic}" });
                break;
            case ReplyMeaning.Failed:
                walk.End(end with { Verdict = QueueVerdict.Failed, Text = $"{call.Words} refused it, {way}. It said: {end.Diagnostic}" });
                break;
            default:
                walk.AddOnce(HopFaults.Broken(call, result));
                break;
        }
    }
}
