using System.Net;
using Microsoft.Extensions.Logging;

namespace Modus.Delivery.Vpn;

/// <summary>What is said of the e-mail VPN: 6400-6449.</summary>
internal static partial class VpnLog
{
    [LoggerMessage(6400, LogLevel.Information, "Invitation {Id} for {Domains} was written; it is good until {Expires}")]
    public static partial void Invited(ILogger log, string id, string domains, DateTimeOffset expires);

    [LoggerMessage(6401, LogLevel.Information, "{Partner} is a partner of the e-mail VPN from now on: mail to {Domains} and mail from {Addresses} goes by its keys alone")]
    public static partial void Paired(ILogger log, string partner, string domains, string addresses);

    [LoggerMessage(6402, LogLevel.Warning, "A request of the e-mail VPN from {Address} was refused: {Reason}")]
    public static partial void Refused(ILogger log, IPAddress address, string reason);

    [LoggerMessage(6403, LogLevel.Information, "{Partner} shows other keys: {Keys}")]
    public static partial void KeysChanged(ILogger log, string partner, string keys);

    [LoggerMessage(6404, LogLevel.Warning, "{Partner} could not be told our keys; again within the hour. {Reason}")]
    public static partial void NotTold(ILogger log, string partner, string reason);

    [LoggerMessage(6405, LogLevel.Error, "Partners of the e-mail VPN could not be told our keys; again within the hour")]
    public static partial void RoundFailed(ILogger log, Exception fault);
}
