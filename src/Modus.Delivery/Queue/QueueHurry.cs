using Modus.Delivery.Remote;
using Modus.Storage;

namespace Modus.Delivery.Queue;

/// <summary>Has mail that waits tried now, because somebody asks for it who knows better than what was met before. Thread-safe.</summary>
public sealed class QueueHurry
{
    private readonly IQueue _queue;
    private readonly HopHealth _health;
    private readonly TimeProvider _clock;

    internal QueueHurry(IQueue queue, HopHealth health, TimeProvider clock)
    {
        _queue = queue;
        _health = health;
        _clock = clock;
    }

    /// <summary>Makes entries due now that wait for their time, and forgets which hosts could not be reached, so that they are tried in earnest.</summary>
    /// <returns>How many.</returns>
    public ValueTask<StoreResult<long>> RetryAsync(QueueFilter filter, CancellationToken cancellationToken)
    {
        _health.Lift();
        return _queue.RetryAsync(filter, _clock.GetUtcNow(), cancellationToken);
    }
}
