namespace Modus.Delivery.Dns.Wire;

/// <summary>A record of class IN. Immutable.</summary>
/// <param name="Owner">Whose it is.</param>
/// <param name="Type">What it is.</param>
/// <param name="Ttl">Seconds that it may be kept.</param>
/// <param name="Content">Its RDATA, the names in it in canonical form (RFC 4034 §6.2).</param>
internal sealed record DnsRecord(DnsName Owner, DnsType Type, uint Ttl, byte[] Content);
