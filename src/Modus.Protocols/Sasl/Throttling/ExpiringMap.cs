using System.Diagnostics.CodeAnalysis;

namespace Modus.Protocols.Sasl.Throttling;

/// <summary>A map of bounded size whose entries expire. When it is full the older half makes room. Thread-safe.</summary>
internal sealed class ExpiringMap<TKey, TValue>(TimeProvider clock, TimeSpan lifetime, int capacity)
    where TKey : notnull
{
    private readonly Dictionary<TKey, (TValue Value, long Since)> _entries = [];
    private readonly Lock _lock = new();

    public int Count
    {
        get
        {
            lock (_lock) return _entries.Count;
        }
    }

    public bool TryGet(TKey key, [MaybeNullWhen(false)] out TValue value)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var entry) && !IsExpired(entry.Since))
            {
                value = entry.Value;
                return true;
            }
        }

        value = default;
        return false;
    }

    /// <summary>Sets a value that lives for a whole lifetime from now.</summary>
    public void Set(TKey key, TValue value)
    {
        lock (_lock)
        {
            _entries.Remove(key);
            MakeRoom();
            _entries[key] = (value, clock.GetTimestamp());
        }
    }

    /// <summary>Changes a value that keeps its age, or begins with <paramref name="first"/>.</summary>
    public void Change(TKey key, TValue first, Func<TValue, TValue> change)
    {
        lock (_lock)
        {
            if (_entries.TryGetValue(key, out var entry) && !IsExpired(entry.Since))
            {
                _entries[key] = (change(entry.Value), entry.Since);
                return;
            }

            _entries.Remove(key);
            MakeRoom();
            _entries[key] = (first, clock.GetTimestamp());
        }
    }

    private bool IsExpired(long since) => clock.GetElapsedTime(since) >= lifetime;

    private void MakeRoom()
    {
        if (_entries.Count < capacity) return;
        foreach (var (key, entry) in _entries)
            if (IsExpired(entry.Since)) _entries.Remove(key);
        if (_entries.Count < capacity) return;

        foreach (var (key, _) in _entries.OrderBy(entry => entry.Value.Since).Take((capacity + 1) / 2).ToList())
            _entries.Remove(key);
    }
}
