using Modus.Mail.Addresses;
using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>Domains, accounts and aliases.</summary>
internal sealed class EmbeddedDirectory(ReaderPool readers, Writer writer) : IDirectory
{
    private static readonly (string Name, SpecialUse Use)[] FirstMailboxes =
    [
        ("INBOX", SpecialUse.None), ("Drafts", SpecialUse.Drafts), ("Sent", SpecialUse.Sent),
        ("Junk", SpecialUse.Junk), ("Trash", SpecialUse.Trash), ("Archive", SpecialUse.Archive),
    ];

    public ValueTask<IReadOnlyList<LocalDomain>> ListDomainsAsync(CancellationToken cancellationToken) =>
        new(readers.Read(static IReadOnlyList<LocalDomain> (database) =>
            database.Of("SELECT name, catch_all FROM domains ORDER BY name").List(ReadDomain)));

    public ValueTask<LocalDomain?> FindDomainAsync(Domain name, CancellationToken cancellationToken) =>
        new(readers.Read(database => FindDomain(database, name)));

    public ValueTask<StoreOutcome> AddDomainAsync(LocalDomain domain, CancellationToken cancellationToken) =>
        writer.WriteAsync(
            scope => scope.Database.Of("INSERT OR IGNORE INTO domains (name, catch_all) VALUES (?, ?)")
                .With(domain.Name.Name).With(domain.CatchAll?.ToString()).Run() == 1 ? StoreOutcome.Done : StoreOutcome.AlreadyExists,
            cancellationToken);

    public ValueTask<StoreOutcome> SetCatchAllAsync(Domain name, EmailAddress? catchAll, CancellationToken cancellationToken) =>
        writer.WriteAsync(
            scope => scope.Database.Of("UPDATE domains SET catch_all = ? WHERE name = ?")
                .With(catchAll?.ToString()).With(name.Name).Run() == 1 ? StoreOutcome.Done : StoreOutcome.NotFound,
            cancellationToken);

    public ValueTask<StoreOutcome> RemoveDomainAsync(Domain name, CancellationToken cancellationToken) =>
        writer.WriteAsync(
            scope =>
            {
                if (FindDomain(scope.Database, name) is null) return StoreOutcome.NotFound;
                var inUse = scope.Database.Of("""
                    SELECT 1 WHERE EXISTS (SELECT 1 FROM accounts WHERE domain = ?1) OR EXISTS (SELECT 1 FROM aliases WHERE domain = ?1)
                    """).With(name.Name).Number();
                if (inUse is not null) return StoreOutcome.NotAllowed;
                scope.Database.Of("DELETE FROM domains WHERE name = ?").With(name.Name).Run();
                return StoreOutcome.Done;
            },
            cancellationToken);

    public ValueTask<IReadOnlyList<Account>> ListAccountsAsync(Domain? domain, CancellationToken cancellationToken) =>
        new(readers.Read(IReadOnlyList<Account> (database) => AccountRows.List(database, domain)));

    public ValueTask<Account?> FindAccountAsync(EmailAddress address, CancellationToken cancellationToken) =>
        new(readers.Read(database => AccountRows.Find(database, address)));

    public ValueTask<Account?> GetAccountAsync(AccountId account, CancellationToken cancellationToken) =>
        new(readers.Read(database => AccountRows.Get(database, account)));

    public ValueTask<StoreResult<Account>> AddAccountAsync(NewAccount account, CancellationToken cancellationToken) =>
        writer.WriteAsync<Account>(
            scope =>
            {
                if (CheckNewAddress(scope.Database, account.Address) is var refusal and not StoreOutcome.Done) return refusal;
                var id = AccountRows.Add(scope.Database, account, scope.Now);
                foreach (var (name, use) in FirstMailboxes)
                {
                    MailboxRows.Add(scope, id, MailboxName.Parse(name), use);
                    MailboxRows.Subscribe(scope.Database, id, MailboxName.Parse(name));
                }

                return AccountRows.Get(scope.Database, id)!;
            },
            cancellationToken);

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
        writer.WriteAsync(
            scope =>
            {
                if (AccountRows.Get(scope.Database, account) is null) return StoreOutcome.NotFound;
                foreach (var mailbox in MailboxRows.List(scope.Database, account)) MailboxRows.Remove(scope, mailbox);
                AccountRows.Remove(scope.Database, account);
                return StoreOutcome.Done;
            },
            cancellationToken);

    public ValueTask<IReadOnlyList<AddressAlias>> ListAliasesAsync(Domain? domain, CancellationToken cancellationToken) =>
        new(readers.Read(IReadOnlyList<AddressAlias> (database) =>
            database.Of("SELECT address, targets FROM aliases WHERE ?1 IS NULL OR domain = ?1 ORDER BY key")
                .With(domain?.Name).List(ReadAlias)));

    public ValueTask<AddressAlias?> FindAliasAsync(EmailAddress address, CancellationToken cancellationToken) =>
        new(readers.Read(database => FindAlias(database, address)));

    public ValueTask<StoreOutcome> AddAliasAsync(AddressAlias alias, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(alias);
        if (alias.Targets.Count == 0) throw new ArgumentException("an alias needs a target", nameof(alias));
        return writer.WriteAsync(
            scope =>
            {
                if (CheckNewAddress(scope.Database, alias.Address) is var refusal and not StoreOutcome.Done) return refusal;
                scope.Database.Of("INSERT INTO aliases (key, address, domain, targets) VALUES (?, ?, ?, ?)")
                    .With(alias.Address.ToLookupKey()).With(alias.Address.ToString()).With(alias.Address.Domain.Name)
                    .With(string.Join('\n', alias.Targets)).Run();
                return StoreOutcome.Done;
            },
            cancellationToken);
    }

    public ValueTask<StoreOutcome> RemoveAliasAsync(EmailAddress address, CancellationToken cancellationToken) =>
        writer.WriteAsync(
            scope => scope.Database.Of("DELETE FROM aliases WHERE key = ?").With(address.ToLookupKey()).Run() == 1
                ? StoreOutcome.Done : StoreOutcome.NotFound,
            cancellationToken);

    private static StoreOutcome CheckNewAddress(Database database, EmailAddress address)
    {
        if (FindDomain(database, address.Domain) is null) return StoreOutcome.NotFound;
        var isTaken = AccountRows.Find(database, address) is not null || FindAlias(database, address) is not null;
        return isTaken ? StoreOutcome.AlreadyExists : StoreOutcome.Done;
    }

    private static LocalDomain? FindDomain(Database database, Domain name) =>
        database.Of("SELECT name, catch_all FROM domains WHERE name = ?").With(name.Name).First(ReadDomain);

    private static AddressAlias? FindAlias(Database database, EmailAddress address) =>
        database.Of("SELECT address, targets FROM aliases WHERE key = ?").With(address.ToLookupKey()).First(ReadAlias);

    private static LocalDomain ReadDomain(Statement row) =>
        new(Domain.Parse(row.Text(0)), row.TextOrNull(1) is { } address ? EmailAddress.Parse(address) : null);

    // One address a line: a line end is a control character, which no address holds.
    private static AddressAlias ReadAlias(Statement row) =>
        new(EmailAddress.Parse(row.Text(0)), [.. row.Text(1).Split('\n').Select(EmailAddress.Parse)]);
}
