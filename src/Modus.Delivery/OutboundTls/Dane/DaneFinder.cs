using Modus.Delivery.Dns;
using Modus.Tls;

namespace Modus.Delivery.OutboundTls.Dane;

/// <summary>Finds what DANE says of a host (RFC 7672 §2.2). Thread-safe.</summary>
internal sealed class DaneFinder(IMailDns dns)
{
    public async ValueTask<DaneVerdict> FindAsync(string host, int port, bool hostIsSecure, CancellationToken cancellationToken)
    {
        if (!hostIsSecure) return Without(DaneKind.None, $"the name {host} came by an answer that is not signed");

        // Addresses first: where they are not signed, TLSA records are not even asked for, because servers that are not signed
        // often fail to answer at all (RFC 7672 §2.2.2). An alias that is signed counts, wherever it leads.
        var addresses = await dns.FindAddressesAsync(host, cancellationToken);
        if (addresses.Outcome == DnsOutcome.Failed) return Without(DaneKind.Unusable, $"the addresses of {host} cannot be had: {addresses.Reason}");
        var isAlias = !addresses.CanonicalName.Equals(host, StringComparison.OrdinalIgnoreCase);
        if (!addresses.IsSecure && !(isAlias && addresses.IsNameSecure)) return Without(DaneKind.None, $"{host} is not in a signed zone");

        // The name at the end of the aliases is tried when all of them are signed, then the first one; the first that has records counts.
        if (isAlias && addresses.IsSecure)
        {
            var expanded = await FindAtAsync(addresses.CanonicalName, host, port, cancellationToken);
            if (expanded.Kind != DaneKind.None) return expanded;
        }

        return await FindAtAsync(host, host, port, cancellationToken);
    }

    private async ValueTask<DaneVerdict> FindAtAsync(string baseDomain, string host, int port, CancellationToken cancellationToken)
    {
        var place = $"_{port}._tcp.{baseDomain}";
        var answer = await dns.FindTlsaAsync(baseDomain, port, cancellationToken);
        if (answer.Outcome == DnsOutcome.Failed) return Without(DaneKind.Unusable, $"the TLSA records of {place} cannot be had: {answer.Reason}");
        if (answer.Outcome != DnsOutcome.Found) return Without(DaneKind.None, $"{place} has no TLSA records");
        if (!answer.IsSecure) return Without(DaneKind.None, $"the TLSA records of {place} are not signed");
        var usable = answer.Records.Where(IsUsable).ToList();
        if (usable.Count == 0) return Without(DaneKind.Encrypt, $"none of the TLSA records of {place} can be used");

        // RFC 7672 §3.2.2: the name whose records these are, and that by which it was found.
        var names = new[] { baseDomain, host }.Distinct(StringComparer.OrdinalIgnoreCase).ToList();
        return new DaneVerdict(DaneKind.Verify, usable, names, $"TLSA records of {place}");
    }

    // RFC 7672 §3.1: DANE-TA and DANE-EE; §2.1.1: what is malformed is as if it could not be used.
    private static bool IsUsable(TlsaRecord record) =>
        record.Usage is 2 or 3
        && record.Selector is 0 or 1
        && record.MatchingType switch
        {
            0 => record.Association.Length > 0,
            1 => record.Association.Length == 32,
            2 => record.Association.Length == 64,
            _ => false,
        };

    private static DaneVerdict Without(DaneKind kind, string reason) => new(kind, [], [], reason);
}
