namespace Modus.Server.Admin.Operations;

/// <summary>Lists the aliases, of one domain if asked.</summary>
internal sealed class ListAliases()
    : AdminOperation<OptionalDomain, AliasRow[]>(
        "alias-list", AdminJson.Default.OptionalDomain, AdminJson.Default.AdminReplyAliasRowArray)
{
    public override async ValueTask<AdminReply<AliasRow[]>> RunAsync(
        OptionalDomain request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryOptionalDomain(request.Domain, out var domain, out var fault)) return fault;
        if (domain is { } named && await ports.Directory.FindDomainAsync(named, cancellationToken) is null)
            return AdminFault.NotFound($"{named} is no domain of this server. `modus domain list` shows those that are.");
        var aliases = await ports.Directory.ListAliasesAsync(domain, cancellationToken);
        return aliases
            .Select(alias => new AliasRow(alias.Address.ToString(), [.. alias.Targets.Select(target => target.ToString())]))
            .ToArray();
    }
}
