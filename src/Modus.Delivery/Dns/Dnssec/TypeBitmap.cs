using Modus.Delivery.Dns.Wire;

namespace Modus.Delivery.Dns.Dnssec;

/// <summary>The types that a name has (RFC 4034 §4.1.2). Immutable.</summary>
internal readonly struct TypeBitmap(ReadOnlyMemory<byte> blocks)
{
    /// <summary>A delegation, seen from the zone above it: it says nothing of the zone below.</summary>
    public bool IsDelegation => Has(DnsType.Ns) && !Has(DnsType.Soa);

    public bool Has(DnsType type)
    {
        var rest = blocks.Span;
        while (rest.Length > 2 && rest.Length >= rest[1] + 2)
        {
            var octet = ((int)type & 0xFF) >> 3;
            if (rest[0] == (int)type >> 8) return octet < rest[1] && (rest[octet + 2] & (0x80 >> ((int)type & 7))) != 0;
            rest = rest[(rest[1] + 2)..];
        }

        return false;
    }

    /// <summary>Whether a name with these types denies one, when it is asked for at that very name.</summary>
    public bool Denies(DnsType type, DnsName name)
    {
        if (Has(type) || Has(DnsType.Cname)) return false;

        // DS records are the parent's, all others the child's (RFC 6840 §4.1, §4.4).
        return type == DnsType.Ds ? name.IsRoot || !Has(DnsType.Soa) : !IsDelegation;
    }
}
