using Microsoft.Extensions.Logging;
using Modus.Mail.Addresses;

namespace Modus.Delivery.OutboundTls.MtaSts;

/// <summary>What the finding of policies says.</summary>
internal static partial class StsLog
{
    [LoggerMessage(6710, LogLevel.Information, "The MTA-STS policy of {Domain} is not to be had: {Reason}")]
    public static partial void NotFetched(ILogger log, Domain domain, string reason);

    [LoggerMessage(6711, LogLevel.Warning, "The MTA-STS policy of {Domain} is not kept for the next start: {Reason}")]
    public static partial void NotKept(ILogger log, Domain domain, string reason);
}
