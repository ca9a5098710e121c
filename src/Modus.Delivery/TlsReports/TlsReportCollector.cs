using System.Text.Json;
using Microsoft.Extensions.Logging;
using Modus.Delivery.OutboundTls;
using Modus.Storage;

namespace Modus.Delivery.TlsReports;

/// <summary>
/// Counts tries by day (UTC), domain and policy, in memory until they are flushed into the store. What a crash takes is a minute's
/// counts of a statistic. Thread-safe.
/// </summary>
internal sealed class TlsReportCollector(IRecords records, TimeProvider clock, ILogger<TlsReportCollector> log) : ITlsReportSink
{
    private const int MaxPending = 10_000; // domains that are heard of between two flushes
    private const int MaxBatch = 100;

    // A tally is sent within two days after its own, or not at all.
    private static readonly TimeSpan TallyLife = TimeSpan.FromDays(3);

    private readonly Lock _lock = new();
    private Dictionary<string, DayTally> _pending = [];
    private long _dropped;

    public void OnTry(TlsTry attempt)
    {
        var key = TlsReportKeys.Of(TlsReportKeys.Tally, DateOnly.FromDateTime(attempt.At.UtcDateTime), attempt.Domain);
        lock (_lock)
        {
            if (!_pending.TryGetValue(key, out var day))
            {
                if (_pending.Count >= MaxPending)
                {
                    _dropped++;
                    return;
                }

                _pending.Add(key, day = new DayTally());
            }

            foreach (var tally in PolicyTally.Of(attempt)) day.Add(tally);
        }
    }

    /// <summary>Adds what was counted to what the store has. For one caller at a time.</summary>
    public async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        Dictionary<string, DayTally> pending;
        long dropped;
        lock (_lock)
        {
            (pending, _pending) = (_pending, []);
            (dropped, _dropped) = (_dropped, 0);
        }

        if (dropped > 0) TlsReportLog.Dropped(log, dropped);
        foreach (var batch in pending.Chunk(MaxBatch)) await SaveAsync(batch, cancellationToken);
    }

    private async ValueTask SaveAsync(KeyValuePair<string, DayTally>[] batch, CancellationToken cancellationToken)
    {
        var changed = new List<StoredRecord>(batch.Length);
        foreach (var (key, counted) in batch)
        {
            var day = await ReadAsync(key, cancellationToken) ?? new DayTally();
            foreach (var tally in counted.Policies) day.Add(tally);
            var json = JsonSerializer.Serialize(day, TlsReportJson.Default.DayTally);
            changed.Add(new StoredRecord(TlsReportKeys.Kind, key, json, clock.GetUtcNow(), clock.GetUtcNow() + TallyLife));
        }

        var outcome = await records.PutAsync(changed, cancellationToken);
        if (outcome != StoreOutcome.Done) TlsReportLog.NotKept(log, changed.Count, outcome);
    }

    private async ValueTask<DayTally?> ReadAsync(string key, CancellationToken cancellationToken) =>
        await records.GetAsync(TlsReportKeys.Kind, key, cancellationToken) is { } stored
            ? JsonSerializer.Deserialize(stored.Json, TlsReportJson.Default.DayTally)
            : null;
}
