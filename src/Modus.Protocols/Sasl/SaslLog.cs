using System.Net;
using Microsoft.Extensions.Logging;
using Modus.Mail.Addresses;

namespace Modus.Protocols.Sasl;

// Failed logins carry the account only when it exists: what people type into the name field is at times their password.
internal static partial class SaslLog
{
    [LoggerMessage(7000, LogLevel.Information, "{Account} logged in by {Mechanism} from {RemoteAddress}")]
    public static partial void LoggedIn(this ILogger log, EmailAddress account, string mechanism, IPAddress? remoteAddress);

    [LoggerMessage(7001, LogLevel.Information, "Login to {Account} by {Mechanism} from {RemoteAddress} failed: wrong password")]
    public static partial void WrongPassword(this ILogger log, EmailAddress account, string mechanism, IPAddress? remoteAddress);

    [LoggerMessage(7002, LogLevel.Information, "Login to {Account} by {Mechanism} from {RemoteAddress} refused: the account is disabled")]
    public static partial void AccountDisabled(this ILogger log, EmailAddress account, string mechanism, IPAddress? remoteAddress);

    [LoggerMessage(7003, LogLevel.Information, "Login by {Mechanism} from {RemoteAddress} failed: no such account")]
    public static partial void NoSuchAccount(this ILogger log, string mechanism, IPAddress? remoteAddress);

    [LoggerMessage(7004, LogLevel.Information, "Login from {RemoteAddress} refused: too many failures from there or for that name")]
    public static partial void Throttled(this ILogger log, IPAddress? remoteAddress);

    [LoggerMessage(7005, LogLevel.Warning, "Login from {RemoteAddress} refused: {Waiting} passwords wait to be checked already")]
    public static partial void TooManyWaiting(this ILogger log, IPAddress? remoteAddress, int waiting);

    [LoggerMessage(7006, LogLevel.Error, "The source of identities cannot be asked; logins get a temporary fault")]
    public static partial void SourceFailed(this ILogger log, Exception exception);

    [LoggerMessage(7007, LogLevel.Warning, "Login by {Mechanism} from {RemoteAddress} refused: the channel binding does not hold; somebody may sit between the client and this server")]
    public static partial void ChannelBindingFailed(this ILogger log, string mechanism, IPAddress? remoteAddress);
}
