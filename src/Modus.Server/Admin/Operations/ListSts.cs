using Modus.Delivery.OutboundTls.MtaSts;

namespace Modus.Server.Admin.Operations;

/// <summary>Lists the published policies, of one domain if asked.</summary>
internal sealed class ListSts()
    : AdminOperation<OptionalDomain, StsRow[]>("sts-list", AdminJson.Default.OptionalDomain, AdminJson.Default.AdminReplyStsRowArray)
{
    public override async ValueTask<AdminReply<StsRow[]>> RunAsync(OptionalDomain request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryOptionalDomain(request.Domain, out var domain, out var fault)) return fault;
        var policies = await new OwnStsPolicies(ports.Settings).ListAsync(cancellationToken);
        if (domain is null) return policies.Select(StsRow.From).ToArray();
        var own = policies.Where(policy => policy.Domain == domain).Select(StsRow.From).ToArray();
        return own.Length > 0 ? own : AdminFault.NotFound($"No policy is published for {domain}. `modus sts publish {domain}` does it.");
    }
}
