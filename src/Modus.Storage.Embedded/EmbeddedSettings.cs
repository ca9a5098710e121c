using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>Settings and their journal. A removed setting keeps its row, so that its version never goes back.</summary>
internal sealed class EmbeddedSettings(ReaderPool readers, Writer writer) : ISettings
{
    public ValueTask<Setting?> GetAsync(string name, CancellationToken cancellationToken) =>
        new(readers.Read(database =>
            database.Of("SELECT name, json, version FROM settings WHERE name = ? AND json IS NOT NULL").With(name).First(Read)));

    public ValueTask<IReadOnlyList<Setting>> ListAsync(string prefix, CancellationToken cancellationToken) =>
        new(readers.Read(IReadOnlyList<Setting> (database) => database.Of("""
            SELECT name, json, version FROM settings
            WHERE name >= ?1 AND substr(name, 1, length(?1)) = ?1 AND json IS NOT NULL ORDER BY name
            """).With(prefix).List(Read)));

    public ValueTask<StoreOutcome> SetAsync(
        string name, string? json, long? expectedVersion, string changedBy, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => Set(scope, name, json, expectedVersion, changedBy), cancellationToken);

    public ValueTask<IReadOnlyList<SettingChange>> ReadJournalAsync(string? name, int limit, CancellationToken cancellationToken) =>
        new(readers.Read(IReadOnlyList<SettingChange> (database) => database.Of("""
            SELECT name, at, changed_by, old, new, id FROM settings_journal
            WHERE ?1 IS NULL OR name = ?1 ORDER BY id DESC LIMIT ?2
            """).With(name).With(limit).List(ReadChange)));

    public ValueTask<SettingChange?> FindChangeAsync(long id, CancellationToken cancellationToken) =>
        new(readers.Read(database =>
            database.Of("SELECT name, at, changed_by, old, new, id FROM settings_journal WHERE id = ?").With(id).First(ReadChange)));

    /// <summary>Sets a setting, as <see cref="SetAsync"/> does.</summary>
    internal static StoreOutcome Set(WriteScope scope, string name, string? json, long? expectedVersion, string changedBy)
    {
        var old = scope.Database.Of("SELECT name, json, version FROM settings WHERE name = ? AND json IS NOT NULL")
            .With(name).First(Read);
        if (expectedVersion is { } expected && expected != (old?.Version ?? 0)) return StoreOutcome.NotAllowed;
        if (old is null && json is null) return StoreOutcome.Done;
        scope.Database.Of("""
            INSERT INTO settings (name, json, version) VALUES (?1, ?2, 1)
            ON CONFLICT (name) DO UPDATE SET json = ?2, version = version + 1
            """).With(name).With(json).Run();
        scope.Database.Of("INSERT INTO settings_journal (name, at, changed_by, old, new) VALUES (?, ?, ?, ?, ?)")
            .With(name).With(scope.Now.ToUnixTimeMilliseconds()).With(changedBy).With(old?.Json).With(json).Run();
        return StoreOutcome.Done;
    }

    private static SettingChange ReadChange(Statement row) => new(
        row.Text(0), DateTimeOffset.FromUnixTimeMilliseconds(row.Long(1)), row.Text(2), row.TextOrNull(3), row.TextOrNull(4)) { Id = row.Long(5) };

    private static Setting Read(Statement row) => new(row.Text(0), row.Text(1), row.Long(2));
}
