using Modus.Server.Autoconfiguration;

namespace Modus.Server.Admin.Operations;

/// <summary>Lists the records by which mail programs find this server for a domain.</summary>
internal sealed class ListAutoconfigRecords() : AdminOperation<DomainName, AutoconfigRecords>(
    "autoconfig-records", AdminJson.Default.DomainName, AdminJson.Default.AdminReplyAutoconfigRecords)
{
    public override async ValueTask<AdminReply<AutoconfigRecords>> RunAsync(DomainName request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryDomain(request.Name, out var domain, out var fault)) return fault;
        if (await ports.Directory.FindDomainAsync(domain, cancellationToken) is null) return AutoconfigFaults.NotOurs(domain);
        if (await MailOffers.FindAsync(ports, cancellationToken) is not { } offer) return AutoconfigFaults.NoConfiguration();

        var aliases = SetupRecords.Aliases(domain, offer);
        var services = SetupRecords.OfMail(domain, offer).Concat(SetupRecords.OfAutodiscover(domain, offer));
        AutoconfigRecordRow[] records =
        [
            .. services.Select(static record => new AutoconfigRecordRow(record.Name, "SRV", record.Value)),
            .. aliases.Select(static record => new AutoconfigRecordRow(record.Name, "CNAME", record.Value)),
        ];
        return new AutoconfigRecords(domain.Name, records, [.. Notes(offer, aliases, ports)]);
    }

    private static IEnumerable<string> Notes(MailOffer offer, IReadOnlyList<CnameRecord> aliases, AdminPorts ports)
    {
        yield return $"{offer.HostName} needs an address record of its own: an SRV record must not lead to a CNAME (RFC 2782).";
        if (!offer.IsEnabled) yield return "Settings are not served by https: autoconfiguration.enabled is false in modus.json.";
        else if (aliases.Count == 0) yield return "No autoconfig and autodiscover names: programs ask those at port 443 alone, and no https listener is reached by it.";
        foreach (var name in Uncovered([offer.HostName.Name, .. aliases.Select(static alias => alias.Name)], ports))
        {
            var without = name == offer.HostName.Name ? "all programs warn" : $"programs warn, so leave {name} out";
            yield return $"No certificate here is good for {name}: `modus tls explain --sni {name} --protocol https` says what is served. Without one {without}.";
        }
    }

    private static List<string> Uncovered(IReadOnlyList<string> names, AdminPorts ports)
    {
        using var own = ports.ServedCertificates is null ? ports.LoadCertificates?.Invoke() : null;
        return (ports.ServedCertificates ?? own) is { } store
            ? [.. names.Where(name => !store.Certificates.Any(one => one.Leaf.MatchesHostname(name)))]
            : [];
    }
}
