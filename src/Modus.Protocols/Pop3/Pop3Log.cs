using System.Net;
using Microsoft.Extensions.Logging;
using Modus.Mail.Addresses;
using Modus.Protocols.Pop3.Maildrops;
using Modus.Protocols.Pop3.Responses;
using Modus.Storage;

namespace Modus.Protocols.Pop3;

/// <summary>What the POP3 room logs: ids 2000 to 2999. Never an argument of USER, PASS or AUTH, never content.</summary>
internal static partial class Pop3Log
{
    [LoggerMessage(2000, LogLevel.Debug, "POP3 {ConnectionId} from {Address} opened")]
    public static partial void Opened(ILogger log, string connectionId, IPAddress? address);

    [LoggerMessage(2001, LogLevel.Debug, "POP3 {ConnectionId} closed: {Reason}")]
    public static partial void Closed(ILogger log, string connectionId, string reason);

    [LoggerMessage(2002, LogLevel.Debug, "POP3 {ConnectionId} {Verb}: {Response}")]
    public static partial void Refused(ILogger log, string connectionId, string verb, Pop3Response response);

    [LoggerMessage(2003, LogLevel.Information, "POP3 {ConnectionId} opened the maildrop of {Account}: {Messages} messages, {Size} bytes")]
    public static partial void MaildropOpened(ILogger log, string connectionId, EmailAddress account, int messages, long size);

    [LoggerMessage(2004, LogLevel.Information, "POP3 {ConnectionId} did not open the maildrop of {Account}: {Outcome}")]
    public static partial void MaildropNotOpened(ILogger log, string connectionId, EmailAddress account, MaildropOutcome outcome);

    [LoggerMessage(2005, LogLevel.Information, "POP3 {ConnectionId} deleted {Messages} messages of {Account}")]
    public static partial void Deleted(ILogger log, string connectionId, int messages, EmailAddress account);

    [LoggerMessage(2006, LogLevel.Warning, "POP3 {ConnectionId} could not delete {Messages} messages of {Account}: {Outcome}")]
    public static partial void NotDeleted(ILogger log, string connectionId, int messages, EmailAddress account, StoreOutcome outcome);

    [LoggerMessage(2007, LogLevel.Information, "POP3 {ConnectionId} from {Address} sent bytes behind STLS; closed")]
    public static partial void InjectedBytes(ILogger log, string connectionId, IPAddress? address);

    [LoggerMessage(2008, LogLevel.Information, "POP3 {ConnectionId} from {Address} refused: too many connections")]
    public static partial void TooManyConnections(ILogger log, string connectionId, IPAddress? address);

    [LoggerMessage(2010, LogLevel.Error, "POP3 {ConnectionId} cannot send message {Uid} of {Account}: it is damaged. `modus store verify` tells more")]
    public static partial void Damaged(ILogger log, Exception exception, string connectionId, Uid uid, EmailAddress account);

    [LoggerMessage(2009, LogLevel.Error, "POP3 {ConnectionId} ended by a fault of ours")]
    public static partial void Fault(ILogger log, Exception exception, string connectionId);
}
