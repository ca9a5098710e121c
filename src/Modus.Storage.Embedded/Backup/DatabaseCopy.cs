using Microsoft.Data.Sqlite;
using Modus.Storage.Embedded.Content;
using Modus.Storage.Embedded.Sqlite;
using static SQLitePCL.raw;

namespace Modus.Storage.Embedded.Backup;

/// <summary>
/// Copies the database beside its writer, within one read transaction: what comes is one committed state. The copy has no
/// write-ahead log, so that it is a single file that a read-only disk can hold.
/// </summary>
internal static class DatabaseCopy
{
    private const int Pages = 256; // of 4 KB: pieces of a megabyte

    /// <param name="source">The database of a store; another process may write it.</param>
    /// <param name="target">Made, or written over.</param>
    /// <param name="disk">Syncs the copy.</param>
    /// <param name="moved">Hears of the bytes done and to do.</param>
    /// <param name="cancellationToken">Gives up between two pieces.</param>
    public static void Run(string source, string target, Disk disk, Action<long, long> moved, CancellationToken cancellationToken)
    {
        using (var from = Database.OpenReader(source))
        using (var to = Database.OpenCopy(target))
        {
            // A transaction begins with its first read; from here on the copy cannot be made to begin anew.
            from.Of("BEGIN").Run();
            var pageSize = from.Of("PRAGMA page_size").Number() ?? 0;
            _ = from.Of("SELECT COUNT(*) FROM schema_version").Number();
            CopyPages(from, to, (done, total) => moved(done * pageSize, total * pageSize), cancellationToken);
            from.Rollback();
        }

        // The copied header says that there is a log; only who opens it so may say otherwise.
        using (var copy = Database.OpenPlain(target)) copy.Execute("PRAGMA journal_mode=DELETE");
        using var file = File.OpenHandle(target, FileMode.Open, FileAccess.ReadWrite, FileShare.Read);
        disk.Sync(file);
    }

    private static void CopyPages(Database from, Database to, Action<long, long> moved, CancellationToken cancellationToken)
    {
        using var backup = sqlite3_backup_init(to.Handle, "main", from.Handle, "main");
        if (backup is null || backup.IsInvalid) throw new SqliteException(sqlite3_errmsg(to.Handle).utf8_to_string(), sqlite3_errcode(to.Handle));
        while (true)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var code = sqlite3_backup_step(backup, Pages);
            var total = sqlite3_backup_pagecount(backup);
            moved(total - sqlite3_backup_remaining(backup), total);
            if (code == SQLITE_DONE) return;
            if (code != SQLITE_OK) throw new SqliteException($"the database cannot be copied ({code})", code & 0xff, code);
        }
    }
}
