using Modus.Mail.Addresses;
using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>The queue of mail for elsewhere: reads here, changes in <see cref="QueueLeases"/> and <see cref="QueueChanges"/>.</summary>
internal sealed class EmbeddedQueue(ReaderPool readers, Writer writer, QueueSignal signal) : IQueue
{
    private const int RetriedAtOnce = 1_000; // a commit: few enough that no delivery waits long behind them

    public IQueueSignal Signal => signal;

    public ValueTask<IReadOnlyList<QueueEntry>> ListAsync(QueueFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return new(readers.Read(IReadOnlyList<QueueEntry> (database) => QueueRows.List(database, filter)));
    }

    public ValueTask<IReadOnlyDictionary<QueueState, long>> CountAsync(CancellationToken cancellationToken) =>
        new(readers.Read(static IReadOnlyDictionary<QueueState, long> (database) =>
        {
            var counts = Enum.GetValues<QueueState>().ToDictionary(static state => state, static _ => 0L);
            foreach (var (state, count) in database.Of("SELECT state, COUNT(*) FROM queue_entries GROUP BY state")
                .List(static row => ((QueueState)row.Int(0), row.Long(1))))
                counts[state] = count;
            return counts;
        }));

    public ValueTask<long> CountAsync(QueueFilter filter, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        return new(readers.Read(database => QueueRows.Count(database, filter)));
    }

    public ValueTask<IReadOnlyList<Domain>> ListDueDomainsAsync(
        DateTimeOffset now, IReadOnlySet<Domain> except, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(except);
        return new(readers.Snapshot(IReadOnlyList<Domain> (database) =>
            QueueDomainRows.ListDue(database, now.ToUnixTimeMilliseconds(), except, limit)));
    }

    public ValueTask<DateTimeOffset?> FindNextDueAsync(DateTimeOffset now, CancellationToken cancellationToken) =>
        new(readers.Read(database => QueueRows.FindNextDue(database, now.ToUnixTimeMilliseconds()) is { } next
            ? DateTimeOffset.FromUnixTimeMilliseconds(next)
            : (DateTimeOffset?)null));

    public async ValueTask<IReadOnlyList<QueueEntry>> LeaseAsync(QueueLease lease, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(lease);
        if (lease.Until <= lease.Now) throw new ArgumentException("the lease is over before it begins", nameof(lease));

        // A worker may ask in vain: a read tells, and only a find costs a commit.
        var now = lease.Now.ToUnixTimeMilliseconds();
        if (lease.Limit < 1 || !readers.Read(database => QueueDomainRows.IsDue(database, lease.Domain.Name, now))) return [];
        var leased = await writer.WriteAsync(scope => QueueLeases.Take(scope, lease), cancellationToken);
        return leased.Value ?? []; // without room for the lease nobody works on anything
    }

    public ValueTask<StoreOutcome> RenewAsync(
        IReadOnlyList<QueueEntryId> entries, string owner, DateTimeOffset until, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => QueueLeases.Renew(scope, entries, owner, until), cancellationToken);

    public ValueTask<StoreOutcome> ReturnAsync(
        IReadOnlyList<QueueEntryId> entries, string owner, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => QueueLeases.Return(scope, entries, owner), cancellationToken);

    public async ValueTask<StoreOutcome> FinishAsync(IReadOnlyList<QueueAttempt> attempts, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(attempts);
        if (attempts.Count == 0) return StoreOutcome.Done;
        return await writer.WriteAsync(
            scope =>
            {
                QueueChanges.Finish(scope, attempts);
                return StoreOutcome.Done;
            },
            cancellationToken);
    }

    public async ValueTask<StoreResult<long>> RetryAsync(QueueFilter filter, DateTimeOffset now, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(filter);
        var moment = now.ToUnixTimeMilliseconds();
        var retried = 0L;

        // Found by a reader, which no writer waits for; what changed meanwhile is passed over.
        foreach (var some in readers.Read(database => QueueRows.ListWaiting(database, filter, moment)).Chunk(RetriedAtOnce))
        {
            var done = await writer.WriteAsync(scope => QueueChanges.Retry(scope, some, moment), cancellationToken);
            if (!done.IsDone) return done.Outcome;
            retried += done.Value;
        }

        return retried;
    }

    public ValueTask<StoreOutcome> RemoveAsync(QueueEntryId entry, string reason, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => QueueChanges.Drop(scope, entry, reason), cancellationToken);

    public ValueTask<StoreOutcome> SetHeldAsync(QueueEntryId entry, bool held, string reason, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => QueueChanges.SetHeld(scope, entry, held, reason), cancellationToken);
}
