using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>The domains that an authority may issue for: an extension that the platform reads and does not write.</summary>
internal static class NameConstraints
{
    private const string Oid = "2.5.29.30";
    private static readonly Asn1Tag Permitted = new(TagClass.ContextSpecific, 0);
    private static readonly Asn1Tag Excluded = new(TagClass.ContextSpecific, 1);
    private static readonly Asn1Tag DnsName = new(TagClass.ContextSpecific, 2);
    private static readonly Asn1Tag IPAddressName = new(TagClass.ContextSpecific, 7);

    // RFC 5280 §4.2.1.10: address and mask; all of them, as a constraint of DNS names says nothing of addresses
    private static readonly byte[][] EveryAddress = [new byte[8], new byte[32]];

    /// <summary>Those domains and all below them, and no IP address.</summary>
    // NameConstraints ::= SEQUENCE { permittedSubtrees [0] GeneralSubtrees OPTIONAL, excludedSubtrees [1] GeneralSubtrees OPTIONAL }
    public static X509Extension Create(IEnumerable<string> domains)
    {
        var writer = new AsnWriter(AsnEncodingRules.DER);
        using (writer.PushSequence())
        {
            using (writer.PushSequence(Permitted))
            {
                foreach (var domain in domains)
                {
                    using (writer.PushSequence()) writer.WriteCharacterString(UniversalTagNumber.IA5String, domain, DnsName);
                }
            }

            using (writer.PushSequence(Excluded))
            {
                foreach (var addresses in EveryAddress)
                {
                    using (writer.PushSequence()) writer.WriteOctetString(addresses, IPAddressName);
                }
            }
        }

        return new X509Extension(Oid, writer.Encode(), critical: true);
    }

    /// <summary>The domains; empty for an authority that may issue for all.</summary>
    public static IReadOnlyList<string> Of(X509Certificate2 authority)
    {
        if (authority.Extensions.FirstOrDefault(static one => one.Oid?.Value == Oid) is not { } extension) return [];
        var domains = new List<string>();
        var outer = new AsnReader(extension.RawData, AsnEncodingRules.DER).ReadSequence();
        if (!outer.HasData || !outer.PeekTag().HasSameClassAndValue(Permitted)) return [];
        var permitted = outer.ReadSequence(Permitted);
        while (permitted.HasData)
        {
            var subtree = permitted.ReadSequence();
            if (subtree.PeekTag().HasSameClassAndValue(DnsName)) domains.Add(subtree.ReadCharacterString(UniversalTagNumber.IA5String, DnsName));
        }

        return domains;
    }

    public static bool Permit(IReadOnlyList<string> domains, string host)
    {
        var name = HostNames.IsWildcard(host) ? host[2..] : host;
        return domains.Count == 0 || domains.Any(domain => name == domain || name.EndsWith("." + domain, StringComparison.Ordinal));
    }
}
