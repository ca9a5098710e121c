using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Modus.Delivery.Queue;

namespace Modus.Delivery.Remote;

/// <summary>
/// Remembers addresses, and domains, that could not be reached, for somewhat less than the first retry takes: mail for them is put off
/// meanwhile without a connection for each message. Thread-safe.
/// </summary>
internal sealed class HopHealth(QueueOptions options, TimeProvider clock)
{
    private const int MaxEntries = 20_000; // of each kind
    private const double PartOfRetry = 0.8; // below the spread of the retry, so that the retry is a real one

    private readonly ConcurrentDictionary<IPEndPoint, Illness> _endPoints = new();
    private readonly ConcurrentDictionary<Destination, Illness> _destinations = new();

    /// <summary>True while an address is passed over.</summary>
    public bool IsDown(IPEndPoint endPoint, [NotNullWhen(true)] out HopFault? fault) => IsDown(_endPoints, endPoint, out fault);

    /// <summary>True while a destination is passed over.</summary>
    public bool IsDown(Destination destination, [NotNullWhen(true)] out HopFault? fault) => IsDown(_destinations, destination, out fault);

    public void SetDown(IPEndPoint endPoint, HopFault fault) => SetDown(_endPoints, endPoint, fault);

    public void SetDown(Destination destination, HopFault fault) => SetDown(_destinations, destination, fault);

    public void SetUp(IPEndPoint endPoint) => _endPoints.TryRemove(endPoint, out _);

    /// <summary>Forgets that a destination was down.</summary>
    /// <returns>True when it was, and mail for it may have been put off untried.</returns>
    public bool SetUp(Destination destination) => _destinations.TryRemove(destination, out _);

    /// <summary>
    /// Passes over nothing any more, because a person wants it tried now. What was down is remembered until it is reached: mail for it was put
    /// off untried.
    /// </summary>
    public void Lift()
    {
        _endPoints.Clear();
        foreach (var (destination, illness) in _destinations) _destinations.TryUpdate(destination, illness with { IsLifted = true }, illness);
    }

    private bool IsDown<TKey>(ConcurrentDictionary<TKey, Illness> ill, TKey key, [NotNullWhen(true)] out HopFault? fault)
        where TKey : notnull
    {
        fault = null;
        if (!ill.TryGetValue(key, out var illness) || IsOver(illness)) return false;
        fault = illness.Fault;
        return true;
    }

    private void SetDown<TKey>(ConcurrentDictionary<TKey, Illness> ill, TKey key, HopFault fault)
        where TKey : notnull
    {
        if (ill.Count >= MaxEntries)
        {
            foreach (var (other, illness) in ill)
                if (IsOver(illness)) ill.TryRemove(other, out _);
            if (ill.Count >= MaxEntries) return; // then each message tries for itself
        }

        ill[key] = new Illness(clock.GetTimestamp(), fault);
    }

    private bool IsOver(Illness illness) => illness.IsLifted || clock.GetElapsedTime(illness.Since) >= options.FirstRetry * PartOfRetry;

    private sealed record Illness(long Since, HopFault Fault)
    {
        public bool IsLifted { get; init; }
    }
}
