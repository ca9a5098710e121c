using System.Net;
using Microsoft.Extensions.Logging;

namespace Modus.Protocols.Smtp;

/// <summary>What the SMTP room logs: ids 1000 to 1999. Never an argument of AUTH, never content.</summary>
internal static partial class SmtpLog
{
    [LoggerMessage(1000, LogLevel.Debug, "SMTP {ConnectionId} from {Address} opened ({Profile})")]
    public static partial void Opened(ILogger log, string connectionId, IPAddress? address, SmtpProfile profile);

    [LoggerMessage(1001, LogLevel.Debug, "SMTP {ConnectionId} closed: {Reason}")]
    public static partial void Closed(ILogger log, string connectionId, string reason);

    [LoggerMessage(1002, LogLevel.Debug, "SMTP {ConnectionId} {Verb}: {Reply}")]
    public static partial void Refused(ILogger log, string connectionId, string verb, SmtpReply reply);

    [LoggerMessage(1003, LogLevel.Information, "SMTP {ConnectionId} took {QueueId}: {Size} bytes from {ReversePath} for {Recipients} recipients, {Encryption}")]
    public static partial void Accepted(
        ILogger log, string connectionId, string queueId, long size, string reversePath, int recipients, string encryption);

    [LoggerMessage(1004, LogLevel.Information, "SMTP {ConnectionId} did not take a message from {ReversePath}: {Reply}")]
    public static partial void NotAccepted(ILogger log, string connectionId, string reversePath, SmtpReply reply);

    [LoggerMessage(1005, LogLevel.Information, "SMTP {ConnectionId} from {Address} sent bytes behind STARTTLS; closed")]
    public static partial void InjectedBytes(ILogger log, string connectionId, IPAddress? address);

    [LoggerMessage(1006, LogLevel.Information, "SMTP {ConnectionId} from {Address} refused: too many connections")]
    public static partial void TooManyConnections(ILogger log, string connectionId, IPAddress? address);

    [LoggerMessage(1007, LogLevel.Error, "SMTP {ConnectionId} ended by a fault of ours")]
    public static partial void Fault(ILogger log, Exception exception, string connectionId);

    [LoggerMessage(1008, LogLevel.Information, "SMTP {ConnectionId} from {Address} asked for the mail of {Node}: {Outcome}")]
    public static partial void FlushAsked(ILogger log, string connectionId, IPAddress? address, string node, QueueFlushOutcome outcome);
}
