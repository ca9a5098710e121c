using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Search;

/// <summary>
/// Connections that search, each to one account's index; those used last stay open. An index may be taken away from them to
/// be deleted, which waits for searches in it: SQLite goes by file names, and one that still runs would spoil the new file.
/// Thread-safe.
/// </summary>
internal sealed class IndexReaders(IndexFolder folder) : IDisposable
{
    private const int MaxIdle = 32; // three files and up to 4 MB of cache each

    private readonly object _gate = new();
    private readonly LinkedList<(AccountId Account, Database Database)> _idle = []; // the last used first
    private readonly Dictionary<AccountId, int> _inUse = [];
    private readonly HashSet<AccountId> _closed = [];
    private bool _disposed;

    /// <summary>Searches in an account's index; default when there is none now.</summary>
    public T? Read<T>(AccountId account, Func<Database, T?> read)
    {
        if (!TryEnter(account, out var database)) return default;
        var isWell = false;
        try
        {
            database ??= Open(account);
            var result = database is null ? default : read(database);
            isWell = true;
            return result;
        }
        finally
        {
            Leave(account, database, isWell);
        }
    }

    /// <summary>Waits until nobody searches in the account's index, and does something to its file meanwhile.</summary>
    public void Exclude(AccountId account, Action work)
    {
        lock (_gate)
        {
            _closed.Add(account);
            foreach (var (owner, database) in _idle.Where(idle => idle.Account == account).ToList()) Drop((owner, database));
            while (_inUse.ContainsKey(account)) Monitor.Wait(_gate);
        }

        try
        {
            work();
        }
        finally
        {
            lock (_gate) _closed.Remove(account);
        }
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            while (_idle.First is { } idle) Drop(idle.Value);
        }
    }

    private bool TryEnter(AccountId account, out Database? database)
    {
        database = null;
        lock (_gate)
        {
            if (_disposed || _closed.Contains(account)) return false;
            _inUse[account] = _inUse.GetValueOrDefault(account) + 1;
            for (var node = _idle.First; node is not null; node = node.Next)
            {
                if (node.Value.Account != account) continue;
                _idle.Remove(node);
                database = node.Value.Database;
                break;
            }

            return true;
        }
    }

    private Database? Open(AccountId account)
    {
        if (!folder.Has(account)) return null;
        var database = Database.OpenReader(folder.FileOf(account));
        var isCurrent = false;
        try
        {
            isCurrent = IndexSchema.IsCurrent(database);
            return isCurrent ? database : null;
        }
        finally
        {
            if (!isCurrent) database.Dispose();
        }
    }

    private void Leave(AccountId account, Database? database, bool isWell)
    {
        lock (_gate)
        {
            if (database is not null)
            {
                if (isWell && !_disposed && !_closed.Contains(account)) _idle.AddFirst((account, database));
                else database.Dispose();
                if (_idle.Count > MaxIdle) Drop(_idle.Last!.Value);
            }

            if (--_inUse[account] == 0) _inUse.Remove(account);
            if (_closed.Contains(account)) Monitor.PulseAll(_gate);
        }
    }

    private void Drop((AccountId Account, Database Database) idle)
    {
        _idle.Remove(idle);
        idle.Database.Dispose();
    }
}
