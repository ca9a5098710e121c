using Modus.Delivery.Queue;
using Modus.Mail.Envelopes;
using Modus.Tls;

namespace Modus.Delivery.OutboundTls;

/// <summary>How the name of a next hop was found.</summary>
internal enum HopOrigin
{
    /// <summary>By the MX records of a domain, or by its own name when it has none.</summary>
    Dns,

    /// <summary>Named by an administrator.</summary>
    Route,

    /// <summary>In the recipient's address (an address literal).</summary>
    Literal,
}

/// <summary>All that decides how mail travels to a next hop. Immutable.</summary>
internal sealed record HopFacts
{
    /// <summary>The next hop's name, lower case; the address where it has no name.</summary>
    public required string Host { get; init; }

    /// <summary>How it was found.</summary>
    public HopOrigin Origin { get; init; }

    /// <summary>True when DNSSEC proves that the domain wants its mail there.</summary>
    public bool IsNameSecure { get; init; }

    /// <summary>The rule of the owner; null for none.</summary>
    public PeerRule? Rule { get; init; }

    /// <summary>The level of the route; null when the route says none or there is no route.</summary>
    public PeerLevel? RouteLevel { get; init; }

    /// <summary>The route's domain, for people; null for none.</summary>
    public string? Route { get; init; }

    /// <summary>TLS from the first byte.</summary>
    public bool IsImplicit { get; init; }

    /// <summary>A login goes over this connection.</summary>
    public bool HasLogin { get; init; }

    /// <summary>What DANE says; null when nobody asked.</summary>
    public DaneVerdict? Dane { get; init; }

    /// <summary>The MTA-STS policy of the domain; null for none.</summary>
    public StsPolicy? Sts { get; init; }

    /// <summary>What the sender demands.</summary>
    public TlsDemand Demand { get; init; }

    /// <summary>What is remembered of the hop; null for nothing.</summary>
    public HopRecord? Memory { get; init; }

    /// <summary>True when TLS is not tried, because it is remembered as broken and this session is not to find out.</summary>
    public bool AvoidTls { get; init; }

    /// <summary>True when the hop spoke TLS on so many days that its absence is suspicious.</summary>
    public bool IsTrusted { get; init; }

    /// <summary>What happens then.</summary>
    public TlsDowngrade Downgrade { get; init; }

    /// <summary>True when the hop has just asked for TLS (530): then it is not without.</summary>
    public bool HopAsksForTls { get; init; }
}
