using Microsoft.Extensions.Logging;

namespace Modus.Storage.Embedded;

/// <summary>
/// Whether the store may go on. A failed sync is final: the kernel may have dropped the pages and would report the next
/// sync as good, so only a new start, which reads what is really on disk, can be trusted. Thread-safe.
/// </summary>
internal sealed class StoreHealth(ILogger logger)
{
    private readonly TaskCompletionSource _failure = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Exception? _cause;

    /// <summary>Completes when the store fails.</summary>
    public Task Failure => _failure.Task;

    public bool HasFailed => Volatile.Read(ref _cause) is not null;

    public void Fail(Exception cause)
    {
        if (Interlocked.CompareExchange(ref _cause, cause, null) is not null) return;
        logger.StoreFailed(cause);
        _failure.SetResult();
    }

    /// <exception cref="StoreFailedException">The store has failed.</exception>
    public void ThrowIfFailed()
    {
        if (HasFailed) throw Refusal();
    }

    public StoreFailedException Refusal() =>
        new($"the store has failed and must be opened anew: {_cause?.Message}", _cause);
}
