using Microsoft.Extensions.Logging;
using Modus.Protocols.Pop3.Maildrops;
using Modus.Protocols.Sasl;
using Modus.Tls;

namespace Modus.Protocols.Pop3;

/// <summary>What every session of the room shares.</summary>
/// <param name="HostName">The name of this server.</param>
/// <param name="InternationalHeaders">What clients without UTF8 get of messages that need it.</param>
/// <param name="Limits">The bounds.</param>
/// <param name="Maildrops">Opens maildrops.</param>
/// <param name="Authenticator">Who checks logins; null when nobody can log in.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Log">The log.</param>
/// <param name="Metrics">The counters.</param>
internal sealed record Pop3Room(
    string HostName,
    InternationalHeaders InternationalHeaders,
    Pop3Limits Limits,
    MaildropOpener Maildrops,
    SaslAuthenticator? Authenticator,
    TimeProvider Clock,
    ILogger Log,
    Pop3Metrics Metrics)
{
    /// <summary>What is demanded of whom.</summary>
    public IPeerPolicy Peers { get; init; } = NoPeerPolicy.Instance;
}
