using Modus.Delivery.Dns.Wire;

namespace Modus.Delivery.Dns.Dnssec;

/// <summary>The NSEC or NSEC3 records in a reply whose signatures fit.</summary>
/// <param name="Records">What can be proven by them; null without any.</param>
/// <param name="Ttl">Seconds that what they prove may be kept.</param>
/// <param name="Reason">Why there are none, in words.</param>
internal readonly record struct DenialProof(IDenialRecords? Records, uint Ttl, string? Reason)
{
    // The longest proof takes three records (RFC 5155 §7.2.1); a SOA record beside them is only looked at for its time.
    private const int MaxSets = 8;

    /// <summary>The zone that signed the proof of absence of a name; null when nothing is signed.</summary>
    public static DnsName? FindSigner(DnsMessage message, DnsName name) => message.Authorities
        .Where(static record => record.Type == DnsType.Rrsig)
        .Select(Signature.From)
        .FirstOrDefault(signature => signature is { Covered: DnsType.Nsec or DnsType.Nsec3 } && name.IsAtOrBelow(signature.Signer))?.Signer;

    public static DenialProof From(SecureZone zone, DnsMessage message, DateTimeOffset now, QuestionBudget budget)
    {
        var proven = new List<DnsRecord>();
        var ttl = DnsContent.ToDenialTtl(message.Authorities) ?? uint.MaxValue;
        var reason = "there is no proof that it is not there";
        var owners = message.Authorities
            .Where(static record => record.Type is DnsType.Nsec or DnsType.Nsec3)
            .Select(static record => (record.Owner, record.Type))
            .Distinct()
            .Take(MaxSets);
        foreach (var (owner, type) in owners)
        {
            var set = RecordSet.Find(message.Authorities, owner, type)!;
            var (signature, fault) = zone.Verify(set, now, budget);

            // An NSEC record of a wildcard is at the wildcard: one that was expanded proves nothing.
            if (signature is null || SecureZone.IsExpanded(set, signature))
            {
                reason = fault ?? reason;
                continue;
            }

            proven.AddRange(set.Records);
            ttl = Math.Min(ttl, SecureZone.TtlOf(set, signature, now));
        }

        if (proven.Count == 0) return new DenialProof(null, ttl, reason);
        IDenialRecords records = proven[0].Type == DnsType.Nsec
            ? new NsecDenial(zone.Apex, proven)
            : new Nsec3Denial(zone.Apex, proven, budget);
        return new DenialProof(records, ttl, null);
    }
}
