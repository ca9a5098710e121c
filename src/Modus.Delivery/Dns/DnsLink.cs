using Modus.Delivery.Dns.Wire;

namespace Modus.Delivery.Dns;

/// <summary>What the DNS has at one name: records, an alias, or nothing. Immutable.</summary>
/// <param name="Outcome">How the question ended; Found also for an alias.</param>
/// <param name="Records">The records of the type that was asked for.</param>
/// <param name="Target">Where the alias leads; null when there is none.</param>
/// <param name="IsSecure">Proven by DNSSEC.</param>
/// <param name="Expires">Until when.</param>
/// <param name="Reason">Why it failed, in words.</param>
internal sealed record DnsLink(
    DnsOutcome Outcome, IReadOnlyList<DnsRecord> Records, DnsName? Target, bool IsSecure, DateTimeOffset Expires, string? Reason)
{
    public static DnsLink Failed(string reason, DateTimeOffset expires) => new(DnsOutcome.Failed, [], null, false, expires, reason);
}
