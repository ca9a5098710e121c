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
        if (await ports.Queue.CountAsync(filter, cancellationToken) == 0)
            return AdminFault.NotFound("Nothing such waits. `modus queue list` shows what does.");
        long changed = 0;
        foreach (var state in StatesOf(change))
        {
            // What is changed leaves its state, so that each look finds others; one that changes nothing ends it.
            for (var step = 1L; step > 0; changed += step)
            {
                var entries = await ports.Queue.ListAsync(filter with { State = state }, cancellationToken);
                var outcomes = await Task.WhenAll(entries.Select(entry => ChangeAsync(change, ports.Queue, entry.Id, cancellationToken))); // one commit for many
                step = outcomes.Count(static outcome => outcome == StoreOutcome.Done);
                if (outcomes.FirstOrDefault(static outcome => outcome is not (StoreOutcome.Done or StoreOutcome.NotFound)) is var fault and not StoreOutcome.Done)
                    return AdminFault.From(fault, $"{Count(changed + step)} {Word(change)}; the rest");
            }
        }

        return new Done($"{Count(changed)} {Word(change)}.");
    }

    private static QueueState[] StatesOf(QueueChangeKind change) => change switch
    {
        QueueChangeKind.Drop => Enum.GetValues<QueueState>(),
        QueueChangeKind.Hold => [QueueState.Incoming, QueueState.Active, QueueState.Deferred],
        _ => [QueueState.Held],
    };

    private static async Task<StoreOutcome> ChangeAsync(QueueChangeKind change, IQueue queue, QueueEntryId entry, CancellationToken cancellationToken) =>
        change == QueueChangeKind.Drop
            ? await queue.RemoveAsync(entry, Reason, cancellationToken)
            : await queue.SetHeldAsync(entry, change == QueueChangeKind.Hold, Reason, cancellationToken);

    private static string Count(long count) => count == 1 ? "1 entry" : $"{count} entries";

    private static string Word(QueueChangeKind change) => change switch
    {
        QueueChangeKind.Hold => "held",
        QueueChangeKind.Release => "released",
        _ => "dropped",
    };
}
