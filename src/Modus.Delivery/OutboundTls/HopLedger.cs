using System.Text.Json;
using Microsoft.Extensions.Logging;
using Modus.Delivery.Queue;
using Modus.Storage;

namespace Modus.Delivery.OutboundTls;

/// <summary>
/// Remembers of each next hop whether TLS works with it, across restarts: in memory for those in use, and in the store. What decides
/// about the next session is stored at once, counts by and by. Thread-safe.
/// </summary>
public sealed class HopLedger : IDisposable
{
    private const string Kind = "hop";
    private const int MaxInMemory = 10_000; // hops; about 10 MB
    private static readonly TimeSpan KeptFor = TimeSpan.FromDays(180); // a hop that is not met so long is news again

    private readonly Dictionary<string, Entry> _entries = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();
    private readonly SemaphoreSlim _writing = new(1);
    private readonly IRecords _records;
    private readonly QueueOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILogger _log;

    /// <summary>A ledger over the store's records. There is one of them in a process.</summary>
    public HopLedger(IRecords records, QueueOptions options, TimeProvider clock, ILogger<HopLedger> log)
    {
        _records = records;
        _options = options;
        _clock = clock;
        _log = log;
    }

    /// <inheritdoc/>
    public void Dispose() => _writing.Dispose();

    /// <summary>What is remembered, by name, after <paramref name="after"/> (null begins).</summary>
    public async ValueTask<IReadOnlyList<HopRecord>> ListAsync(string prefix, string? after, int limit, CancellationToken cancellationToken)
    {
        await FlushAsync(cancellationToken);
        var stored = await _records.ListAsync(Kind, prefix, after, limit, cancellationToken);
        return [.. stored.Select(static record => Read(record)).OfType<HopRecord>()];
    }

    /// <summary>What is remembered of a hop; null for nothing.</summary>
    /// <param name="hop">As <see cref="HopKey"/> names it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<HopRecord?> GetAsync(string hop, CancellationToken cancellationToken) =>
        (await FindAsync(hop, cancellationToken)).Record;

