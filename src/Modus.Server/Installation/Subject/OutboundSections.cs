using Modus.Delivery.Authentication.Dmarc;
using Modus.Delivery.Etrn;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.OutboundTls.MtaSts;
using Modus.Delivery.Remote;
using Modus.Delivery.TlsReports;
using Modus.Mail.Addresses;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Server.Configuration;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Installation.Subject;

/// <summary>Routes.</summary>
internal sealed class RouteSection() : Section<RouteItem>("routes", InstallationJson.Default.RouteItem)
{
    protected override async ValueTask<IEnumerable<RouteItem>> ListAsync(AdminPorts ports, CancellationToken cancellationToken) =>
        (await SetRoute.RoutesOf(ports).ListAsync(cancellationToken)).Select(static route => new RouteItem
        {
            Domain = route.Domain, Hosts = route.Hosts, Level = route.Level, Implicit = route.Implicit, Login = route.Login, PasswordFile = route.PasswordFile,
        });

    protected override string KeyOf(RouteItem item) => item.Domain;

    protected override RouteItem? Normalize(RouteItem item, ItemFaults faults)
    {
        if (SetRoute.FindFault(ToRoute(item), out var name) is not { } fault) return item with { Domain = name };
        faults.Add(fault);
        return null;
    }

    protected override RouteItem? Complete(RouteItem item, RouteItem? present, out string? note)
    {
        note = item.PasswordFile is { } file && !CredentialPath.IsCredential(file) && !File.Exists(file)
            ? $"names the password file {file}, which is not here: its mail waits until it is."
            : null;
        return item;
    }

    protected override IEnumerable<StoreChange> ToChanges(RouteItem? before, RouteItem? after) =>
        [after is null ? RouteTable.ToRemoval(before!.Domain) : RouteTable.ToChange(ToRoute(after))];

    private static MailRoute ToRoute(RouteItem item) => new()
    {
        Domain = item.Domain, Hosts = item.Hosts, Level = item.Level, Implicit = item.Implicit, Login = item.Login, PasswordFile = item.PasswordFile,
    };
}

/// <summary>Who may ask by ETRN.</summary>
internal sealed class EtrnSection() : Section<EtrnItem>("etrn", InstallationJson.Default.EtrnItem)
{
    protected override async ValueTask<IEnumerable<EtrnItem>> ListAsync(AdminPorts ports, CancellationToken cancellationToken) =>
        (await new EtrnGrantStore(ports.Settings).ListAsync(cancellationToken)).Select(From);

    public override int MaxItems => EtrnGrantStore.MaxGrants;

    protected override string KeyOf(EtrnItem item) => item.Node;

    protected override EtrnItem? Normalize(EtrnItem item, ItemFaults faults)
    {
        if (AllowEtrn.TryReadGrant(ToRow(item), out var grant, out var fault)) return From(grant);
        faults.Add(fault);
        return null;
    }

    protected override void Check(EtrnItem item, InstallationState target, ItemFaults faults)
    {
        foreach (var account in item.Accounts)
            if (!target[Sections.Accounts].ContainsKey(EmailAddress.Parse(account).ToLookupKey())) faults.Add("accounts", $"{account} is no account of the installation.");
    }

    protected override IEnumerable<StoreChange> ToChanges(EtrnItem? before, EtrnItem? after)
    {
        if (after is null) return [EtrnGrantStore.ToRemoval(before!.Node)];
        return AllowEtrn.TryReadGrant(ToRow(after), out var grant, out _) ? [EtrnGrantStore.ToChange(grant)] : [];
    }

    private static EtrnRow ToRow(EtrnItem item) => new(item.Node)
    {
        Subdomains = item.Subdomains, Domains = item.Domains, Networks = item.Networks, Keys = item.Keys, Accounts = item.Accounts,
    };

    private static EtrnItem From(EtrnGrant grant) => new()
    {
        Node = grant.Node,
        Subdomains = grant.WithSubdomains,
        Domains = [.. grant.Domains.Select(static domain => domain.Name)],
        Networks = [.. grant.Networks.Select(static network => network.ToString())],
        Keys = grant.Keys,
        Accounts = [.. grant.Accounts.Select(static account => account.ToString())],
    };
}

/// <summary>Published MTA-STS policies.</summary>
internal sealed class StsSection() : Section<StsItem>("sts", InstallationJson.Default.StsItem)
{
    protected override async ValueTask<IEnumerable<StsItem>> ListAsync(AdminPorts ports, CancellationToken cancellationToken) =>
        (await new OwnStsPolicies(ports.Settings).ListAsync(cancellationToken)).Select(From);

    protected override string KeyOf(StsItem item) => item.Domain;

    protected override StsItem? Normalize(StsItem item, ItemFaults faults)
    {
        if (Names.Domain("domain", item.Domain, faults) is not { } domain) return null;
        if (Policy(domain, item, out var wrong) is { } policy) return From(policy);
        faults.Add("", $"is no policy: {wrong}.");
        return null;
    }

    protected override void Check(StsItem item, InstallationState target, ItemFaults faults)
    {
        if (!target.HasDomain(Domain.Parse(item.Domain))) faults.Add("domain", $"{item.Domain} is no domain of the installation.");
    }

    protected override IEnumerable<StoreChange> ToChanges(StsItem? before, StsItem? after)
    {
        var domain = Domain.Parse((after ?? before)!.Domain);
        return [after is null ? OwnStsPolicies.ToRemoval(domain) : OwnStsPolicies.ToChange(Policy(domain, after, out _)!)];
    }

