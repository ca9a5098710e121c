using Microsoft.Data.Sqlite;

namespace Modus.Storage.Embedded.Sqlite;

/// <summary>
/// Copies the write-ahead log into the database on a thread of its own, so that no commit waits for it. Under steady
/// load a checkpoint beside the writer never reaches the end of the log; when the log has grown long, the writer is
/// asked to do the little that is left itself, after which it starts the log anew.
/// </summary>
internal sealed class Checkpointer : IDisposable
{
    private const int LongLog = 4; // times the threshold

    private readonly Database _database;
    private readonly StoreHealth _health;
    private readonly int _threshold;
    private readonly SemaphoreSlim _wake = new(0);
    private readonly Thread _thread;
    private int _pages;
    private volatile bool _wantsWriter;
    private volatile bool _stopped;

    public Checkpointer(string path, int threshold, StoreHealth health)
    {
        _database = Database.OpenCheckpointer(path);
        _threshold = threshold;
        _health = health;
        _thread = new Thread(Loop) { IsBackground = true, Name = "modus-store-checkpoint" };
        _thread.Start();
    }

    /// <summary>True when the writer should call <see cref="RunByWriter"/> between two commits.</summary>
    public bool WantsWriter => _wantsWriter;

    /// <summary>Counts pages; only the writer calls it.</summary>
    public void NoteWritten(int pages)
    {
        _pages += pages;
        if (_pages < _threshold) return;
        _pages = 0;
        _wake.Release();
    }

    /// <summary>Finishes a checkpoint between two commits, when nothing can be added to the log.</summary>
    public void RunByWriter(Database database)
    {
        _wantsWriter = false;
        try
        {
            Run(database);
        }
        catch (SqliteException e) when (SqliteFaults.IsNoSpace(e))
        {
            // As in the loop: what was answered is in the log, and no reason to fail.
        }
    }

    public void Dispose()
    {
        _stopped = true;
        _wake.Release();
        _thread.Join();
        _wake.Dispose();
        _database.Dispose();
    }

    private void Loop()
    {
        while (true)
        {
            _wake.Wait();
            if (_stopped) return;
            try
            {
                if (_health.HasFailed) continue;
                var (log, copied) = Run(_database);
                _wantsWriter = log > copied && log > LongLog * _threshold;
            }
            catch (SqliteException e) when (!SqliteFaults.IsNoSpace(e))
            {
                _health.Fail(e);
            }
            catch (SqliteException)
            {
                // No room for the database to grow: the log keeps everything until there is.
            }
        }
    }

    // PASSIVE copies what it can and makes nobody wait.
    private static (int Log, int Copied) Run(Database database) =>
        database.Of("PRAGMA wal_checkpoint(PASSIVE)").TryFirst(static row => (row.Int(1), row.Int(2)), out var pages) ? pages : default;
}
