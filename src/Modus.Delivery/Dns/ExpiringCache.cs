using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace Modus.Delivery.Dns;

/// <summary>
/// Keeps values until they expire, a bounded number of them: when it is full, what has expired goes, and if that is not enough, one
/// entry in eight, whichever come first. Thread-safe.
/// </summary>
internal sealed class ExpiringCache<TKey, TValue>(int capacity, TimeProvider clock)
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, (TValue Value, DateTimeOffset Expires)> _entries = new();
    private readonly Lock _sweeping = new();

    public int Count => _entries.Count;

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        var isThere = _entries.TryGetValue(key, out var entry) && entry.Expires > clock.GetUtcNow();
        value = isThere ? entry.Value : default;
        return isThere;
    }

    public void Put(TKey key, TValue value, DateTimeOffset expires)
    {
        if (expires <= clock.GetUtcNow()) return;
        if (_entries.Count >= capacity) Sweep();
        _entries[key] = (value, expires);
    }

    private void Sweep()
    {
        if (!_sweeping.TryEnter()) return; // somebody is at it
        try
        {
            var now = clock.GetUtcNow();
            foreach (var (key, entry) in _entries)
                if (entry.Expires <= now) _entries.TryRemove(key, out _);
            if (_entries.Count < capacity) return;
            foreach (var (key, _) in _entries.Take((capacity / 8) + 1)) _entries.TryRemove(key, out _);
        }
        finally
        {
            _sweeping.Exit();
        }
    }
}
