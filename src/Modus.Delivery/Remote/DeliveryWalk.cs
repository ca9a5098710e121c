using Modus.Storage;

namespace Modus.Delivery.Remote;

/// <summary>
/// Where the delivery of one message stands on its way from host to host: who is left, who has an end, and what was met. Used by one.
/// </summary>
internal sealed class DeliveryWalk(OutgoingMessage message)
{
    private const int MaxFaultsShown = 3;

    private readonly List<RecipientEnd> _ends = [];
    private readonly List<HopFault> _faults = [];

    public OutgoingMessage Message => message;

    /// <summary>The recipients without an end.</summary>
    public List<QueueEntry> Left { get; } = [.. message.Entries];

    /// <summary>True when some host was spoken to.</summary>
    public bool WasReached { get; set; }

    public void End(RecipientEnd end)
    {
        _ends.Add(end);
        Left.Remove(end.Entry);
    }

    public void Add(HopFault fault) => _faults.Add(fault);

    /// <summary>The same of one host for many recipients counts once.</summary>
    public void AddOnce(HopFault fault)
    {
        if (_faults.LastOrDefault() != fault) Add(fault);
    }

    /// <summary>The outcome when the server stops: who has no end is as before.</summary>
    public DeliveryOutcome Interrupt() => new(_ends, [.. Left]) { WasReached = WasReached };

    /// <summary>The outcome when every host was asked.</summary>
    public DeliveryOutcome Conclude()
    {
        // Every host has its own reason. For good is only what all of them say for good.
        var fault = _faults.OrderByDescending(static met => met.IsPermanent ? met.Rank - 100 : met.Rank).FirstOrDefault()
            ?? new HopFault(new(4, 4, 1), $"No host of {message.Destination} could be tried.");
        var text = _faults.Count > 1 ? string.Join(' ', _faults.TakeLast(MaxFaultsShown).Select(static met => met.Text).Distinct()) : fault.Text;
        var down = !WasReached && _faults.Count > 0 && _faults.All(static met => met.IsHostDown) ? fault with { Text = text } : null;
        foreach (var entry in Left.ToList()) End(ToEnd(entry, fault, text));
        return new DeliveryOutcome(_ends, []) { WasReached = WasReached, Down = down };
    }

    /// <summary>The end of an entry by a fault.</summary>
    public static RecipientEnd ToEnd(QueueEntry entry, HopFault fault, string text) => new()
    {
        Entry = entry,
        Verdict = fault.Holds ? QueueVerdict.Held : fault.IsPermanent ? QueueVerdict.Failed : QueueVerdict.Deferred,
        Status = fault.Status,
        Text = text,
        RemoteMta = fault.Host,
        Diagnostic = fault.Diagnostic,
    };
}
