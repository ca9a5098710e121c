using System.Net;
using Modus.Delivery.Etrn;
using Modus.Mail.Addresses;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>Says who may ask for the mail of a domain by ETRN.</summary>
internal sealed class AllowEtrn() : AdminOperation<EtrnGrant, Done>("etrn-allow", AdminJson.Default.EtrnGrant, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(EtrnGrant request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryDomain(request.Domain, out var domain, out var fault)) return fault;
        var faults = request.Networks.Where(static text => !IsNetwork(text)).Select(static text => $"'{text}' is no address: write 192.0.2.1 or 192.0.2.0/24.")
            .Concat(request.Keys.Where(static key => !KeyPin.IsValid(key)).Select(static key => $"'{key}' is no key: write SHA-256 of its SubjectPublicKeyInfo, {KeyPin.Length} hex digits."))
            .Concat(request.Accounts.Where(static text => !EmailAddress.TryParse(text, out _)).Select(static text => $"'{text}' is no account."))
            .ToList();
        if (request.Networks.Count + request.Keys.Count + request.Accounts.Count == 0) faults.Add("Say who may: --network, --key or --account.");
        if (faults.Count > 0) return AdminFault.Invalid(string.Join(Environment.NewLine, faults));
        var outcome = await new EtrnGrants(ports.Settings, TimeProvider.System).SetAsync(request with { Domain = domain.Name }, "modus", cancellationToken);
        return outcome == StoreOutcome.Done
            ? new Done($"Mail for {domain} and the domains below it may be asked for by ETRN. A running server knows within 5 seconds.")
            : AdminFault.From(outcome, $"The grant of {domain}");
    }

    private static bool IsNetwork(string text) => text.Contains('/', StringComparison.Ordinal) ? IPNetwork.TryParse(text, out _) : IPAddress.TryParse(text, out _);
}

/// <summary>Lets nobody ask for the mail of a domain any more.</summary>
internal sealed class DenyEtrn() : AdminOperation<DomainName, Done>("etrn-deny", AdminJson.Default.DomainName, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(DomainName request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryDomain(request.Name, out var domain, out var fault)) return fault;
        var outcome = await new EtrnGrants(ports.Settings, TimeProvider.System).RemoveAsync(domain, "modus", cancellationToken);
        return outcome == StoreOutcome.Done ? new Done($"Nobody may ask for the mail of {domain} any more.") : AdminFault.From(outcome, $"The grant of {domain}");
    }
}

/// <summary>Lists who may ask for what.</summary>
internal sealed class ListEtrn() : AdminOperation<NoParameters, EtrnGrant[]>("etrn-list", AdminJson.Default.NoParameters, AdminJson.Default.AdminReplyEtrnGrantArray)
{
    public override async ValueTask<AdminReply<EtrnGrant[]>> RunAsync(NoParameters request, AdminPorts ports, CancellationToken cancellationToken) =>
        (await new EtrnGrants(ports.Settings, TimeProvider.System).ListAsync(cancellationToken)).ToArray();
}
