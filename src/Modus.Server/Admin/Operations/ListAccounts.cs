namespace Modus.Server.Admin.Operations;

/// <summary>Lists the accounts, of one domain if asked.</summary>
internal sealed class ListAccounts()
    : AdminOperation<OptionalDomain, AccountRow[]>(
        "account-list", AdminJson.Default.OptionalDomain, AdminJson.Default.AdminReplyAccountRowArray)
{
    public override async ValueTask<AdminReply<AccountRow[]>> RunAsync(
        OptionalDomain request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryOptionalDomain(request.Domain, out var domain, out var fault)) return fault;
        if (domain is { } named && await ports.Directory.FindDomainAsync(named, cancellationToken) is null)
            return AdminFault.NotFound($"{named} is no domain of this server. `modus domain list` shows those that are.");
        var accounts = await ports.Directory.ListAccountsAsync(domain, cancellationToken);
        return accounts
            .Select(account => new AccountRow(
                account.Address.ToString(), account.Enabled, account.Quota, account.Used, account.Created))
            .ToArray();
    }
}
