namespace Modus.Storage.Embedded.Search;

/// <summary>The accounts that wait for a turn of the indexer, each once, and who waits for them to be done. Thread-safe.</summary>
internal sealed class IndexQueue
{
    private readonly object _gate = new();
    private readonly Queue<AccountId> _queue = new();
    private readonly HashSet<AccountId> _queued = [];
    private readonly Dictionary<AccountId, List<TaskCompletionSource>> _waiting = [];
    private volatile bool _stopped;

    public bool IsStopped => _stopped;

    public void Add(AccountId account)
    {
        lock (_gate)
        {
            if (!_queued.Add(account)) return;
            _queue.Enqueue(account);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Queues an account, and completes when a turn that begins after this leaves nothing to do; cancelled at a stop.</summary>
    public Task DoneAsync(AccountId account)
    {
        var waiter = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_gate)
        {
            if (_stopped) return Task.FromCanceled(new CancellationToken(true));
            AddWaiters(account, [waiter]);
            Add(account);
        }

        return waiter.Task;
    }

    /// <summary>Waits for an account whose turn it is; whoever waits for it is handed over too.</summary>
    /// <returns>False at a stop.</returns>
    public bool TryTake(out AccountId account, out List<TaskCompletionSource> waiters)
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

    /// <summary>Gives an account another turn, after the others.</summary>
    public void PutBack(AccountId account, List<TaskCompletionSource> waiters)
    {
        lock (_gate)
        {
            AddWaiters(account, waiters);
            Add(account);
        }
    }

    public void Stop()
    {
        lock (_gate)
        {
            _stopped = true;
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Stops, and lets nobody wait any more.</summary>
    public void Abandon()
    {
        lock (_gate)
        {
            Stop();
            foreach (var waiter in _waiting.Values.SelectMany(static waiters => waiters)) waiter.TrySetCanceled();
            _waiting.Clear();
        }
    }

    private void AddWaiters(AccountId account, List<TaskCompletionSource> waiters)
    {
        if (waiters.Count == 0) return;
        if (_waiting.TryGetValue(account, out var others)) others.AddRange(waiters);
        else _waiting.Add(account, waiters);
    }
}
