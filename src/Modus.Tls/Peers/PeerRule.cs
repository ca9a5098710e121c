using System.Net;

namespace Modus.Tls;

/// <summary>What is demanded of a connection with a peer.</summary>
public enum PeerLevel
{
    /// <summary>Encrypted when both can.</summary>
    May,

    /// <summary>Encrypted, or not at all; whoever the peer is.</summary>
    Encrypt,

    /// <summary>Encrypted, with a certificate that is valid for the peer's name.</summary>
    Verify,

    /// <summary>Encrypted, with one of the keys that the rule names.</summary>
    Pin,
}

/// <summary>Which way mail goes.</summary>
[Flags]
public enum PeerDirections
{
    /// <summary>To this server.</summary>
    In = 1,

    /// <summary>From this server.</summary>
    Out = 2,

    /// <summary>Both.</summary>
    Both = In | Out,
}

/// <summary>One rule of the policy: for whom, which way, and what is demanded. Immutable.</summary>
public sealed record PeerRule
{
    /// <summary>Its name, unique: what receipts, replies and the command line say.</summary>
    public required string Name { get; init; }

    /// <summary>Peers with such addresses; null when the rule is about something else. Exactly one of the four subjects is set.</summary>
    public IPNetwork? Network { get; init; }

    /// <summary>
    /// Mail for this domain, in lower-case A-labels; with a leading dot for every domain below it and not itself. Inbound it has no
    /// meaning by itself: what a client calls itself proves nothing.
    /// </summary>
    public string? Domain { get; init; }

    /// <summary>Next hops with such names: <c>mx.example.com</c>, or <c>*.example.com</c> for names of one more label.</summary>
    public string? MxPattern { get; init; }

    /// <summary>Peers that show this key: SHA-256 of SubjectPublicKeyInfo, lower-case hex.</summary>
    public string? Key { get; init; }

    /// <summary>Which way.</summary>
    public PeerDirections Directions { get; init; } = PeerDirections.Both;

    /// <summary>What is demanded.</summary>
    public required PeerLevel Level { get; init; }

    /// <summary>The keys of <see cref="PeerLevel.Pin"/>: SHA-256 of SubjectPublicKeyInfo, lower-case hex; at least one there.</summary>
    public IReadOnlyList<string> Pins { get; init; } = [];

    /// <summary>The authorities that are trusted beside the system's for <see cref="PeerLevel.Verify"/>, in PEM; null for none.</summary>
    public string? Authorities { get; init; }

    /// <summary>
    /// The names of which the peer's certificate must have one at <see cref="PeerLevel.Verify"/>, such as <c>mx.example.com</c> or
    /// <c>*.example.com</c>. With none, outbound the next hop's own name counts; inbound any certificate of <see cref="Authorities"/>
    /// does, and of those alone: what a client calls itself proves nothing.
    /// </summary>
    public IReadOnlyList<string> Names { get; init; } = [];

    /// <summary>True to show our certificate to the peer when it asks for one.</summary>
    public bool ShowCertificate { get; init; }

    /// <summary>
    /// True when a peer that does what the rule demands may send mail for elsewhere. In clear
    /// (<see cref="PeerLevel.May"/>) only from private networks.
    /// </summary>
    public bool MayRelay { get; init; }

    /// <summary>Why the rule is there, for people.</summary>
    public string? Note { get; init; }
}
