using Modus.Mail.Addresses;
using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>Domains, accounts and aliases.</summary>
internal sealed class EmbeddedDirectory(ReaderPool readers, Writer writer) : IDirectory
{
    public ValueTask<IReadOnlyList<LocalDomain>> ListDomainsAsync(CancellationToken cancellationToken) =>
        new(readers.Read(static IReadOnlyList<LocalDomain> (database) => DirectoryRows.ListDomains(database)));

    public ValueTask<LocalDomain?> FindDomainAsync(Domain name, CancellationToken cancellationToken) =>
        new(readers.Read(database => DirectoryRows.FindDomain(database, name)));

    public ValueTask<StoreOutcome> AddDomainAsync(LocalDomain domain, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => DirectoryRows.AddDomain(scope.Database, domain), cancellationToken);

    public ValueTask<StoreOutcome> SetCatchAllAsync(Domain name, EmailAddress? catchAll, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => DirectoryRows.SetCatchAll(scope.Database, name, catchAll), cancellationToken);

    public ValueTask<StoreOutcome> RemoveDomainAsync(Domain name, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => DirectoryRows.RemoveDomain(scope.Database, name), cancellationToken);

    public ValueTask<IReadOnlyList<Account>> ListAccountsAsync(Domain? domain, CancellationToken cancellationToken) =>
        new(readers.Read(IReadOnlyList<Account> (database) => AccountRows.List(database, domain)));

    public ValueTask<Account?> FindAccountAsync(EmailAddress address, CancellationToken cancellationToken) =>
        new(readers.Read(database => AccountRows.Find(database, address)));

    public ValueTask<Account?> GetAccountAsync(AccountId account, CancellationToken cancellationToken) =>
        new(readers.Read(database => AccountRows.Get(database, account)));

    public ValueTask<StoreResult<Account>> AddAccountAsync(NewAccount account, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => DirectoryRows.AddAccount(scope, account), cancellationToken);

    public ValueTask<StoreOutcome> ChangeAccountAsync(AccountId account, AccountChange change, CancellationToken cancellationToken) =>
        writer.WriteAsync(
            scope =>
            {
                if (AccountRows.Get(scope.Database, account) is null) return StoreOutcome.NotFound;
                AccountRows.Change(scope.Database, account, change);
                return StoreOutcome.Done;
            },
            cancellationToken);

    public ValueTask<StoreOutcome> RemoveAccountAsync(AccountId account, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => DirectoryRows.RemoveAccount(scope, account), cancellationToken);

    public ValueTask<IReadOnlyList<AddressAlias>> ListAliasesAsync(Domain? domain, CancellationToken cancellationToken) =>
        new(readers.Read(IReadOnlyList<AddressAlias> (database) => DirectoryRows.ListAliases(database, domain)));

    public ValueTask<AddressAlias?> FindAliasAsync(EmailAddress address, CancellationToken cancellationToken) =>
        new(readers.Read(database => DirectoryRows.FindAlias(database, address)));

    public ValueTask<StoreOutcome> AddAliasAsync(AddressAlias alias, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(alias);
        if (alias.Targets.Count == 0) throw new ArgumentException("an alias needs a target", nameof(alias));
        return writer.WriteAsync(scope => DirectoryRows.AddAlias(scope.Database, alias), cancellationToken);
    }

    public ValueTask<StoreOutcome> RemoveAliasAsync(EmailAddress address, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => DirectoryRows.RemoveAlias(scope.Database, address), cancellationToken);
}
