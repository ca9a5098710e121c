using System.Net;
using Microsoft.Extensions.Logging;
using Modus.Mail.Addresses;

namespace Modus.Delivery.Authentication;

/// <summary>What the checks of messages say.</summary>
internal static partial class AuthenticationLog
{
    [LoggerMessage(6800, LogLevel.Debug, "Message {QueueId} was checked: {Summary}")]
    public static partial void Checked(ILogger log, string queueId, string summary);

    [LoggerMessage(6801, LogLevel.Information, "Message {QueueId} from {HeloName} [{Address}] is refused by the DMARC policy of {Domain}: {Summary}")]
    public static partial void Refused(ILogger log, string queueId, Domain domain, string heloName, IPAddress? address, string summary);

    [LoggerMessage(6802, LogLevel.Debug, "Message {QueueId} fails the DMARC policy of {Domain} ({Policy}), which is an exception")]
    public static partial void Excepted(ILogger log, string queueId, Domain domain, string policy);

    [LoggerMessage(6803, LogLevel.Information, "Message {QueueId} claimed to have been checked by this server; {Count} such fields were left out")]
    public static partial void Forged(ILogger log, string queueId, int count);
}
