using Microsoft.Extensions.Logging;
using Modus.Delivery.Dns.Wire;

namespace Modus.Delivery.Dns;

/// <summary>What the asking of the DNS says.</summary>
internal static partial class DnsLog
{
    [LoggerMessage(6700, LogLevel.Information, "The DNS answer for {Name} {Type} is bogus and is not used: {Reason}")]
    public static partial void Bogus(ILogger log, DnsName name, DnsType type, string reason);

    [LoggerMessage(6701, LogLevel.Warning, "DNSSEC cannot be validated: {Reason}. Use a resolver that hands out signatures, or set dns.validation to \"off\" and do without DANE")]
    public static partial void NoSignatures(ILogger log, string reason);
}
