using Modus.Delivery.Dns.Wire;

namespace Modus.Delivery.Dns.Dnssec;

/// <summary>The records of one name and type in a reply, with what signs them. Immutable.</summary>
internal sealed record RecordSet(DnsName Owner, DnsType Type, IReadOnlyList<DnsRecord> Records, IReadOnlyList<Signature> Signatures)
{
    // Whoever sends more signatures than an honest zone has wants us to compute (CVE-2023-50387).
    private const int MaxSignatures = 8;

    public uint Ttl => Records.Min(static record => record.Ttl);

    /// <summary>The zone that signed it, of which it can be a part; null when it is unsigned.</summary>
    public DnsName? Signer => Signatures.FirstOrDefault(signature => Owner.IsAtOrBelow(signature.Signer))?.Signer;

    public static RecordSet? Find(IReadOnlyList<DnsRecord> section, DnsName owner, DnsType type)
    {
        var records = section.Where(record => record.Type == type && record.Owner.Equals(owner)).ToList();
        if (records.Count == 0) return null;
        var signatures = section
            .Where(record => record.Type == DnsType.Rrsig && record.Owner.Equals(owner))
            .Select(Signature.From)
            .OfType<Signature>()
            .Where(signature => signature.Covered == type)
            .Take(MaxSignatures);
        return new RecordSet(owner, type, records, [.. signatures]);
    }
}
