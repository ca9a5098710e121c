using System.Net;
using Modus.Delivery.OutboundTls;
using Modus.Mail;

namespace Modus.Delivery.Remote;

/// <summary>A host that may take the mail of a destination.</summary>
/// <param name="Name">Its name, lower case; the address where it has no name.</param>
/// <param name="Port">Its port.</param>
/// <param name="Address">Its address when that is all there is; null: to be looked up.</param>
/// <param name="Origin">How it was found.</param>
/// <param name="IsNameSecure">True when DNSSEC proves that the destination wants its mail there, or its administrator says so.</param>
internal sealed record HopHost(string Name, int Port, IPAddress? Address, HopOrigin Origin, bool IsNameSecure);

/// <summary>The hosts of a destination, the most preferred group first; or why there are none.</summary>
internal sealed record HopPlan
{
    /// <summary>The groups of equal preference.</summary>
    public IReadOnlyList<IReadOnlyList<HopHost>> Groups { get; init; } = [];

    /// <summary>The route that named them; null when the DNS did.</summary>
    public MailRoute? Route { get; init; }

    /// <summary>Why there are none; null when there are.</summary>
    public HopFault? Fault { get; init; }
}

/// <summary>Why a host, or a whole destination, did not take a message.</summary>
/// <param name="Status">The enhanced status; its class says whether another try can help.</param>
/// <param name="Text">A sentence.</param>
internal sealed record HopFault(EnhancedStatus Status, string Text)
{
    /// <summary>True when no other try can help.</summary>
    public bool IsPermanent => Status.Class == 5;

    /// <summary>What the host said; null when it said nothing.</summary>
    public string? Diagnostic { get; init; }

    /// <summary>The host; null when none was reached.</summary>
    public string? Host { get; init; }

    /// <summary>True when it concerns every message for that host, so that the next one need not try.</summary>
    public bool IsHostDown { get; init; }

    /// <summary>True when a policy holds the message for a person.</summary>
    public bool Holds { get; init; }

    /// <summary>How much it tells a person, so that of several the best is shown: the further it came, the more.</summary>
    public int Rank { get; init; }
}
