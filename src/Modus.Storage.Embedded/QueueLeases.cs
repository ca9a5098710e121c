using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>
/// Who works on what, as the writer runs it. Within a priority the senders of a domain stand in a ring; each turn takes one message's
/// entries, and the next lease goes on behind the sender that was served last.
/// </summary>
internal static class QueueLeases
{
    private const int MaxInVain = 256; // senders looked at without a find; bounds what a lease costs the writer

    public static StoreResult<IReadOnlyList<QueueEntry>> Take(WriteScope scope, QueueLease lease)
    {
        var database = scope.Database;
        var taken = new List<QueueEntryId>();
        foreach (var (priority, turn) in QueueDomainRows.ListDueLanes(database, lease.Domain.Name, lease.Now.ToUnixTimeMilliseconds()))
        {
            if (taken.Count >= lease.Limit) break;
            var lane = new QueueLane(lease.Domain.Name, priority);
            var last = TakeTurns(database, lane, turn, lease, taken);
            QueueDomainRows.SetTurn(database, lane, last);
            QueueDomainRows.Refresh(database, lane);
        }

        return taken.ConvertAll(id => QueueRows.Get(database, id)!);
    }

    public static StoreOutcome Renew(WriteScope scope, IReadOnlyList<QueueEntryId> entries, string owner, DateTimeOffset until)
    {
        var lanes = new HashSet<QueueLane>();
        foreach (var entry in entries)
        {
            var renewed = scope.Database.Of("""
                UPDATE queue_entries SET lease_until = ? WHERE id = ? AND state = 1 AND lease_owner = ? RETURNING domain, priority
                """).With(until.ToUnixTimeMilliseconds()).With(entry.Value).With(owner).TryFirst(ReadLane, out var lane);
            if (renewed) lanes.Add(lane);
        }

        return QueueChanges.Refresh(scope.Database, lanes);
    }

    public static StoreOutcome Return(WriteScope scope, IReadOnlyList<QueueEntryId> entries, string owner)
    {
        var lanes = new HashSet<QueueLane>();
        foreach (var entry in entries)
        {
            var returned = scope.Database.Of("""
                UPDATE queue_entries SET state = CASE attempts WHEN 0 THEN 0 ELSE 2 END, lease_owner = NULL, lease_until = NULL
                WHERE id = ? AND state = 1 AND lease_owner = ? RETURNING domain, priority
                """).With(entry.Value).With(owner).TryFirst(ReadLane, out var lane);
            if (returned) lanes.Add(lane);
        }

        return QueueChanges.Refresh(scope.Database, lanes);
    }

    public static QueueLane ReadLane(Statement row) => new(row.Text(0), row.Int(1));

    // The sender whose turn was the last.
    private static string TakeTurns(Database database, QueueLane lane, string turn, QueueLease lease, List<QueueEntryId> taken)
    {
        var now = lease.Now.ToUnixTimeMilliseconds();
        string? firstInVain = null;
        for (var inVain = 0; inVain < MaxInVain && taken.Count < lease.Limit;)
        {
            if ((NextSender(database, lane, turn) ?? NextSender(database, lane, null)) is not { } next) return turn;
            if (next.Sender == firstInVain) return turn; // the ring is closed: nobody has anything due
            turn = next.Sender;
            if (next.Due <= now)
            {
                TakeMessage(database, lane, next.Message, lease, taken);
                (firstInVain, inVain) = (null, 0);
            }
            else
            {
                firstInVain ??= turn;
                inVain++;
            }
        }

        // So many senders that have nothing due: who waits longest is found without asking them.
        while (taken.Count < lease.Limit && OldestMessage(database, lane, now) is { } message)
            TakeMessage(database, lane, message, lease, taken);
        return turn;
    }

    private static Head? NextSender(Database database, QueueLane lane, string? after) =>
        (after is null
            ? database.Of("""
                SELECT sender, due, message FROM queue_entries INDEXED BY queue_entries_by_turn
                WHERE domain = ? AND priority = ? AND state <> 3 ORDER BY sender, due LIMIT 1
                """).With(lane.Domain).With(lane.Priority)
            : database.Of("""
                SELECT sender, due, message FROM queue_entries INDEXED BY queue_entries_by_turn
                WHERE domain = ? AND priority = ? AND state <> 3 AND sender > ? ORDER BY sender, due LIMIT 1
                """).With(lane.Domain).With(lane.Priority).With(after))
        .First(static row => new Head(row.Text(0), row.Long(1), row.Long(2)));

    private static long? OldestMessage(Database database, QueueLane lane, long now) =>
        database.Of("""
            SELECT message FROM queue_entries INDEXED BY queue_entries_by_priority
            WHERE domain = ? AND priority = ? AND state <> 3 AND due <= ? ORDER BY due LIMIT 1
            """).With(lane.Domain).With(lane.Priority).With(now).Number();

    private static void TakeMessage(Database database, QueueLane lane, long message, QueueLease lease, List<QueueEntryId> taken)
    {
        var ids = database.Of("""
            UPDATE queue_entries SET state = 1, lease_owner = ?, lease_until = ?
            WHERE id IN (SELECT id FROM queue_entries WHERE message = ? AND domain = ? AND due <= ? AND state <> 3 ORDER BY due, id LIMIT ?)
            RETURNING id
            """)
            .With(lease.Owner).With(lease.Until.ToUnixTimeMilliseconds()).With(message).With(lane.Domain)
            .With(lease.Now.ToUnixTimeMilliseconds()).With(lease.Limit - taken.Count)
            .List(static row => row.Long(0));
        ids.Sort();
        taken.AddRange(ids.Select(static id => new QueueEntryId(id)));
    }

    // A sender with the entry of it that waits longest.
    private sealed record Head(string Sender, long Due, long Message);
}
