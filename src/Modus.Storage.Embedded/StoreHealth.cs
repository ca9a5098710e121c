using Microsoft.Extensions.Logging;

namespace Modus.Storage.Embedded;

/// <summary>
/// Whether the store may go on. A failed sync is final: the kernel may have dropped the pages and would report the next
/// sync as good, so only a new start, which reads what is really on disk, can be trusted. Thread-safe.
/// </summary>
internal sealed class StoreHealth(ILogger logger)
{
    private Exception? _cause;

    public bool HasFailed => Volatile.Read(ref _cause) is not null;

    public void Fail(Exception cause)
    {
        if (Interlocked.CompareExchange(ref _cause, cause, null) is null) logger.StoreFailed(cause);
    }

    /// <exception cref="StoreFailedException">The store has failed.</exception>
    public void ThrowIfFailed()
    {
        if (HasFailed) throw Refusal();
    }

    public StoreFailedException Refusal() =>
        new($"the store has failed and must be opened anew: {_cause?.Message}", _cause);
}
