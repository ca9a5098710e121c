using System.Net;

namespace Modus.Delivery.Authentication.Spf;

/// <summary>What a term asks (RFC 7208 §5).</summary>
internal enum SpfMechanism
{
    /// <summary>Matches always.</summary>
    All,

    /// <summary>The record of another domain passes.</summary>
    Include,

    /// <summary>The address is one of a name's.</summary>
    A,

    /// <summary>The address is one of a domain's mail exchangers.</summary>
    Mx,

    /// <summary>The name of the address is below a domain.</summary>
    Ptr,

    /// <summary>The address is in a network.</summary>
    Ip,

    /// <summary>A name is there.</summary>
    Exists,
}

/// <summary>A mechanism with its qualifier. Immutable.</summary>
/// <param name="Mechanism">What is asked.</param>
/// <param name="Result">What a match means: pass, fail, softfail or neutral.</param>
internal sealed record SpfTerm(SpfMechanism Mechanism, AuthenticationOutcome Result)
{
    /// <summary>The domain-spec, macros not expanded; null for the domain that is checked.</summary>
    public string? Domain { get; init; }

    /// <summary>The network of "ip4" and "ip6".</summary>
    public IPNetwork Network { get; init; }

    /// <summary>Leading bits of an IPv4 address that count.</summary>
    public int Bits4 { get; init; } = 32;

    /// <summary>Leading bits of an IPv6 address that count.</summary>
    public int Bits6 { get; init; } = 128;
}
