using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Storage;

namespace Modus.Server.Moving.Import;

/// <param name="Messages">Those that are in the mailbox now.</param>
/// <param name="Bytes">Their bytes.</param>
internal sealed record SentMail(IReadOnlyList<SourceMessage> Messages, long Bytes)
{
    public int Count => Messages.Count;
}

/// <summary>Sends batches into one mailbox. When one message spoils a batch, the others come without it.</summary>
internal sealed class ImportSender(IAdminChannel channel, ImportTarget target, string mailbox, ImportFaults faults)
{
    /// <returns>What came in, and why the import cannot go on; null when it can.</returns>
    public async ValueTask<(SentMail Sent, AdminFault? Fault)> SendAsync(ImportBatch batch, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await batch.SendAsync(channel, target.Mailbox, cancellationToken);
            if (reply.Result is { Outcome: StoreOutcome.Done, IsChanged: false }) return (new SentMail(batch.Messages, batch.Bytes), null);
        }
        catch (InvalidDataException)
        {
            // One of them changed or went away: which one is seen below.
        }

        return await SendSinglyAsync(batch, cancellationToken);
    }

    private async ValueTask<(SentMail Sent, AdminFault? Fault)> SendSinglyAsync(ImportBatch batch, CancellationToken cancellationToken)
    {
        var sent = new List<SourceMessage>();
        long bytes = 0;
        AdminFault? fault = null;
        foreach (var (message, mail) in batch.Singles())
        {
            (var isSent, fault) = await SendAsync(message, mail, cancellationToken);
            if (fault is not null) break;
            if (!isSent) continue;
            sent.Add(message);
            bytes += mail.Size;
        }

        return (new SentMail(sent, bytes), fault);
    }

    private async ValueTask<(bool IsSent, AdminFault? Fault)> SendAsync(SourceMessage message, UploadedMail mail, CancellationToken cancellationToken)
    {
        try
        {
            var reply = await ImportBatch.SendAsync(channel, target.Mailbox, message, mail, cancellationToken);
            if (reply.Result is not { } taken) return (false, reply.Fault);
            if (taken is { Outcome: StoreOutcome.TooMany } && mail.Keywords.Count > 0)
            {
                faults.Note($"{mailbox}: it has {StoreLimits.MaxKeywords} keywords and takes no more; left out: {string.Join(", ", mail.Keywords)}.");
                return await SendAsync(message, mail with { Keywords = [] }, cancellationToken);
            }

            if (taken.IsChanged) faults.Add($"{mailbox}: {message.Label}: it changed while it was read. Import again when nobody writes it.");
            return (taken is { Outcome: StoreOutcome.Done, IsChanged: false }, FaultOf(taken.Outcome));
        }
        catch (InvalidDataException broken)
        {
            faults.Add($"{mailbox}: {message.Label}: {broken.Message}");
            return (false, null);
        }
    }

    private AdminFault? FaultOf(StoreOutcome outcome) => outcome switch
    {
        StoreOutcome.Done => null,
        StoreOutcome.OverQuota => new AdminFault(
            AdminFaultKind.NotAllowed,
            $"{mailbox}: the account's quota is reached. What came in stays; raise it (`modus account quota`) and import again, which brings the rest."),
        _ => AdminFault.From(outcome, $"Mailbox {mailbox}"),
    };
}
