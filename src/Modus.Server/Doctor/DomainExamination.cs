using System.Net;
using Modus.Delivery.Published;
using Modus.Mail.Addresses;
using Modus.Server.TlsCheck;

namespace Modus.Server.Doctor;

/// <summary>Whether others find the way to a domain's mail here, and what it publishes about that way.</summary>
/// <param name="domain">The domain.</param>
/// <param name="facts">The facts.</param>
/// <param name="published">What is published.</param>
/// <param name="keys">Compares our keys with TLSA records.</param>
internal sealed class DomainExamination(Domain domain, DoctorFacts facts, PublishedRecords published, TlsaExamination keys)
{
    private readonly string _line = $"{domain}. IN MX 10 {facts.Hostname}.";

    public Examination Make() => new(DoctorArea.Domains, domain.Name, LookAsync);

    private async ValueTask LookAsync(DoctorNotes notes, CancellationToken cancellationToken)
    {
        var mx = await published.FindMxAsync(domain, cancellationToken);
        var here = await FindHereAsync(notes, mx, cancellationToken);
        await LookAtStsAsync(notes, mx, here, cancellationToken);
        await LookAtReportsAsync(notes, cancellationToken);
        await LookAtServicesAsync(notes, cancellationToken);
        foreach (var host in here) await keys.LookAsync(notes, host, mx.IsSecure, cancellationToken);
    }

    /// <returns>The hosts of the domain that are this server.</returns>
    private async ValueTask<IReadOnlyList<string>> FindHereAsync(DoctorNotes notes, PublishedAnswer<PublishedHost> mx, CancellationToken cancellationToken)
    {
        switch (mx)
        {
            case { State: PublishedState.Unknown }:
                notes.Warn($"MX: the DNS does not say: {mx.Reason}.");
                return [];
            case { State: PublishedState.Nothing }:
                notes.Fault("MX: there is none, so that nobody delivers here.", _line);
                return [];
            case { Records: [{ Host: "" }] }:
                notes.Fault("MX: the domain says that it takes no mail (null MX, RFC 7505), and it is a domain of this server.", _line);
                return [];
        }

        var ours = new HashSet<IPAddress>([.. HostExamination.OwnAddresses(), .. (await published.FindAddressesAsync(facts.Hostname, cancellationToken)).Records]);
        List<string> here = [];
        foreach (var host in mx.Records.Select(static one => one.Host).Take(MxChecker.MaxHosts))
        {
            var found = await published.FindAddressesAsync(host, cancellationToken);
            if (found.State == PublishedState.Nothing) notes.Fault($"MX: {host} has no address.", $"{host}. IN A ADDRESS");
            if (found.State == PublishedState.Found && !found.CanonicalName.Equals(host, StringComparison.OrdinalIgnoreCase))
                notes.Warn($"MX: {host} is an alias of {found.CanonicalName}, which it must not be (RFC 2181 §10.3).", _line);
            if (host.Equals(facts.Hostname, StringComparison.OrdinalIgnoreCase) || found.Records.Any(ours.Contains)) here.Add(host);
        }

        if (here.Count > 0) notes.Ok($"MX: {string.Join(", ", here)}, which is this server.");
        else notes.Warn($"MX: {string.Join(", ", mx.Records.Take(MxChecker.MaxHosts).Select(static one => one.Host))}, and none of them is this server. Right where another one stands before it.", _line);
        return here;
    }

