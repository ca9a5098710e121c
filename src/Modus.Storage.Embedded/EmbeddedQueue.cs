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

    public async ValueTask<IReadOnlyList<QueueEntry>> LeaseAsync(
        string owner, DateTimeOffset now, DateTimeOffset until, int limit, CancellationToken cancellationToken)
    {
        // A worker asks often and mostly in vain: a read tells, and only a find costs a commit.
        if (readers.Read(database => Due(database, now, 1)).Count == 0) return [];
        var leased = await writer.WriteAsync<IReadOnlyList<QueueEntry>>(
            scope => new(StoreOutcome.Done, Lease(scope.Database, owner, now, until, limit)), cancellationToken);
        return leased.Value ?? []; // without room for the lease nobody works on anything
    }

    public ValueTask<StoreOutcome> RemoveAsync(QueueEntryId entry, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => QueueRows.Remove(scope, entry), cancellationToken);

    // An entry that a person held while a worker was busy with it stays held.
    public ValueTask<StoreOutcome> DeferAsync(
        QueueEntryId entry, DateTimeOffset notBefore, string lastResult, CancellationToken cancellationToken) =>
        writer.WriteAsync(
            scope => scope.Database.Of("""
                UPDATE queue_entries SET state = CASE state WHEN ?1 THEN ?1 ELSE ?2 END, not_before = ?3, last_result = ?4,
                       attempts = attempts + 1, lease_owner = NULL, lease_until = NULL
                WHERE id = ?5
                """)
                .With((int)QueueState.Held).With((int)QueueState.Deferred).With(notBefore.ToUnixTimeMilliseconds())
                .With(lastResult).With(entry.Value).Run() == 1 ? StoreOutcome.Done : StoreOutcome.NotFound,
            cancellationToken);

    public ValueTask<StoreOutcome> SetHeldAsync(QueueEntryId entry, bool held, CancellationToken cancellationToken) =>
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

    private static IReadOnlyList<QueueEntry> Lease(Database database, string owner, DateTimeOffset now, DateTimeOffset until, int limit)
    {
        var due = Due(database, now, limit);
        foreach (var id in due)
        {
            database.Of("UPDATE queue_entries SET state = ?, lease_owner = ?, lease_until = ? WHERE id = ?")
                .With((int)QueueState.Active).With(owner).With(until.ToUnixTimeMilliseconds()).With(id.Value).Run();
        }

        return [.. due.Select(id => QueueRows.Get(database, id)!)];
    }

    private static List<QueueEntryId> Due(Database database, DateTimeOffset now, int limit) =>
        database.Of("""
            SELECT id FROM queue_entries
            WHERE not_before <= ?1 AND (state IN (?2, ?3) OR (state = ?4 AND lease_until <= ?1))
            ORDER BY not_before, id LIMIT ?5
            """)
            .With(now.ToUnixTimeMilliseconds()).With((int)QueueState.Incoming).With((int)QueueState.Deferred)
            .With((int)QueueState.Active).With(limit).List(static row => new QueueEntryId(row.Long(0)));
}
