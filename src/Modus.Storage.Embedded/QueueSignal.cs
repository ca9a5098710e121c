namespace Modus.Storage.Embedded;

/// <summary>Counts commits that put work into the queue. Waiting takes no thread; raising runs nobody's code on the writer's.</summary>
internal sealed class QueueSignal : IQueueSignal
{
    private readonly Lock _gate = new();
    private TaskCompletionSource _next = New();
    private long _count;

    public void Raise()
    {
        TaskCompletionSource raised;
        lock (_gate)
        {
            _count++;
            raised = _next;
            _next = New();
        }

        raised.SetResult();
    }

    public async ValueTask<long> WaitAsync(long seen, CancellationToken cancellationToken)
    {
        Task next;
        lock (_gate)
        {
            // What was raised between the caller's last answer and now must not be slept through.
            if (_count != seen) return _count;
            next = _next.Task;
        }

        await next.WaitAsync(cancellationToken);
        lock (_gate) return _count;
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
