using System.Net;
using Microsoft.Extensions.Logging;
using Modus.Mail.Addresses;
using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap;

/// <summary>What the IMAP room logs: ids 3000 to 3999. Never an argument of LOGIN or AUTHENTICATE, never content.</summary>
internal static partial class ImapLog
{
    [LoggerMessage(3000, LogLevel.Debug, "IMAP {ConnectionId} from {Address} opened")]
    public static partial void Opened(ILogger log, string connectionId, IPAddress? address);

    [LoggerMessage(3001, LogLevel.Debug, "IMAP {ConnectionId} closed: {Reason}")]
    public static partial void Closed(ILogger log, string connectionId, string reason);

    [LoggerMessage(3002, LogLevel.Debug, "IMAP {ConnectionId} {Verb}: {Result}")]
    public static partial void Refused(ILogger log, string connectionId, string verb, ImapResult result);

    [LoggerMessage(3003, LogLevel.Information, "IMAP {ConnectionId} {Account} is in")]
    public static partial void LoggedIn(ILogger log, string connectionId, EmailAddress account);

    [LoggerMessage(3004, LogLevel.Information, "IMAP {ConnectionId} from {Address} sent bytes behind STARTTLS; closed")]
    public static partial void InjectedBytes(ILogger log, string connectionId, IPAddress? address);

    [LoggerMessage(3005, LogLevel.Information, "IMAP {ConnectionId} from {Address} refused: too many connections")]
    public static partial void TooManyConnections(ILogger log, string connectionId, IPAddress? address);

    [LoggerMessage(3006, LogLevel.Error, "IMAP {ConnectionId} ended by a fault of ours")]
    public static partial void Fault(ILogger log, Exception exception, string connectionId);

    [LoggerMessage(3007, LogLevel.Debug, "IMAP {ConnectionId} is spoken to by {Client}")]
    public static partial void ClientId(ILogger log, string connectionId, string client);

    [LoggerMessage(3008, LogLevel.Information, "IMAP {ConnectionId} did not take what it wanted to be notified of; NOTIFY is off")]
    public static partial void NotifyOverflow(ILogger log, string connectionId);
}
