using Microsoft.Data.Sqlite;
using static SQLitePCL.raw;

namespace Modus.Storage.Embedded.Sqlite;

/// <summary>What a fault of SQLite means to the store.</summary>
internal static class SqliteFaults
{
    /// <summary>No room. SQLite reports ENOSPC of a write as SQLITE_FULL, and that of its shared memory as SHMSIZE.</summary>
    public static bool IsNoSpace(SqliteException fault) =>
        fault.SqliteErrorCode == SQLITE_FULL || fault.SqliteExtendedErrorCode == SQLITE_IOERR_SHMSIZE;

    /// <summary>The database is damaged.</summary>
    public static bool IsDamage(SqliteException fault) => fault.SqliteErrorCode is SQLITE_CORRUPT or SQLITE_NOTADB;

    /// <summary>A fault of one statement, such as a constraint; the database is as good as before.</summary>
    public static bool IsOfRequest(SqliteException fault) =>
        fault.SqliteErrorCode is SQLITE_CONSTRAINT or SQLITE_ERROR or SQLITE_TOOBIG or SQLITE_MISMATCH or SQLITE_RANGE or SQLITE_MISUSE;
}
