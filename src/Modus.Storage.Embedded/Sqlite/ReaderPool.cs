using System.Collections.Concurrent;
using Microsoft.Data.Sqlite;

namespace Modus.Storage.Embedded.Sqlite;

/// <summary>
/// Connections that only read. In WAL mode they see the last commit and never wait for the writer. A read takes
/// microseconds from the page cache, less than a hop to another thread, so it runs on the thread that asks. Thread-safe.
/// </summary>
internal sealed class ReaderPool(string path, StoreHealth health) : IDisposable
{
    private const int MaxIdle = 16;

    private readonly ConcurrentBag<Database> _idle = [];
    private volatile bool _disposed;

    /// <summary>Runs one statement; what it sees is one committed state.</summary>
    public T Read<T>(Func<Database, T> read)
    {
        health.ThrowIfFailed();
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_idle.TryTake(out var database)) database = Database.OpenReader(path);
        try
        {
            return read(database);
        }
        catch (SqliteException e) when (SqliteFaults.IsDamage(e))
        {
            health.Fail(e);
            throw health.Refusal();
        }
        finally
        {
            Return(database);
        }
    }

    /// <summary>Runs several statements on one committed state.</summary>
    public T Snapshot<T>(Func<Database, T> read) => Read(database =>
    {
        database.Of("BEGIN").Run();
        try
        {
            return read(database);
        }
        finally
        {
            database.Rollback();
        }
    });

    public void Dispose()
    {
        _disposed = true;
        while (_idle.TryTake(out var database)) database.Dispose();
    }

    private void Return(Database database)
    {
        if (_idle.Count >= MaxIdle)
        {
            database.Dispose();
            return;
        }

        _idle.Add(database);
        if (_disposed) Dispose(); // a read that ended while the pool closed
    }
}
