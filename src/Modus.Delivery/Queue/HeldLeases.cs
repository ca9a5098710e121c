using Modus.Storage;

namespace Modus.Delivery.Queue;

/// <summary>What this run of the worker has leased, so that it is renewed while work goes on. Thread-safe.</summary>
internal sealed class HeldLeases(IQueue queue, QueueOptions options, TimeProvider clock)
{
    private readonly HashSet<QueueEntryId> _entries = [];
    private readonly Lock _lock = new();

    /// <summary>The owner: another one for each run, so that what an earlier one had can be told from what this one has.</summary>
    public string Owner { get; } = Guid.NewGuid().ToString("N");

    /// <summary>How often leases are renewed.</summary>
    public TimeSpan Interval => options.Lease / 3;

    /// <summary>Leases due entries of a domain.</summary>
    public async ValueTask<IReadOnlyList<QueueEntry>> LeaseAsync(
        Mail.Addresses.Domain domain, int limit, CancellationToken cancellationToken)
    {
        var now = clock.GetUtcNow();
        var entries = await queue.LeaseAsync(
            new QueueLease { Owner = Owner, Domain = domain, Now = now, Until = now + options.Lease, Limit = limit }, cancellationToken);

        // One that this run is still busy with, because a renewal was late, is not begun a second time.
        lock (_lock) return [.. entries.Where(entry => _entries.Add(entry.Id))];
    }

    /// <summary>Forgets entries whose attempt has ended.</summary>
    public void Forget(IEnumerable<QueueEntry> entries)
    {
        lock (_lock) foreach (var entry in entries) _entries.Remove(entry.Id);
    }

    /// <summary>Gives back entries that were not tried.</summary>
    public async ValueTask ReturnAsync(IReadOnlyList<QueueEntry> entries)
    {
        if (entries.Count == 0) return;
        await queue.ReturnAsync([.. entries.Select(static entry => entry.Id)], Owner, CancellationToken.None);
        Forget(entries);
    }

    /// <summary>Lengthens all leases.</summary>
    public async ValueTask RenewAsync(CancellationToken cancellationToken)
    {
        QueueEntryId[] entries;
        lock (_lock) entries = [.. _entries];
        if (entries.Length > 0) await queue.RenewAsync(entries, Owner, clock.GetUtcNow() + options.Lease, cancellationToken);
    }
}