    /// <summary>Forgets a hop, its pinned key too.</summary>
    /// <returns>Done, NotFound, or NoSpace.</returns>
    public async ValueTask<StoreOutcome> ForgetAsync(string hop, CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            var outcome = await _records.RemoveAsync(Kind, hop, cancellationToken);
            lock (_lock)
            {
                // What was met and not yet stored is as good as stored.
                if (outcome == StoreOutcome.NotFound && _entries.TryGetValue(hop, out var entry) && entry.Record is not null) outcome = StoreOutcome.Done;
                if (outcome == StoreOutcome.Done) _entries.Remove(hop);
            }

            return outcome;
        }
        finally
        {
            _writing.Release();
        }
    }

    /// <summary>Pins a key: no other one is taken from then on, and nothing goes in clear; null takes the pin away.</summary>
    public ValueTask<StoreOutcome> PinAsync(string hop, string? key, CancellationToken cancellationToken) =>
        ChangeAsync(hop, record => record with { PinnedKey = key }, cancellationToken);

    /// <summary>What the next session goes by. Give the view back with <see cref="Release"/>.</summary>
    internal async ValueTask<HopView> LookAsync(string hop, CancellationToken cancellationToken)
    {
        var entry = await FindAsync(hop, cancellationToken);
        lock (_lock)
        {
            if (entry.Record is not { } record) return new HopView(null, AvoidTls: false, IsProbe: false);
            var isProbe = record.IsToProbe(_clock.GetUtcNow()) && !entry.IsProbing;
            entry.IsProbing |= isProbe;
            return new HopView(record, record.State == HopState.Broken && !isProbe, isProbe);
        }
    }

    /// <summary>Ends a probe, whatever came of it.</summary>
    internal void Release(string hop, HopView view)
    {
        if (!view.IsProbe) return;
        lock (_lock)
        {
            if (_entries.TryGetValue(hop, out var entry)) entry.IsProbing = false;
        }
    }

    internal ValueTask<StoreOutcome> OnEncryptedAsync(string hop, SpokenTls tls, CancellationToken cancellationToken) =>
        ChangeAsync(hop, record => record.OnEncrypted(tls, _clock.GetUtcNow()), cancellationToken);

    internal ValueTask<StoreOutcome> OnNotOfferedAsync(string hop, CancellationToken cancellationToken) =>
        ChangeAsync(hop, record => record.OnNotOffered(_clock.GetUtcNow()), cancellationToken);

    internal ValueTask<StoreOutcome> OnClearAsync(string hop, CancellationToken cancellationToken) =>
        ChangeAsync(hop, record => record.OnClear(_clock.GetUtcNow()), cancellationToken);

    internal ValueTask<StoreOutcome> OnBrokenAsync(string hop, TlsBreak how, string text, CancellationToken cancellationToken) =>
        ChangeAsync(hop, record => record.OnBroken(how, text, _clock.GetUtcNow(), _options), cancellationToken);

    internal ValueTask<StoreOutcome> OnDoubtAsync(string hop, CancellationToken cancellationToken) =>
        ChangeAsync(hop, static record => record.OnDoubt(), cancellationToken);

    /// <summary>A hop that always spoke TLS does not: says so, loudly once a day.</summary>
    internal async ValueTask OnDowngradeAsync(string hop, string text, CancellationToken cancellationToken)
    {
        var now = _clock.GetUtcNow();
        if ((await FindAsync(hop, cancellationToken)).Record is not { } record) return;
        if (record.DowngradedAt is null || now - record.DowngradedAt >= TimeSpan.FromDays(1))
        {
            DeliveryLog.Downgrade(_log, hop, record.TlsDays, text);
            await ChangeAsync(hop, changed => changed with { DowngradedAt = now }, cancellationToken);
        }
    }

    /// <summary>Stores what is not stored yet.</summary>
    internal async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await StoreAsync(null, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async ValueTask<Entry> FindAsync(string hop, CancellationToken cancellationToken)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(hop, out var known)) return known.Use(_clock.GetTimestamp());
        }

        var stored = await _records.GetAsync(Kind, hop, cancellationToken);
        lock (_lock)
        {
            if (_entries.TryGetValue(hop, out var known)) return known.Use(_clock.GetTimestamp());
            MakeRoom();
            var entry = new Entry { Record = stored is null ? null : Read(stored) };
            _entries.Add(hop, entry);
            return entry.Use(_clock.GetTimestamp());
        }
    }

    private async ValueTask<StoreOutcome> ChangeAsync(string hop, Func<HopRecord, HopRecord> change, CancellationToken cancellationToken)
    {
        await FindAsync(hop, cancellationToken);
        lock (_lock)
        {
            if (!_entries.TryGetValue(hop, out var entry)) _entries.Add(hop, entry = new Entry());
            var before = entry.Record ?? HopMemory.New(hop, _clock.GetUtcNow());
            var after = change(before);
            var isUrgent = entry.Record is null || IsUrgent(before, after);
            entry.Record = after;
            entry.IsDirty = true;
            if (!isUrgent) return StoreOutcome.Done;
        }

        await _writing.WaitAsync(cancellationToken);
        try
        {
            return await StoreAsync(hop, cancellationToken);
        }
        finally
        {
            _writing.Release();
        }
    }

    private static bool IsUrgent(HopRecord before, HopRecord after) =>
        before.State != after.State
        || before.BrokenUntil != after.BrokenUntil
        || before.PinnedKey != after.PinnedKey
        || before.TlsDays != after.TlsDays
        || before.DowngradedAt != after.DowngradedAt;

    // Under _writing, so that an older state never comes after a newer one.
    private async ValueTask<StoreOutcome> StoreAsync(string? only, CancellationToken cancellationToken)
    {
        List<HopRecord> changed = [];
        lock (_lock)
        {
            foreach (var (hop, entry) in _entries)
            {
                if (!entry.IsDirty || (only is not null && hop != only) || entry.Record is not { } record) continue;
                entry.IsDirty = false;
                changed.Add(record);
            }
        }

        if (changed.Count == 0) return StoreOutcome.Done;
        var now = _clock.GetUtcNow();
        var outcome = await _records.PutAsync([.. changed.Select(record => Write(record, now))], cancellationToken);
        if (outcome == StoreOutcome.Done) return outcome;
        DeliveryLog.LedgerNotStored(_log, outcome);
        lock (_lock)
        {
            foreach (var record in changed)
                if (_entries.TryGetValue(record.Hop, out var entry)) entry.IsDirty = true;
        }

        return outcome;
    }

    private void MakeRoom()
    {
        if (_entries.Count < MaxInMemory) return;
        foreach (var (hop, _) in _entries.Where(static pair => pair.Value is { IsDirty: false, IsProbing: false })
            .OrderBy(static pair => pair.Value.UsedAt).Take(MaxInMemory / 2).ToList())
            _entries.Remove(hop);
    }

    private static StoredRecord Write(HopRecord record, DateTimeOffset now) => new(
        Kind,
        record.Hop,
        JsonSerializer.Serialize(record, DeliveryJson.Default.HopRecord),
        now,
        record.PinnedKey is null ? record.LastSeen + KeptFor : null);

    private static HopRecord? Read(StoredRecord stored)
    {
        try
        {
            return JsonSerializer.Deserialize(stored.Json, DeliveryJson.Default.HopRecord);
        }
        catch (JsonException)
        {
            return null; // of another version; what it said is learnt again
        }
    }

    private sealed class Entry
    {
        public HopRecord? Record { get; set; }

        public bool IsDirty { get; set; }

        public bool IsProbing { get; set; }

        public long UsedAt { get; private set; }

        public Entry Use(long now)
        {
            UsedAt = now;
            return this;
        }
    }
}

/// <summary>What a session goes by.</summary>
/// <param name="Record">What is remembered; null for nothing.</param>
/// <param name="AvoidTls">True when TLS is not tried.</param>
/// <param name="IsProbe">True when this session is the one that finds out.</param>
internal readonly record struct HopView(HopRecord? Record, bool AvoidTls, bool IsProbe);
