using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Search;

/// <summary>
/// The thread that keeps the indexes up with the mail. It is woken by the change feed and otherwise sleeps; at the start it
/// looks at every account once. Accounts take turns. What fails waits for the next change or the next retry.
/// </summary>
internal sealed class TextIndexer : IDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMinutes(10); // a full disk, mostly: somebody has to come

    private readonly IndexedMail _mail;
    private readonly IndexFolder _folder;
    private readonly IndexReaders _readers;
    private readonly ChangeFeed _feed;
    private readonly ILogger _logger;
    private readonly IndexQueue _queue = new();
    private readonly ITimer _retry;
    private readonly Thread _thread;

    private readonly Lock _gate = new(); // the notes below; always made before their account is queued
    private readonly HashSet<AccountId> _failed = [];
    private readonly HashSet<AccountId> _damaged = [];
    private readonly HashSet<AccountId> _lessened = []; // mail went since their last sweep
    private readonly HashSet<AccountId> _ready = [];

    public TextIndexer(
        IndexedMail mail, IndexFolder folder, IndexReaders readers, ChangeFeed feed, TimeProvider clock, ILogger logger)
    {
        _mail = mail;
        _folder = folder;
        _readers = readers;
        _feed = feed;
        _logger = logger;
        feed.Watch(OnChange); // before the first look, so that nothing falls between
        _retry = clock.CreateTimer(_ => RetryFailed(), null, RetryInterval, RetryInterval);
        _thread = new Thread(Run) { IsBackground = true, Name = "modus-store-index" };
        _thread.Start();
    }

    /// <summary>Whether the account's index is known to belong to this mail.</summary>
    public bool IsReady(AccountId account)
    {
        lock (_gate) return _ready.Contains(account);
    }

    /// <summary>Has a damaged index made anew.</summary>
    public void Rebuild(AccountId account)
    {
        NoteDamage(account);
        _queue.Add(account);
    }

    /// <summary>Completes when everything that the account has now is in its index.</summary>
    public Task IndexedAsync(AccountId account) => _queue.DoneAsync(account);

    public void Dispose()
    {
        _feed.Watch(null);
        _retry.Dispose();
        _queue.Stop();
        _thread.Join();
    }

    // On the writer's thread: no more than a note.
    private void OnChange(MailboxChange change)
    {
        if ((change.Kind & (MailboxChangeKind.Expunged | MailboxChangeKind.Deleted)) != 0) NoteLess(change.Account);
        else if ((change.Kind & MailboxChangeKind.Added) == 0) return;
        _queue.Add(change.Account);
    }

    private void RetryFailed()
    {
        List<AccountId> failed;
        lock (_gate)
        {
            failed = [.. _failed];
            _failed.Clear();
        }

        failed.ForEach(_queue.Add);
    }

    private void Run()
    {
        try
        {
            using var writers = new IndexWriters(_folder, _readers, _logger);
            var turn = new IndexTurn(_mail, _folder, writers, _logger);
            foreach (var account in _folder.List().Concat(_mail.Accounts())) _queue.Add(account);
            while (_queue.TryTake(out var account, out var waiters)) Work(turn, account, waiters);
        }
        catch (StoreFailedException)
        {
            // Said already, and nothing more can be done.
        }
#pragma warning disable CA1031 // The index is a convenience: whatever stops it must not take the mail server along.
        catch (Exception e)
#pragma warning restore CA1031
        {
            _logger.IndexerStopped(e);
        }

        _queue.Abandon();
    }

    private void Work(IndexTurn turn, AccountId account, List<TaskCompletionSource> waiters)
    {
        try
        {
            if (Take(_damaged, account)) turn.Forget(account);
            var isLess = Take(_lessened, account);
            if (turn.Run(account, isLess, () => NoteReady(account), () => _queue.IsStopped))
            {
                if (isLess) NoteLess(account);
                _queue.PutBack(account, waiters);
            }
            else
            {
                waiters.ForEach(static waiter => waiter.TrySetResult());
            }
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException)
        {
            _logger.IndexFaulted(fault, account.Value);
            lock (_gate) _failed.Add(account);
            if (fault is SqliteException sqlite && SqliteFaults.IsDamage(sqlite)) NoteDamage(account);
            waiters.ForEach(waiter => waiter.TrySetException(fault));
        }
        catch
        {
            waiters.ForEach(static waiter => waiter.TrySetCanceled());
            throw;
        }
    }

    private bool Take(HashSet<AccountId> noted, AccountId account)
    {
        lock (_gate) return noted.Remove(account);
    }

    private void NoteReady(AccountId account)
    {
        lock (_gate) _ready.Add(account);
    }

    private void NoteLess(AccountId account)
    {
        lock (_gate) _lessened.Add(account);
    }

    private void NoteDamage(AccountId account)
    {
        lock (_gate)
        {
            _ready.Remove(account);
            _damaged.Add(account);
        }
    }
}
