using Modus.Storage;

namespace Modus.Delivery.Receipts;

/// <summary>How mail travelled in a span of time, by peer and direction: what an auditor asks for. Made of the receipts in the traces.</summary>
/// <param name="From">From when on; null for as long as traces are kept.</param>
/// <param name="Until">Until when; null for now.</param>
/// <param name="Peers">A row for each peer and direction, most messages first.</param>
public sealed record TravelReport(DateTimeOffset? From, DateTimeOffset? Until, IReadOnlyList<PeerTravel> Peers);

/// <summary>One peer, one direction.</summary>
public sealed record PeerTravel
{
    /// <summary>The domain of the other side; empty for mail from the null reverse-path or an address literal.</summary>
    public required string Peer { get; init; }

    /// <summary>Which way.</summary>
    public required TravelDirection Direction { get; init; }

    /// <summary>How many messages.</summary>
    public required long Messages { get; init; }

    /// <summary>How many of them by TLS.</summary>
    public required long Encrypted { get; init; }

    /// <summary>Messages by version; those in clear are not in it.</summary>
    public required IReadOnlyDictionary<string, long> Protocols { get; init; }

    /// <summary>Messages by cipher suite.</summary>
    public required IReadOnlyDictionary<string, long> CipherSuites { get; init; }

    /// <summary>Messages by key exchange group, where it is known.</summary>
    public required IReadOnlyDictionary<string, long> Groups { get; init; }

    /// <summary>Messages by how the peer was verified.</summary>
    public required IReadOnlyDictionary<string, long> Verified { get; init; }

    /// <summary>Messages by the policy that decided.</summary>
    public required IReadOnlyDictionary<string, long> Policies { get; init; }

    /// <summary>Messages that travelled in clear, the first ones.</summary>
    public required IReadOnlyList<TravelException> InClear { get; init; }
}

/// <summary>A message that travelled in clear.</summary>
/// <param name="At">When.</param>
/// <param name="Message">Its queue id.</param>
/// <param name="PeerName">What the other side calls itself.</param>
/// <param name="Policy">The policy that allowed it.</param>
public sealed record TravelException(DateTimeOffset At, string Message, string PeerName, string Policy);
