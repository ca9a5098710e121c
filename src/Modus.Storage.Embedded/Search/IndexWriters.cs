using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Search;

/// <summary>The index files that are open for writing, those used last. Only the indexer's thread uses it.</summary>
internal sealed class IndexWriters(IndexFolder folder, IndexReaders readers, ILogger logger) : IDisposable
{
    private const int MaxOpen = 8; // new mail comes for a few accounts at a time; up to 8 MB of cache each

    private readonly LinkedList<(AccountId Account, IndexFile File)> _open = []; // the last used first

    /// <summary>Opens an account's index; makes it, and makes it anew when it is damaged or of another format.</summary>
    public IndexFile Open(AccountId account)
    {
        for (var node = _open.First; node is not null; node = node.Next)
        {
            if (node.Value.Account != account) continue;
            _open.Remove(node);
            _open.AddFirst(node);
            return node.Value.File;
        }

        var file = new IndexFile(OpenOrCreate(account));
        _open.AddFirst((account, file));
        if (_open.Count > MaxOpen) Close(_open.Last!.Value.Account);
        return file;
    }

    /// <summary>Deletes an account's index.</summary>
    public void Delete(AccountId account)
    {
        Close(account);
        readers.Exclude(account, () => folder.Delete(account));
    }

    public void Dispose()
    {
        while (_open.First is { } open) Close(open.Value.Account);
    }

    private Database OpenOrCreate(AccountId account)
    {
        if (folder.Has(account) && OpenCurrent(account) is { } current) return current;
        Delete(account);
        var created = Database.OpenDerived(folder.FileOf(account));
        try
        {
            IndexSchema.Create(created);
            return created;
        }
        catch
        {
            created.Dispose();
            throw;
        }
    }

    private Database? OpenCurrent(AccountId account)
    {
        Database? database = null;
        var isCurrent = false;
        try
        {
            database = Database.OpenDerived(folder.FileOf(account));
            isCurrent = IndexSchema.IsCurrent(database);
        }
        catch (SqliteException damaged) when (SqliteFaults.IsDamage(damaged))
        {
            logger.IndexDamaged(damaged, account.Value);
        }
        finally
        {
            if (!isCurrent) database?.Dispose();
        }

        return isCurrent ? database : null;
    }

    private void Close(AccountId account)
    {
        for (var node = _open.First; node is not null; node = node.Next)
        {
            if (node.Value.Account != account) continue;
            _open.Remove(node);
            node.Value.File.Dispose();
            return;
        }
    }
}
