using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>
/// Documents that the server keeps for itself. What has expired is not seen by reads, and goes with later writes, some with each, so
/// that there is never much more of it than is written.
/// </summary>
internal sealed class EmbeddedRecords(ReaderPool readers, Writer writer, TimeProvider clock) : IRecords
{
    private const int MaxKey = 512;
    private const int RemovedAtOnce = 64; // of those that have expired, besides as many as are put

    private long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public ValueTask<StoredRecord?> GetAsync(string kind, string key, CancellationToken cancellationToken) =>
        new(readers.Read(database => database.Of("""
            SELECT kind, key, json, changed, expires FROM records WHERE kind = ? AND key = ? AND (expires IS NULL OR expires > ?)
            """).With(kind).With(key).With(Now).First(Read)));

    public ValueTask<IReadOnlyList<StoredRecord>> ListAsync(
        string kind, string prefix, string? after, int limit, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(prefix);
        return new(readers.Read(IReadOnlyList<StoredRecord> (database) => List(database, kind, prefix, after, limit)));
    }

    public async ValueTask<StoreOutcome> PutAsync(IReadOnlyList<StoredRecord> records, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(records);
        if (records.Count == 0) return StoreOutcome.Done;
        if (records.Any(IsTooLarge)) return StoreOutcome.TooLarge;
        return await writer.WriteAsync(scope => Put(scope, records), cancellationToken);
    }

    public ValueTask<StoreOutcome> RemoveAsync(string kind, string key, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => Remove(scope, kind, key), cancellationToken);

    internal static bool IsTooLarge(StoredRecord record) =>
        record.Json.Length > StoreLimits.MaxRecord || record.Key.Length > MaxKey || record.Kind.Length > MaxKey;

    private List<StoredRecord> List(Database database, string kind, string prefix, string? after, int limit)
    {
        var found = new List<StoredRecord>();
        if (limit < 1) return found;
        database.Of("""
            SELECT kind, key, json, changed, expires FROM records
            WHERE kind = ?1 AND key >= ?2 AND (?3 IS NULL OR key > ?3) AND (expires IS NULL OR expires > ?4) ORDER BY key
            """).With(kind).With(prefix).With(after).With(Now)
            .Each(row =>
            {
                // Keys that begin so stand together.
                if (!row.Text(1).StartsWith(prefix, StringComparison.Ordinal)) return false;
                found.Add(Read(row));
                return found.Count < limit;
            });
        return found;
    }

    internal static StoreOutcome Put(WriteScope scope, IReadOnlyList<StoredRecord> records)
    {
        foreach (var record in records)
        {
            scope.Database.Of("""
                INSERT INTO records (kind, key, json, changed, expires) VALUES (?1, ?2, ?3, ?4, ?5)
                ON CONFLICT (kind, key) DO UPDATE SET json = ?3, changed = ?4, expires = ?5
                """).With(record.Kind).With(record.Key).With(record.Json).With(record.Changed.ToUnixTimeMilliseconds())
                .With(record.Expires?.ToUnixTimeMilliseconds()).Run();
        }

        scope.Database.Of("DELETE FROM records WHERE id IN (SELECT id FROM records WHERE expires <= ? ORDER BY expires LIMIT ?)")
            .With(scope.Now.ToUnixTimeMilliseconds()).With(RemovedAtOnce + records.Count).Run();
        return StoreOutcome.Done;
    }

    internal static StoreOutcome Remove(WriteScope scope, string kind, string key) =>
        scope.Database.Of("DELETE FROM records WHERE kind = ?1 AND key = ?2 RETURNING expires IS NULL OR expires > ?3")
            .With(kind).With(key).With(scope.Now.ToUnixTimeMilliseconds()).Number() == 1 ? StoreOutcome.Done : StoreOutcome.NotFound;

    private static StoredRecord Read(Statement row) => new(
        row.Text(0), row.Text(1), row.Text(2), DateTimeOffset.FromUnixTimeMilliseconds(row.Long(3)),
        row.LongOrNull(4) is { } expires ? DateTimeOffset.FromUnixTimeMilliseconds(expires) : null);
}
