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
    private readonly ITimer _retry;
    private readonly Thread _thread;

    private readonly object _gate = new(); // all below
    private readonly Queue<AccountId> _queue = new();
    private readonly HashSet<AccountId> _queued = [];
    private readonly HashSet<AccountId> _failed = [];
    private readonly HashSet<AccountId> _damaged = [];
    private readonly HashSet<AccountId> _lessened = []; // mail went since their last sweep
    private readonly HashSet<AccountId> _ready = [];
    private readonly Dictionary<AccountId, List<TaskCompletionSource>> _waiting = [];
    private volatile bool _stopped;

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
        lock (_gate)
        {
            _ready.Remove(account);
            _damaged.Add(account);
            Enqueue(account);
        }
    }

    /// <summary>Completes when everything that the account has now is in its index.</summary>
    public Task IndexedAsync(AccountId account)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_stopped) return Task.FromCanceled(new CancellationToken(true));
            if (!_waiting.TryGetValue(account, out var waiters)) _waiting.Add(account, waiters = []);
            waiters.Add(waiter);
            Enqueue(account);
        }

        return waiter.Task;
    }

    public void Dispose()
    {
        _feed.Watch(null);
        _retry.Dispose();
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }

        _thread.Join();
    }

    // On the writer's thread: no more than a note.
    private void OnChange(MailboxChange change)
    {
        var isLess = (change.Kind & (MailboxChangeKind.Expunged | MailboxChangeKind.Deleted)) != 0;
        if (!isLess && (change.Kind & MailboxChangeKind.Added) == 0) return;
        lock (_gate)
        {
            if (isLess) _lessened.Add(change.Account);
            Enqueue(change.Account);
        }
    }

    private void RetryFailed()
    {
        lock (_gate)
        {
            foreach (var account in _failed) Enqueue(account);
            _failed.Clear();
        }
    }

    private void Enqueue(AccountId account)
    {
        if (!_queued.Add(account)) return;
        _queue.Enqueue(account);
        Monitor.PulseAll(_gate);
    }

    private void Run()
    {
        try
        {
            using var writers = new IndexWriters(_folder, _readers, _logger);
            var turn = new IndexTurn(_mail, _folder, writers, _logger);
            lock (_gate)
            {
                foreach (var account in _folder.List().Concat(_mail.Accounts())) Enqueue(account);
            }

            while (TryTake(out var account, out var waiters)) Work(turn, account, waiters);
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

        CancelWaiters();
    }

    private bool TryTake(out AccountId account, out List<TaskCompletionSource> waiters)
    {
        lock (_gate)
        {
            while (_queue.Count == 0 && !_stopped) Monitor.Wait(_gate);
            account = default;
            waiters = [];
            if (_stopped) return false;
            account = _queue.Dequeue();
            _queued.Remove(account);
            if (_waiting.Remove(account, out var found)) waiters = found;
            return true;
        }
    }

    private void Work(IndexTurn turn, AccountId account, List<TaskCompletionSource> waiters)
    {
        try
        {
            if (Take(_damaged, account)) turn.Forget(account);
            var maySweep = Take(_lessened, account);
            if (turn.Run(account, maySweep, () => SetReady(account), () => _stopped)) GoOn(account, maySweep, waiters);
            else waiters.ForEach(static waiter => waiter.TrySetResult());
        }
        catch (Exception fault) when (fault is SqliteException or IOException or UnauthorizedAccessException)
        {
            Fail(account, fault);
            waiters.ForEach(waiter => waiter.TrySetException(fault));
        }
    }

    private bool Take(HashSet<AccountId> noted, AccountId account)
    {
        lock (_gate) return noted.Remove(account);
    }

    private void SetReady(AccountId account)
    {
        lock (_gate) _ready.Add(account);
    }

    private void GoOn(AccountId account, bool maySweep, List<TaskCompletionSource> waiters)
    {
        lock (_gate)
        {
            if (maySweep) _lessened.Add(account);
            if (waiters.Count > 0)
            {
                if (_waiting.TryGetValue(account, out var others)) others.AddRange(waiters);
                else _waiting.Add(account, waiters);
            }

            Enqueue(account);
        }
    }

    private void Fail(AccountId account, Exception fault)
    {
        _logger.IndexFaulted(fault, account.Value);
        lock (_gate)
        {
            _failed.Add(account);
            if (fault is not SqliteException sqlite || !SqliteFaults.IsDamage(sqlite)) return;
            _ready.Remove(account);
            _damaged.Add(account);
        }
    }

    private void CancelWaiters()
    {
        lock (_gate)
        {
            _stopped = true;
            foreach (var waiter in _waiting.Values.SelectMany(static waiters => waiters)) waiter.TrySetCanceled();
            _waiting.Clear();
        }
    }
}
