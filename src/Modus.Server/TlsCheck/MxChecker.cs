using System.Net;
using System.Security.Cryptography.X509Certificates;
using Modus.Delivery.Published;
using Modus.Mail.Addresses;
using Modus.Protocols.Wire;

namespace Modus.Server.TlsCheck;

/// <summary>Checks every host that takes a domain's mail, and what the domain publishes about them.</summary>
/// <param name="checker">Checks one host.</param>
/// <param name="connector">Finds the address of a host that answers.</param>
/// <param name="published">What is published.</param>
/// <param name="port">The port of mail between servers; another is for tests.</param>
internal sealed class MxChecker(TlsChecker checker, IConnector connector, PublishedRecords published, int port = MxChecker.StandardPort)
{
    public const int StandardPort = 25;

    /// <summary>The hosts that are checked; nobody needs more, and a stranger's list may be as long as he likes.</summary>
    public const int MaxHosts = 8;

    /// <summary>The addresses of a host that are tried until one answers, and how long each may take.</summary>
    private const int MaxAddresses = 4;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(5);

    public async ValueTask<TlsDomainReport> CheckAsync(
        Domain domain, X509Certificate2Collection trusted, bool asksResumption, CancellationToken cancellationToken)
    {
        List<TlsCheckFinding> findings = [];
        var mx = await published.FindMxAsync(domain, cancellationToken);
        var hosts = HostsOf(domain, mx, findings);
        var sts = await published.FindStsAsync(domain, cancellationToken);
        if (hosts.Count > 0) findings.Add(Clean(PolicySentences.OfSts(sts, domain.Name)));
        var reports = await Task.WhenAll(hosts.Select(host => CheckHostAsync(domain, host, mx.IsSecure, sts, trusted, asksResumption, cancellationToken)));
        foreach (var (_, fault) in reports)
            if (fault is not null) findings.Add(Clean(fault));

        var checkedHosts = reports.Select(static one => one.Report).OfType<TlsCheckReport>().ToList();
        var works = findings.TrueForAll(static finding => finding.Level != FindingLevel.Fault) && checkedHosts.TrueForAll(static host => host.Works);
        return new TlsDomainReport(domain.Name, works, mx.IsSecure, sts.Mode, checkedHosts, findings);
    }

    private static List<string> HostsOf(Domain domain, PublishedAnswer<PublishedHost> mx, List<TlsCheckFinding> findings)
    {
        switch (mx)
        {
            case { State: PublishedState.Unknown }:
                findings.Add(Clean(new(FindingLevel.Fault, $"The DNS does not give the MX records of {domain}: {mx.Reason}.")));
                return [];
            case { State: PublishedState.Nothing }:
                findings.Add(new(FindingLevel.Note, $"{domain} has no MX records: mail goes to the address of its name (RFC 5321 §5.1)."));
                return [domain.Name];
            case { Records: [{ Host: "" }] }:
                findings.Add(new(FindingLevel.Note, $"{domain} takes no mail: its MX record says so (RFC 7505)."));
                return [];
        }

        var words = string.Join(", ", mx.Records.Take(MaxHosts).Select(static host => $"{host.Host} ({host.Preference})"));
        findings.Add(Clean(new(FindingLevel.Ok, $"MX of {domain}: {words}; {(mx.IsSecure ? "signed (DNSSEC)" : "not signed (DNSSEC), so that DANE cannot be used")}.")));
        if (mx.Records.Count > MaxHosts) findings.Add(new(FindingLevel.Note, $"It has {mx.Records.Count} of them; the first {MaxHosts} are checked."));
        return [.. mx.Records.Select(static host => host.Host).Where(static host => host.Length > 0).Distinct(StringComparer.OrdinalIgnoreCase).Take(MaxHosts)];
    }

    private async Task<(TlsCheckReport? Report, TlsCheckFinding? Fault)> CheckHostAsync(
        Domain domain, string host, bool isSecure, PublishedSts sts, X509Certificate2Collection trusted, bool asksResumption, CancellationToken cancellationToken)
    {
        var found = await published.FindAddressesAsync(host, cancellationToken);
        if (found.State != PublishedState.Found)
            return (null, new TlsCheckFinding(FindingLevel.Fault, $"{host} has no address{(found.Reason is null ? "" : $": {found.Reason}")}."));
        var address = await ChooseAsync(found.Records, cancellationToken);
        var tlsa = await published.FindTlsaAsync(host, port, isSecure, cancellationToken);
        var target = new CheckTarget(host, new IPEndPoint(address, port), "smtp");
        return (await checker.CheckAsync(target, trusted, new CheckPolicies(tlsa, sts, domain.Name), asksResumption, cancellationToken), null);
    }

    // IPv6 comes first, and many a machine that has addresses has no way out by it.
    private async ValueTask<IPAddress> ChooseAsync(IReadOnlyList<IPAddress> addresses, CancellationToken cancellationToken)
    {
        if (addresses.Count == 1) return addresses[0];
        foreach (var address in addresses.OrderByDescending(static one => one.AddressFamily).Take(MaxAddresses))
        {
            using var time = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            time.CancelAfter(Patience);
            try
            {
                var connected = await connector.ConnectAsync(new IPEndPoint(address, port), null, time.Token);
                if (connected.Connection is not { } connection) continue;
                await connection.DisposeAsync();
                return address;
            }
            catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
            {
                // the next one may answer
            }
        }

        return addresses[0];
    }

    private static TlsCheckFinding Clean(TlsCheckFinding finding) => finding with { Text = StrangerText.Clean(finding.Text) };
}