    private static OwnStsPolicy? Policy(Domain domain, StsItem item, out string? wrong) =>
        OwnStsPolicy.TryCreate(domain, item.Mode, item.Mx, TimeSpan.FromSeconds(item.MaxAge), out var policy, out wrong) ? policy : null;

    private static StsItem From(OwnStsPolicy policy) => new()
    {
        Domain = policy.Domain.Name, Mode = policy.Mode, Mx = policy.MxPatterns, MaxAge = (long)policy.MaxAge.TotalSeconds,
    };
}

/// <summary>Where TLS reports come to.</summary>
internal sealed class TlsReportSection() : Section<TlsReportItem>("tlsReports", InstallationJson.Default.TlsReportItem)
{
    protected override async ValueTask<IEnumerable<TlsReportItem>> ListAsync(AdminPorts ports, CancellationToken cancellationToken) =>
        await new TlsReportAddress(ports.Settings).GetAsync(cancellationToken) is { } address ? [new TlsReportItem { Address = address.ToString() }] : [];

    protected override string KeyOf(TlsReportItem item) => "address"; // there is one

    protected override TlsReportItem? Normalize(TlsReportItem item, ItemFaults faults) =>
        Names.Address("address", item.Address, faults) is { } address ? new TlsReportItem { Address = address.ToString() } : null;

    protected override void Check(TlsReportItem item, InstallationState target, ItemFaults faults)
    {
        var domain = EmailAddress.Parse(item.Address).Domain;
        if (!target.HasDomain(domain)) faults.Add("address", $"{domain} is no domain of the installation: reports are read when they are delivered here.");
    }

    protected override IEnumerable<StoreChange> ToChanges(TlsReportItem? before, TlsReportItem? after) =>
        [TlsReportAddress.ToChange(after is null ? null : EmailAddress.Parse(after.Address))];
}

/// <summary>Domains whose DMARC policy is not enforced.</summary>
internal sealed class DmarcExceptionSection() : Section<DmarcExceptionItem>("dmarcExceptions", InstallationJson.Default.DmarcExceptionItem)
{
    protected override async ValueTask<IEnumerable<DmarcExceptionItem>> ListAsync(AdminPorts ports, CancellationToken cancellationToken) =>
        (await new DmarcExceptions(ports.Settings).ListAsync(cancellationToken))
            .Select(static exception => new DmarcExceptionItem { Domain = exception.Domain.Name, Note = exception.Note });

    protected override string KeyOf(DmarcExceptionItem item) => item.Domain;

    protected override DmarcExceptionItem? Normalize(DmarcExceptionItem item, ItemFaults faults) =>
        Names.Domain("domain", item.Domain, faults) is { } domain ? item with { Domain = domain.Name } : null;

    protected override IEnumerable<StoreChange> ToChanges(DmarcExceptionItem? before, DmarcExceptionItem? after)
    {
        var domain = Domain.Parse((after ?? before)!.Domain);
        return [after is null ? DmarcExceptions.ToRemoval(domain) : DmarcExceptions.ToChange(new DmarcException(domain, after.Note))];
    }
}

/// <summary>Pinned keys of next hops. What was met of a hop belongs to it, so a pin is put into the ledger and not into the transaction.</summary>
internal sealed class PinSection() : Section<PinItem>("pins", InstallationJson.Default.PinItem)
{
    private const int Page = 500;

    protected override async ValueTask<IEnumerable<PinItem>> ListAsync(AdminPorts ports, CancellationToken cancellationToken)
    {
        using var own = ports.Ledger is null ? HopNames.NewLedger(ports) : null;
        var ledger = ports.Ledger ?? own!;
        var items = new List<PinItem>();
        string? after = null;
        while (true)
        {
            var page = await ledger.ListAsync("", after, Page, cancellationToken);
            items.AddRange(page.Where(static hop => hop.PinnedKey is not null).Select(static hop => new PinItem { Host = hop.Hop, Key = hop.PinnedKey! }));
            if (page.Count < Page) return items;
            after = page[^1].Hop;
        }
    }

    protected override string KeyOf(PinItem item) => item.Host;

    protected override PinItem? Normalize(PinItem item, ItemFaults faults)
    {
        if (!HopNames.TryRead(item.Host, out var host, out var port, out var fault)) faults.Add("host", fault.Text);
        var key = item.Key.ToLowerInvariant();
        if (!KeyPin.IsValid(key)) faults.Add("key", $"'{item.Key}' is no key: write SHA-256 of its SubjectPublicKeyInfo, {KeyPin.Length} digits in hex.");
        return fault is null && KeyPin.IsValid(key) ? new PinItem { Host = HopKey.Of(host, port), Key = key } : null;
    }

    public override ValueTask<string?> BeforeAsync(ItemChange change, AdminPorts ports, CancellationToken cancellationToken) =>
        change.After is PinItem pin ? PinAsync(pin.Host, pin.Key, ports, cancellationToken) : ValueTask.FromResult<string?>(null);

    public override ValueTask<string?> AfterAsync(ItemChange change, AdminPorts ports, CancellationToken cancellationToken) =>
        change.After is null ? PinAsync(change.Key, null, ports, cancellationToken) : ValueTask.FromResult<string?>(null);

    private static async ValueTask<string?> PinAsync(string host, string? key, AdminPorts ports, CancellationToken cancellationToken)
    {
        using var own = ports.Ledger is null ? HopNames.NewLedger(ports) : null;
        var outcome = await (ports.Ledger ?? own!).PinAsync(host, key, cancellationToken);
        return outcome == StoreOutcome.Done ? null : $"{host} cannot be pinned ({outcome}).";
    }
}
