using Modus.Storage;

namespace Modus.Delivery.Queue;

/// <summary>
/// When an entry is tried again: the delays double, and are spread so that what failed together does not come back together. Pure.
/// </summary>
internal sealed class RetrySchedule(QueueOptions options)
{
    private const double Spread = 0.1; // both ways
    private const int MaxDoublings = 20;
    private const int PriorityStep = 3; // priorities of MT-PRIORITY go from -9 to 9: three steps up, and the delays are halved

    /// <summary>When an entry is given up.</summary>
    public DateTimeOffset GivesUpAt(QueueEntry entry) => entry.Created + options.Lifetime;

    /// <summary>True when its sender should be told now that it takes long.</summary>
    public bool IsDelayNoticeDue(QueueEntry entry, DateTimeOffset now) =>
        !entry.DelayNoticed && now - entry.Created >= options.DelayNoticeAfter;

    /// <summary>When an entry that was just tried is due again; never after it is given up, so that it has a last chance then.</summary>
    /// <param name="entry">The entry as it was before the attempt.</param>
    /// <param name="now">The time.</param>
    /// <param name="chance">0 to 1: where in the spread it falls.</param>
    public DateTimeOffset Next(QueueEntry entry, DateTimeOffset now, double chance)
    {
        var doublings = Math.Clamp(entry.Attempts - (entry.Envelope.Priority / PriorityStep), -MaxDoublings, MaxDoublings);
        var delay = Math.Min(options.FirstRetry.TotalSeconds * Math.Pow(2, doublings), options.LongestRetry.TotalSeconds);
        var next = now + TimeSpan.FromSeconds(delay * (1 - Spread + (2 * Spread * chance)));
        var end = GivesUpAt(entry);
        return next < end || now >= end ? next : end;
    }
}
