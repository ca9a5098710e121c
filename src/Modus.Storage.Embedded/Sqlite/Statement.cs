using Microsoft.Data.Sqlite;
using SQLitePCL;
using static SQLitePCL.raw;

namespace Modus.Storage.Embedded.Sqlite;

/// <summary>
/// A prepared statement, kept for the life of its connection: bind with <c>With</c> in order, then Run, List or TryFirst,
/// which always leave it reset, so that it holds no snapshot. Not thread-safe.
/// </summary>
internal sealed class Statement : IDisposable
{
    private readonly sqlite3 _database;
    private readonly sqlite3_stmt _statement;
    private int _bound;

    public Statement(sqlite3 database, string sql)
    {
        _database = database;
        Check(sqlite3_prepare_v3(database, sql, SQLITE_PREPARE_PERSISTENT, out _statement));
    }

    public Statement With(long value)
    {
        Check(sqlite3_bind_int64(_statement, ++_bound, value));
        return this;
    }

    public Statement With(long? value) => value is { } number ? With(number) : WithNull();

    public Statement With(string? value)
    {
        if (value is null) return WithNull();
        Check(sqlite3_bind_text(_statement, ++_bound, value));
        return this;
    }

    public Statement With(ReadOnlySpan<byte> value)
    {
        Check(sqlite3_bind_blob(_statement, ++_bound, value));
        return this;
    }

    public Statement WithNull()
    {
        Check(sqlite3_bind_null(_statement, ++_bound));
        return this;
    }

    /// <summary>Runs a change.</summary>
    /// <returns>How many rows it changed.</returns>
    public int Run()
    {
        try
        {
            while (Step())
            {
            }

            return sqlite3_changes(_database);
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs a query and reads every row.</summary>
    public List<T> List<T>(Func<Statement, T> read)
    {
        try
        {
            var rows = new List<T>();
            while (Step()) rows.Add(read(this));
            return rows;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs a query and hands over each row; stops early when told so by false.</summary>
    public void Each(Func<Statement, bool> read)
    {
        try
        {
            while (Step() && read(this))
            {
            }
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>Runs to the end and reads the first row.</summary>
    public bool TryFirst<T>(Func<Statement, T> read, [System.Diagnostics.CodeAnalysis.MaybeNullWhen(false)] out T value)
    {
        try
        {
            value = default;
            if (!Step()) return false;
            value = read(this);
            while (Step()) // a change with RETURNING must run to its end
            {
            }

            return true;
        }
        finally
        {
            Reset();
        }
    }

    /// <summary>The first row, or null.</summary>
    public T? First<T>(Func<Statement, T> read)
        where T : class => TryFirst(read, out var value) ? value : null;

    /// <summary>The number in the first row, or null.</summary>
    public long? Number() => TryFirst(static row => row.IsNull(0) ? (long?)null : row.Long(0), out var value) ? value : null;

    public bool IsNull(int column) => sqlite3_column_type(_statement, column) == SQLITE_NULL;

    public long Long(int column) => sqlite3_column_int64(_statement, column);

    public long? LongOrNull(int column) => IsNull(column) ? null : Long(column);

    public int Int(int column) => sqlite3_column_int(_statement, column);

    public bool Bool(int column) => Int(column) != 0;

    public string Text(int column) => sqlite3_column_text(_statement, column).utf8_to_string() ?? "";

    public string? TextOrNull(int column) => IsNull(column) ? null : Text(column);

    public byte[] Blob(int column) => sqlite3_column_blob(_statement, column).ToArray();

    public void Dispose() => _statement.Dispose();

    /// <summary>Drops what was bound and never run: an exception among the values leaves the statement half bound.</summary>
    public void Forget()
    {
        if (_bound > 0) Reset();
    }

    private bool Step()
    {
        var rc = sqlite3_step(_statement);
        if (rc == SQLITE_ROW) return true;
        Check(rc);
        return false;
    }

    private void Reset()
    {
        // The code it returns is that of the last step, which was thrown already.
        _ = sqlite3_reset(_statement);
        _ = sqlite3_clear_bindings(_statement);
        _bound = 0;
    }

    private void Check(int rc) => SqliteException.ThrowExceptionForRC(rc, _database);
}
