using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>The queue of mail for elsewhere.</summary>
internal sealed class EmbeddedQueue(ReaderPool readers, Writer writer) : IQueue
{
    public ValueTask<IReadOnlyList<QueueEntry>> ListAsync(QueueFilter filter, CancellationToken cancellationToken) =>
        new(readers.Read(IReadOnlyList<QueueEntry> (database) => QueueRows.List(database, filter)));

    public ValueTask<IReadOnlyDictionary<QueueState, long>> CountAsync(CancellationToken cancellationToken) =>
        new(readers.Read(static IReadOnlyDictionary<QueueState, long> (database) =>
        {
            var counts = Enum.GetValues<QueueState>().ToDictionary(static state => state, static _ => 0L);
            foreach (var (state, count) in database.Of("SELECT state, COUNT(*) FROM queue_entries GROUP BY state")
                .List(static row => ((QueueState)row.Int(0), row.Long(1))))
                counts[state] = count;
            return counts;
        }));

    public IQueueSignal Signal => throw new NotSupportedException();

    public ValueTask<long> CountAsync(QueueFilter filter, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<Modus.Mail.Addresses.Domain>> ListDueDomainsAsync(DateTimeOffset now, IReadOnlySet<Modus.Mail.Addresses.Domain> except, int limit, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<DateTimeOffset?> FindNextDueAsync(DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<IReadOnlyList<QueueEntry>> LeaseAsync(QueueLease lease, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<StoreOutcome> RenewAsync(IReadOnlyList<QueueEntryId> entries, string owner, DateTimeOffset until, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<StoreOutcome> FinishAsync(IReadOnlyList<QueueAttempt> attempts, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<StoreOutcome> ReturnAsync(IReadOnlyList<QueueEntryId> entries, string owner, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<StoreResult<long>> RetryAsync(QueueFilter filter, DateTimeOffset now, CancellationToken cancellationToken) => throw new NotSupportedException();

    public ValueTask<StoreOutcome> RemoveAsync(QueueEntryId entry, string reason, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => QueueRows.Remove(scope, entry), cancellationToken);

    public ValueTask<StoreOutcome> SetHeldAsync(QueueEntryId entry, bool held, string reason, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => SetHeld(scope.Database, entry, held), cancellationToken);

    private static StoreOutcome SetHeld(Database database, QueueEntryId id, bool held)
    {
        if (QueueRows.Get(database, id) is not { } entry) return StoreOutcome.NotFound;
        if (held == (entry.State == QueueState.Held)) return StoreOutcome.Done;
        var released = entry.Attempts == 0 ? QueueState.Incoming : QueueState.Deferred;
        database.Of("UPDATE queue_entries SET state = ?, lease_owner = NULL, lease_until = NULL WHERE id = ?")
            .With((int)(held ? QueueState.Held : released)).With(id.Value).Run();
        return StoreOutcome.Done;
    }
}
