using System.Threading.Channels;

namespace Modus.Storage.Embedded.Writing;

/// <summary>
/// The one thread that writes. It takes whatever queued while the last commit ran and makes it durable together:
/// <code>
/// 1 append the small contents      3 one transaction, a savepoint each      5 tell the change feed
/// 2 sync the segment               4 commit (SQLite syncs its log)          6 answer everybody
/// </code>
/// There is no timer: a lone request pays its own syncs, a crowd shares them.
/// </summary>
internal sealed class Writer : IDisposable
{
    private const int MaxGroup = 512; // bounds how long the first of a group waits

    private readonly Channel<WriteRequest> _queue =
        Channel.CreateUnbounded<WriteRequest>(new UnboundedChannelOptions { SingleReader = true });

    private readonly GroupCommit _commit;
    private readonly StoreHealth _health;
    private readonly Thread _thread;

    public Writer(GroupCommit commit, StoreHealth health)
    {
        _commit = commit;
        _health = health;
        _thread = new Thread(Run) { IsBackground = true, Name = "modus-store-writer" };
        _thread.Start();
    }

    /// <summary>Queues work and waits until it is durable. Cancelling counts only before it is queued.</summary>
    public async ValueTask<StoreResult<T>> WriteAsync<T>(
        Func<WriteScope, StoreResult<T>> work, CancellationToken cancellationToken, IReadOnlyList<PendingContent>? contents = null)
    {
        cancellationToken.ThrowIfCancellationRequested();
        _health.ThrowIfFailed();
        var request = new WriteRequest<T>(work) { Contents = contents ?? [] };
        ObjectDisposedException.ThrowIf(!_queue.Writer.TryWrite(request), this);
        return await request.Task;
    }

    /// <summary>The same for work whose outcome is all there is to say.</summary>
    public async ValueTask<StoreOutcome> WriteAsync(Func<WriteScope, StoreOutcome> work, CancellationToken cancellationToken) =>
        (await WriteAsync(scope => new StoreResult<bool>(work(scope), true), cancellationToken)).Outcome;

    /// <summary>Takes no more requests, ends those that are queued, and stops.</summary>
    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _thread.Join();
    }

    private void Run()
    {
        var group = new List<WriteRequest>();

        // A thread of its own may wait here without taking one from the pool.
        while (_queue.Reader.WaitToReadAsync().AsTask().GetAwaiter().GetResult())
        {
            group.Clear();
            while (group.Count < MaxGroup && _queue.Reader.TryRead(out var request)) group.Add(request);
            Commit(group);
        }
    }

    private void Commit(List<WriteRequest> group)
    {
        try
        {
            _health.ThrowIfFailed();
            _commit.Run(group);
        }
#pragma warning disable CA1031 // A broken disk or a defect of ours must not leave callers waiting on a thread that is gone.
        catch (Exception e)
#pragma warning restore CA1031
        {
            Refuse(group, e);
        }
    }

    private void Refuse(List<WriteRequest> group, Exception cause)
    {
        _health.Fail(cause);
        foreach (var request in group.Where(static request => !request.IsAnswered)) request.Fault(_health.Refusal());
    }
}
