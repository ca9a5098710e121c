using System.Net;
using Modus.Mail.Addresses;
using Modus.Protocols.Smtp;

namespace Modus.Delivery.Etrn;

/// <summary>Who may ask for the mail of a node by ETRN (RFC 1985). Immutable.</summary>
public sealed record EtrnGrant
{
    /// <summary>The domain in lower-case A-labels, or <c>#name</c> of a queue.</summary>
    public required string Node { get; init; }

    /// <summary>True when the domains below it go with it: <c>@domain</c>, and each of them by itself. Of no use to a queue.</summary>
    public bool WithSubdomains { get; init; }

    /// <summary>The domains that a queue stands for; empty for a domain.</summary>
    public IReadOnlyList<Domain> Domains { get; init; } = [];

    /// <summary>Addresses that may ask.</summary>
    public IReadOnlyList<IPNetwork> Networks { get; init; } = [];

    /// <summary>Keys of client certificates that may ask: SHA-256 of SubjectPublicKeyInfo, lower-case hex.</summary>
    public IReadOnlyList<string> Keys { get; init; } = [];

    /// <summary>Accounts that may ask once they logged in.</summary>
    public IReadOnlyList<EmailAddress> Accounts { get; init; } = [];

    /// <summary>True when somebody without a login may ask.</summary>
    internal bool IsForServers => Networks.Count + Keys.Count > 0;

    /// <summary>True when this peer may ask; one of the three is enough.</summary>
    internal bool Allows(SmtpPeer peer) =>
        (peer.Address is { } address && Networks.Any(network => network.Contains(address)))
        || (peer.Tls?.ClientKey is { } key && Keys.Contains(key))
        || (peer.Identity is { } identity && Accounts.Contains(identity.Address));
}
