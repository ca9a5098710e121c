using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>Retries, holds, releases or drops the entries that are meant.</summary>
internal sealed class ChangeQueue() : AdminOperation<QueueChange, Done>("queue-change", AdminJson.Default.QueueChange, AdminJson.Default.AdminReplyDone)
{
    private const int AtOnce = 1000;
    private const string Reason = "by an administrator";

    public override async ValueTask<AdminReply<Done>> RunAsync(QueueChange request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryOptionalDomain(request.Domain, out var domain, out var fault)) return fault;
        if (request.QueueId is null && request.Entry is null && domain is null && !request.All)
            return AdminFault.Invalid("Name a queue id, --entry, --domain or --all.");
        var filter = new QueueFilter
        {
            QueueId = request.QueueId is { } id ? new QueueId(id) : null,
            Entry = request.Entry is { } entry ? new QueueEntryId(entry) : null,
            Domain = domain,
            Limit = AtOnce,
        };
        return request.Change == QueueChangeKind.Retry
            ? await RetryAsync(ports, filter, cancellationToken)
            : await ChangeAsync(request.Change, ports, filter, cancellationToken);
    }

    private static async ValueTask<AdminReply<Done>> RetryAsync(AdminPorts ports, QueueFilter filter, CancellationToken cancellationToken)
    {
        var due = ports.Hurry is { } running
            ? await running.RetryAsync(filter, cancellationToken)
            : await ports.Queue.RetryAsync(filter, TimeProvider.System.GetUtcNow(), cancellationToken);
        return due.Outcome == StoreOutcome.Done
            ? new Done($"{Count(due.Value)} due now. What is held stays held.")
            : AdminFault.From(due.Outcome, "The queue");
    }

    private static async ValueTask<AdminReply<Done>> ChangeAsync(
        QueueChangeKind change, AdminPorts ports, QueueFilter filter, CancellationToken cancellationToken)
    {
        // What changes state leaves a filter by state; what does not is passed over, so that each pass finds new entries or ends.
        var seen = new HashSet<QueueEntryId>();
        long changed = 0;
        while (true)
        {
            var entries = await ports.Queue.ListAsync(filter with { Limit = AtOnce + seen.Count }, cancellationToken);
            var fresh = entries.Where(entry => seen.Add(entry.Id)).ToList();
            if (fresh.Count == 0) break;
            foreach (var entry in fresh)
            {
                if (change != QueueChangeKind.Drop && (entry.State == QueueState.Held) == (change == QueueChangeKind.Hold)) continue;
                var outcome = change == QueueChangeKind.Drop
                    ? await ports.Queue.RemoveAsync(entry.Id, Reason, cancellationToken)
                    : await ports.Queue.SetHeldAsync(entry.Id, change == QueueChangeKind.Hold, Reason, cancellationToken);
                if (outcome == StoreOutcome.Done) changed++;
                else if (outcome != StoreOutcome.NotFound) return AdminFault.From(outcome, $"Entry {entry.Id.Value}");
            }
        }

        return changed == 0 && seen.Count == 0
            ? AdminFault.NotFound("Nothing such waits. `modus queue list` shows what does.")
            : new Done($"{Count(changed)} {Word(change)}.");
    }

    private static string Count(long count) => count == 1 ? "1 entry" : $"{count} entries";

    private static string Word(QueueChangeKind change) => change switch
    {
        QueueChangeKind.Hold => "held",
        QueueChangeKind.Release => "released",
        _ => "dropped",
    };
}
