using Microsoft.Extensions.Logging;
using Modus.Protocols.Sasl;
using Modus.Tls;

namespace Modus.Protocols.Smtp;

/// <summary>What every session of the room shares.</summary>
/// <param name="HostName">The name of this server.</param>
/// <param name="Limits">The bounds.</param>
/// <param name="Delivery">Where messages go.</param>
/// <param name="EnvelopeCheck">Who judges senders and recipients.</param>
/// <param name="QueueFlush">Who answers ETRN; null where it is unknown.</param>
/// <param name="Authenticator">Who checks logins; null when nobody can log in.</param>
/// <param name="Clock">The clock.</param>
/// <param name="Log">The log.</param>
/// <param name="Metrics">The counters.</param>
internal sealed record SmtpRoom(
    string HostName,
    SmtpLimits Limits,
    IMessageDelivery Delivery,
    IEnvelopeCheck EnvelopeCheck,
    IQueueFlush? QueueFlush,
    SaslAuthenticator? Authenticator,
    TimeProvider Clock,
    ILogger Log,
    SmtpMetrics Metrics)
{
    /// <summary>What is demanded of whom.</summary>
    public IPeerPolicy Peers { get; init; } = NoPeerPolicy.Instance;
}
