using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>What becomes of queue entries by an attempt or by a person, as the writer runs it.</summary>
internal static class QueueChanges
{
    /// <summary>Ends attempts. The lines of an attempt stand also when its entry went meanwhile: it was made.</summary>
    public static void Finish(WriteScope scope, IReadOnlyList<QueueAttempt> attempts)
    {
        var lanes = new HashSet<QueueLane>();
        foreach (var attempt in attempts)
        {
            var goes = attempt.Verdict is QueueVerdict.Delivered or QueueVerdict.Failed;
            if ((goes ? QueueRows.Remove(scope, attempt.Entry) : Keep(scope.Database, attempt)) is { } lane) lanes.Add(lane);
            TraceRows.Add(scope.Database, attempt.Trace);
        }

        Refresh(scope.Database, lanes);
    }

    public static StoreResult<long> Retry(WriteScope scope, IReadOnlyList<QueueEntryId> entries, long now)
    {
        var lanes = new HashSet<QueueLane>();
        var count = 0L;
        foreach (var entry in entries)
        {
            if (!scope.Database.Of("""
                UPDATE queue_entries SET not_before = ?1 WHERE id = ?2 AND state IN (0, 2) AND not_before > ?1 RETURNING domain, priority
                """).With(now).With(entry.Value).TryFirst(QueueLeases.ReadLane, out var lane))
                continue;
            lanes.Add(lane);
            count++;
        }

        if (count > 0) scope.NoteDue();
        Refresh(scope.Database, lanes);
        return count;
    }

    public static StoreOutcome Drop(WriteScope scope, QueueEntryId id, string reason)
    {
        if (QueueRows.Get(scope.Database, id) is not { } entry || QueueRows.Remove(scope, id) is not { } lane) return StoreOutcome.NotFound;
        QueueDomainRows.Refresh(scope.Database, lane);
        Note(scope, entry, TraceKind.Dropped, reason);
        return StoreOutcome.Done;
    }

    public static StoreOutcome SetHeld(WriteScope scope, QueueEntryId id, bool held, string reason)
    {
        if (QueueRows.Get(scope.Database, id) is not { } entry) return StoreOutcome.NotFound;
        if (held == (entry.State == QueueState.Held)) return StoreOutcome.Done;
        var released = entry.Attempts == 0 ? QueueState.Incoming : QueueState.Deferred;
        if (scope.Database.Of("""
            UPDATE queue_entries SET state = ?, lease_owner = NULL, lease_until = NULL WHERE id = ? RETURNING domain, priority
            """).With((int)(held ? QueueState.Held : released)).With(id.Value).TryFirst(QueueLeases.ReadLane, out var lane))
            QueueDomainRows.Refresh(scope.Database, lane);
        if (!held) scope.NoteDue();
        Note(scope, entry, held ? TraceKind.Held : TraceKind.Released, reason);
        return StoreOutcome.Done;
    }

    public static StoreOutcome Refresh(Database database, IEnumerable<QueueLane> lanes)
    {
        foreach (var lane in lanes) QueueDomainRows.Refresh(database, lane);
        return StoreOutcome.Done;
    }

    // An entry that a person held while a worker was busy with it stays held.
    private static QueueLane? Keep(Database database, QueueAttempt attempt)
    {
        var isHeld = attempt.Verdict == QueueVerdict.Held;
        return database.Of("""
            UPDATE queue_entries SET state = CASE state WHEN 3 THEN 3 ELSE ?1 END, not_before = COALESCE(?2, not_before), last_result = ?3,
                   delay_noticed = max(delay_noticed, ?4), attempts = attempts + 1, lease_owner = NULL, lease_until = NULL
            WHERE id = ?5 RETURNING domain, priority
            """)
            .With((int)(isHeld ? QueueState.Held : QueueState.Deferred))
            .With(isHeld ? null : attempt.NotBefore.ToUnixTimeMilliseconds()).With(attempt.Result)
            .With(attempt.DelayNoticed ? 1 : 0).With(attempt.Entry.Value)
            .TryFirst(QueueLeases.ReadLane, out var lane) ? lane : null;
    }

    private static void Note(WriteScope scope, QueueEntry entry, TraceKind kind, string reason)
    {
        var recipient = entry.Envelope.Recipients[0].Path.Address;
        TraceRows.Add(scope.Database, [new TraceEvent
        {
            Message = entry.QueueId,
            At = scope.Now,
            Kind = kind,
            Recipient = recipient?.ToString(),
            Peer = recipient is { Domain.Name.Length: > 0 } ? recipient.Domain : null,
            Text = reason,
        }]);
    }
}
