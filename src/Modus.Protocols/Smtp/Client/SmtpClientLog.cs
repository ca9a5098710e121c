using System.Net;
using Microsoft.Extensions.Logging;

namespace Modus.Protocols.Smtp.Client;

/// <summary>What the client's side of SMTP logs: ids 1500 to 1599. Never an argument of AUTH, never content.</summary>
internal static partial class SmtpClientLog
{
    [LoggerMessage(1500, LogLevel.Debug, "SMTP {ConnectionId} to {Host} at {EndPoint}: open, {Encryption}")]
    public static partial void Opened(ILogger log, string connectionId, string host, IPEndPoint endPoint, string encryption);

    [LoggerMessage(1501, LogLevel.Information, "SMTP to {Host} at {EndPoint}: {Outcome}. {Reason} {Reply}")]
    public static partial void NotOpened(ILogger log, string host, IPEndPoint endPoint, SmtpOpenOutcome outcome, string reason, SmtpReply? reply);

    [LoggerMessage(1502, LogLevel.Warning, "SMTP to {Host} at {EndPoint}: bytes came behind the go-ahead for TLS; closed")]
    public static partial void InjectedReply(ILogger log, string host, IPEndPoint endPoint);

    [LoggerMessage(1503, LogLevel.Debug, "SMTP {ConnectionId} to {Host}: {Taken} of {Recipients} recipients taken, {Size} bytes")]
    public static partial void Sent(ILogger log, string connectionId, string host, int taken, int recipients, long size);

    [LoggerMessage(1504, LogLevel.Debug, "SMTP {ConnectionId} broken off: {Reason}")]
    public static partial void BrokenOff(ILogger log, string connectionId, string reason);
}