    private async ValueTask LookAtStsAsync(
        DoctorNotes notes, PublishedAnswer<PublishedHost> mx, IReadOnlyList<string> here, CancellationToken cancellationToken)
    {
        var own = facts.Policies.FirstOrDefault(policy => policy.Domain == domain.Name);
        var sts = await published.FindStsAsync(domain, cancellationToken);
        switch (own, sts)
        {
            case (_, { IsUnknown: true }):
                notes.Warn($"MTA-STS: {sts.Fault}.");
                return;
            case (null, { Id: null, Fault: null }):
                if (here.Count > 0) notes.Note("MTA-STS: no policy: whoever is in between can keep TLS off.", $"modus sts publish {domain} --mx {here[0]}");
                return;
            case (null, { Fault: { } fault }):
                notes.Fault($"MTA-STS: {fault}.", $"modus sts publish {domain} --mx {(here.Count > 0 ? here[0] : facts.Hostname)}");
                return;
            case ({ }, { Id: null }):
                notes.Fault(sts.Fault is { } why ? $"MTA-STS: {why}." : "MTA-STS: there is a policy here, and no record that announces it.", own.Record);
                return;
            case ({ }, { Fault: { } fault }):
                notes.Fault($"MTA-STS: {fault}.", $"{own.Host}. IN CNAME {facts.Hostname}.", $"The https listener must be at port 443 there, with a certificate for {own.Host}.");
                break;
            case ({ }, _) when own.Id != sts.Id:
                notes.Fault($"MTA-STS: the record announces {sts.Id}, and the policy here is {own.Id}: others go on by the old one.", own.Record);
                break;
            case ({ }, _) when own.Mode != sts.Mode || !own.Mx.SequenceEqual(sts.MxPatterns):
                notes.Fault($"MTA-STS: https://{own.Host} serves another policy than this server: the name leads elsewhere.", $"{own.Host}. IN CNAME {facts.Hostname}.");
                break;
            default:
                notes.Ok($"MTA-STS: published, mode {sts.Mode}.");
                break;
        }

        foreach (var host in mx.Records.Where(one => one.Host.Length > 0 && sts.Counts && !sts.Covers(one.Host)).Take(MxChecker.MaxHosts))
        {
            var what = $"MTA-STS: the policy does not name {host.Host}, which takes the domain's mail.";
            var remedy = $"modus sts publish {domain} --mode {sts.Mode} {string.Join(" ", sts.MxPatterns.Append(host.Host).Select(static one => $"--mx {one}"))}";
            if (sts.IsEnforced) notes.Fault(what, remedy);
            else notes.Warn(what, remedy);
        }
    }

    // RFC 6186 §3, RFC 8314 §5.1: a name and a password are enough for a mail program that looks there.
    private async ValueTask LookAtServicesAsync(DoctorNotes notes, CancellationToken cancellationToken)
    {
        var good = 0;
        foreach (var record in facts.Services.Where(record => record.Name.EndsWith($"._tcp.{domain}", StringComparison.Ordinal)))
        {
            var line = $"{record.Name}. IN SRV {record.Value}";
            var found = await published.FindServicesAsync(record.Name, cancellationToken);
            if (found.State == PublishedState.Unknown) notes.Warn($"Mail programs: the DNS does not say where {record.Name} is: {found.Reason}.");
            else if (found.Records.Any(one => record.Value.EndsWith($" {one.Port} {one.Host}.", StringComparison.OrdinalIgnoreCase))) good++;
            else if (found.State == PublishedState.Nothing) notes.Note($"Mail programs: {record.Name} is not published, so that people must write the settings by hand.", line);
            else notes.Warn($"Mail programs: {record.Name} leads to {string.Join(", ", found.Records.Take(MxChecker.MaxHosts).Select(static one => $"{one.Host}:{one.Port}"))}, and not here.", line);
        }

        if (good > 0) notes.Ok($"Mail programs: {good} services are found by their SRV records.");
    }

    // tlsrpt-record = tlsrpt-version *WSP field-delim *WSP tlsrpt-rua (RFC 8460 §3)
    private async ValueTask LookAtReportsAsync(DoctorNotes notes, CancellationToken cancellationToken)
    {
        var name = $"_smtp._tls.{domain}";
        var answer = await published.FindTextAsync(name, cancellationToken);
        var records = answer.Records.Where(static text => text.StartsWith("v=TLSRPTv1", StringComparison.Ordinal)).ToList();
        var address = facts.ReportAddress ?? $"tlsrpt@{domain}";
        var line = $"{name}. IN TXT \"v=TLSRPTv1; rua=mailto:{address}\"";
        string[] remedy = facts.ReportAddress is null ? [$"modus tlsrpt address {address}", line] : [line];
        if (answer.State == PublishedState.Unknown) notes.Warn($"TLS reports: the DNS does not say: {answer.Reason}.");
        else if (records.Count == 0) notes.Note("TLS reports: nobody is asked for them, so that nobody tells when TLS fails on the way here.", remedy);
        else if (records.Count > 1) notes.Fault("TLS reports: there are several records, which is as if there were none (RFC 8460 §3).", line);
        else if (facts.ReportAddress is { } own && !records[0].Contains(own, StringComparison.OrdinalIgnoreCase))
            notes.Note($"TLS reports: asked for, and sent elsewhere than {own}.", line);
        else notes.Ok("TLS reports: asked for.");
    }
}
