using Microsoft.Extensions.Logging;

namespace Modus.Delivery.Peers;

/// <summary>What is said of peer rules and recorded sessions: 6300-6399.</summary>
internal static partial class PeerLog
{
    [LoggerMessage(6300, LogLevel.Information, "{Count} peer rules count now")]
    public static partial void RulesRead(ILogger log, int count);

    [LoggerMessage(6301, LogLevel.Error, "{Setting} cannot be read as a peer rule; the one of that name that counted until now, if any, goes on counting. See `modus peer list`")]
    public static partial void RuleUnreadable(ILogger log, string setting);

    [LoggerMessage(6302, LogLevel.Error, "The peer rules could not be read again; those that counted go on counting")]
    public static partial void RulesNotRead(ILogger log, Exception fault);
}
