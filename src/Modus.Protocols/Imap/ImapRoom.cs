using Microsoft.Extensions.Logging;
using Modus.Protocols.Sasl;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Protocols.Imap;

/// <summary>What every session of the room shares.</summary>
/// <param name="HostName">The name of this server.</param>
/// <param name="Version">What ID says; null for nothing.</param>
/// <param name="DisabledCapabilities">What is switched off for everybody.</param>
/// <param name="Limits">The bounds.</param>
/// <param name="Ports">The store and its neighbours.</param>
/// <param name="Authenticator">Who checks logins; null when nobody can log in.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Log">The log.</param>
/// <param name="Metrics">The counters.</param>
internal sealed record ImapRoom(
    string HostName,
    string? Version,
    IReadOnlyList<string> DisabledCapabilities,
    ImapLimits Limits,
    ImapPorts Ports,
    SaslAuthenticator? Authenticator,
    TimeProvider Clock,
    ILogger Log,
    ImapMetrics Metrics)
{
    /// <summary>What is demanded of whom.</summary>
    public IPeerPolicy Peers { get; init; } = NoPeerPolicy.Instance;
}

/// <summary>Who answers the room's questions.</summary>
/// <param name="Mail">Mailboxes and messages.</param>
/// <param name="Delivery">The way in of messages.</param>
/// <param name="Annotations">METADATA.</param>
/// <param name="Changes">What happens meanwhile.</param>
/// <param name="Accounts">Quotas, and what is switched off.</param>
/// <param name="TextIndex">Text search; null when there is no index, and every message is read.</param>
internal sealed record ImapPorts(
    IMailStore Mail, IDelivery Delivery, IAnnotations Annotations, IChangeFeed Changes, IImapAccounts Accounts, ITextIndex? TextIndex);
