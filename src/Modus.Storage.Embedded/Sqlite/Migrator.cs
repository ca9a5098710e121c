using Microsoft.Extensions.Logging;
using Modus.Storage.Embedded.Sqlite.Migrations;

namespace Modus.Storage.Embedded.Sqlite;

/// <summary>Brings the schema up to date, one transaction a step, and refuses a schema that is newer than this program.</summary>
internal static class Migrator
{
    private static readonly Migration[] All = [new Migration001(), new Migration002(), new Migration003()];

    public static int Latest => All[^1].Version;

    /// <returns>The version that the schema has now.</returns>
    /// <exception cref="NotSupportedException">A newer program wrote this store.</exception>
    public static int Migrate(Database database, TimeProvider clock, ILogger logger)
    {
        database.Execute("CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL PRIMARY KEY) STRICT");
        var version = database.Of("SELECT MAX(version) FROM schema_version").Number() ?? 0;
        if (version > Latest)
        {
            throw new NotSupportedException(
                $"the store has schema version {version}, this program knows up to {Latest}: use a newer program");
        }

        foreach (var migration in All)
        {
            if (migration.Version <= version) continue;
            database.Begin();
            migration.Apply(database, clock);
            database.Of("INSERT INTO schema_version VALUES (?)").With(migration.Version).Run();
            database.Commit();
            logger.SchemaMigrated(migration.Version);
        }

        return Latest;
    }
}
