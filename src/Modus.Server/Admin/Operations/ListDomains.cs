namespace Modus.Server.Admin.Operations;

/// <summary>Lists the domains.</summary>
internal sealed class ListDomains()
    : AdminOperation<NoParameters, DomainRow[]>(
        "domain-list", AdminJson.Default.NoParameters, AdminJson.Default.AdminReplyDomainRowArray)
{
    public override async ValueTask<AdminReply<DomainRow[]>> RunAsync(
        NoParameters request, AdminPorts ports, CancellationToken cancellationToken)
    {
        var domains = await ports.Directory.ListDomainsAsync(cancellationToken);
        return domains.Select(domain => new DomainRow(domain.Name.Name, domain.CatchAll?.ToString())).ToArray();
    }
}
