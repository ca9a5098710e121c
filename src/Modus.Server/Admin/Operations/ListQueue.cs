using Modus.Mail.Envelopes;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>Lists mail that waits for delivery elsewhere, a row for each recipient.</summary>
internal sealed class ListQueue()
    : AdminOperation<QueueQuery, QueueRow[]>("queue-list", AdminJson.Default.QueueQuery, AdminJson.Default.AdminReplyQueueRowArray)
{
    public override async ValueTask<AdminReply<QueueRow[]>> RunAsync(
        QueueQuery request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryOptionalDomain(request.Domain, out var domain, out var fault)) return fault;
        if (request.Limit < 1) return AdminFault.Invalid("The limit must be 1 or more.");
        var filter = new QueueFilter
        {
            QueueId = request.QueueId is { } id ? new QueueId(id) : null,
            State = request.State,
            Domain = domain,
            Limit = request.Limit,
        };
        var entries = await ports.Queue.ListAsync(filter, cancellationToken);
        return entries.Select(ToRow).ToArray();
    }

    private static QueueRow ToRow(QueueEntry entry) => new(
        entry.QueueId.Value,
        entry.Id.Value,
        entry.Envelope.ReversePath.ToString(),
        string.Join(", ", entry.Envelope.Recipients.Select(recipient => recipient.Path)),
        entry.State,
        entry.Size,
        entry.Created,
        entry.NotBefore,
        entry.Attempts,
        entry.LastResult)
    {
        EnvelopeId = entry.Envelope.EnvelopeId,
        Return = entry.Envelope.Return,
        Notify = entry.Envelope.Recipients.Aggregate(DsnNotify.Unspecified, static (all, recipient) => all | recipient.Notify),
        OriginalRecipient = entry.Envelope.Recipients.Select(static recipient => recipient.OriginalRecipient).FirstOrDefault(static given => given is not null),
    };
}
