using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Modus.Storage.Embedded.Sqlite;

/// <summary>One connection with its prepared statements. Not thread-safe: one thread at a time.</summary>
internal sealed class Database : IDisposable
{
    private const int BusyTimeoutMilliseconds = 10_000; // met only when a checkpoint resets the log under a new reader

    private readonly SqliteConnection _connection;

    // By reference: the texts are constants, and hashing them each time would cost more than the rest of the look-up.
    private readonly Dictionary<string, Statement> _statements = new(ReferenceEqualityComparer.Instance);

    private Database(SqliteConnection connection) => _connection = connection;

    internal sqlite3 Handle => _connection.Handle ?? throw new ObjectDisposedException(nameof(Database));

    /// <summary>Opens the one connection that writes; makes the file when it is not there.</summary>
    public static Database OpenWriter(string path)
    {
        var database = OpenOrCreate(path);
        database.Execute("PRAGMA synchronous=FULL");
        database.Execute("PRAGMA wal_autocheckpoint=0");
        database.Execute("PRAGMA journal_size_limit=67108864");
        database.Execute("PRAGMA foreign_keys=OFF"); // references are kept by the writer and checked by verify
        database.Execute("PRAGMA cache_size=-65536");
        database.Execute("PRAGMA temp_store=MEMORY");
        return database;
    }

    /// <summary>
    /// Opens the one connection that writes something derived, which may lose its last commits in a crash, but not its
    /// consistency; makes the file when it is not there.
    /// </summary>
    public static Database OpenDerived(string path)
    {
        var database = OpenOrCreate(path);
        database.Execute("PRAGMA synchronous=NORMAL");
        database.Execute("PRAGMA journal_size_limit=4194304");
        database.Execute("PRAGMA cache_size=-8192");
        database.Execute("PRAGMA temp_store=MEMORY");
        return database;
    }

    /// <summary>Opens a connection that only reads.</summary>
    public static Database OpenReader(string path)
    {
        var database = Open(path, SqliteOpenMode.ReadOnly);
        database.Execute("PRAGMA cache_size=-4096");
        database.Execute("PRAGMA temp_store=MEMORY");
        return database;
    }

    /// <summary>Opens a database as it is, to read and to write, without a word about its log.</summary>
    public static Database OpenPlain(string path) => Open(path, SqliteOpenMode.ReadWrite);

    /// <summary>Opens a database to be written over by a copy; no journal, because half a copy is thrown away.</summary>
    public static Database OpenCopy(string path)
    {
        using (new FileStream(path, StoreFolder.Private(FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite)))
        {
            // Made here for its owner alone, and empty.
        }

        var database = Open(path, SqliteOpenMode.ReadWrite);
        database.Execute("PRAGMA journal_mode=OFF");
        database.Execute("PRAGMA synchronous=OFF");
        return database;
    }

    /// <summary>Opens the connection of the checkpointer.</summary>
    public static Database OpenCheckpointer(string path)
    {
        var database = Open(path, SqliteOpenMode.ReadWrite);
        database.Execute("PRAGMA synchronous=FULL");
        database.Execute("PRAGMA wal_autocheckpoint=0");
        return database;
    }

    /// <summary>The statement of <paramref name="sql"/>, which must be a constant.</summary>
    public Statement Of(string sql)
    {
        if (!_statements.TryGetValue(sql, out var statement))
            _statements.Add(sql, statement = new Statement(Handle, sql));
        statement.Forget();
        return statement;
    }

    /// <summary>Runs SQL that is not worth keeping.</summary>
    public void Execute(string sql) => SqliteException.ThrowExceptionForRC(raw.sqlite3_exec(Handle, sql), Handle);

    public void Begin() => Of("BEGIN IMMEDIATE").Run();

    public void Commit() => Of("COMMIT").Run();

    /// <summary>Ends a transaction without effect; does nothing when SQLite ended it already.</summary>
    public void Rollback()
    {
        if (raw.sqlite3_get_autocommit(Handle) == 0) Of("ROLLBACK").Run();
    }

    /// <summary>Pages written to the log since the last call.</summary>
    public int TakePagesWritten()
    {
        _ = raw.sqlite3_db_status(Handle, raw.SQLITE_DBSTATUS_CACHE_WRITE, out var pages, out _, 1);
        return pages;
    }

    public void Dispose()
    {
        foreach (var statement in _statements.Values) statement.Dispose();
        _connection.Dispose();
    }

    private static Database OpenOrCreate(string path)
    {
        using (new FileStream(path, StoreFolder.Private(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.ReadWrite)))
        {
            // Made here because SQLite would let everybody read it; the log files take over its mode.
        }

        var database = Open(path, SqliteOpenMode.ReadWrite);
        try
        {
            database.Execute("PRAGMA journal_mode=WAL");
            return database;
        }
        catch
        {
            database.Dispose();
            throw;
        }
    }

    private static Database Open(string path, SqliteOpenMode mode)
    {
        var text = new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false }.ToString();
        var connection = new SqliteConnection(text);
        try
        {
            connection.Open();
            _ = raw.sqlite3_busy_timeout(connection.Handle, BusyTimeoutMilliseconds);
            return new Database(connection);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }
}
