using Modus.Mail.Addresses;
using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded.Rows;

/// <summary>Domains and aliases, and accounts with what belongs to them.</summary>
internal static class DirectoryRows
{
    private static readonly (string Name, SpecialUse Use)[] FirstMailboxes =
    [
        ("INBOX", SpecialUse.None), ("Drafts", SpecialUse.Drafts), ("Sent", SpecialUse.Sent),
        ("Junk", SpecialUse.Junk), ("Trash", SpecialUse.Trash), ("Archive", SpecialUse.Archive),
    ];

    public static List<LocalDomain> ListDomains(Database database) =>
        database.Of("SELECT name, catch_all FROM domains ORDER BY name").List(ReadDomain);

    public static LocalDomain? FindDomain(Database database, Domain name) =>
        database.Of("SELECT name, catch_all FROM domains WHERE name = ?").With(name.Name).First(ReadDomain);

    public static StoreOutcome AddDomain(Database database, LocalDomain domain) =>
        database.Of("INSERT OR IGNORE INTO domains (name, catch_all) VALUES (?, ?)")
            .With(domain.Name.Name).With(domain.CatchAll?.ToString()).Run() == 1 ? StoreOutcome.Done : StoreOutcome.AlreadyExists;

    public static StoreOutcome SetCatchAll(Database database, Domain name, EmailAddress? catchAll) =>
        database.Of("UPDATE domains SET catch_all = ? WHERE name = ?")
            .With(catchAll?.ToString()).With(name.Name).Run() == 1 ? StoreOutcome.Done : StoreOutcome.NotFound;

    public static StoreOutcome RemoveDomain(Database database, Domain name)
    {
        if (FindDomain(database, name) is null) return StoreOutcome.NotFound;
        var inUse = database.Of("""
            SELECT 1 WHERE EXISTS (SELECT 1 FROM accounts WHERE domain = ?1) OR EXISTS (SELECT 1 FROM aliases WHERE domain = ?1)
            """).With(name.Name).Number();
        if (inUse is not null) return StoreOutcome.NotAllowed;
        database.Of("DELETE FROM domains WHERE name = ?").With(name.Name).Run();
        return StoreOutcome.Done;
    }

    public static StoreResult<Account> AddAccount(WriteScope scope, NewAccount account)
    {
        if (CheckNewAddress(scope.Database, account.Address) is var refusal and not StoreOutcome.Done) return refusal;
        var id = AccountRows.Add(scope.Database, account, scope.Now);
        foreach (var (name, use) in FirstMailboxes)
        {
            MailboxRows.Add(scope, id, MailboxName.Parse(name), use);
            MailboxRows.Subscribe(scope.Database, id, MailboxName.Parse(name));
        }

        return AccountRows.Get(scope.Database, id)!;
    }

    public static StoreOutcome RemoveAccount(WriteScope scope, AccountId account)
    {
        if (AccountRows.Get(scope.Database, account) is null) return StoreOutcome.NotFound;
        foreach (var mailbox in MailboxRows.List(scope.Database, account)) MailboxRows.Remove(scope, mailbox);
        AccountRows.Remove(scope.Database, account);
        return StoreOutcome.Done;
    }

    public static List<AddressAlias> ListAliases(Database database, Domain? domain) =>
        database.Of("SELECT address, targets FROM aliases WHERE ?1 IS NULL OR domain = ?1 ORDER BY key").With(domain?.Name).List(ReadAlias);

    public static AddressAlias? FindAlias(Database database, EmailAddress address) =>
        database.Of("SELECT address, targets FROM aliases WHERE key = ?").With(address.ToLookupKey()).First(ReadAlias);

    public static StoreOutcome AddAlias(Database database, AddressAlias alias)
    {
        if (CheckNewAddress(database, alias.Address) is var refusal and not StoreOutcome.Done) return refusal;
        database.Of("INSERT INTO aliases (key, address, domain, targets) VALUES (?, ?, ?, ?)")
            .With(alias.Address.ToLookupKey()).With(alias.Address.ToString()).With(alias.Address.Domain.Name)
            .With(string.Join('\n', alias.Targets)).Run();
        return StoreOutcome.Done;
    }

    public static StoreOutcome RemoveAlias(Database database, EmailAddress address) =>
        database.Of("DELETE FROM aliases WHERE key = ?").With(address.ToLookupKey()).Run() == 1 ? StoreOutcome.Done : StoreOutcome.NotFound;

    private static StoreOutcome CheckNewAddress(Database database, EmailAddress address)
    {
        if (FindDomain(database, address.Domain) is null) return StoreOutcome.NotFound;
        var isTaken = AccountRows.Find(database, address) is not null || FindAlias(database, address) is not null;
        return isTaken ? StoreOutcome.AlreadyExists : StoreOutcome.Done;
    }

    private static LocalDomain ReadDomain(Statement row) =>
        new(Domain.Parse(row.Text(0)), row.TextOrNull(1) is { } address ? EmailAddress.Parse(address) : null);

    // One address a line: a line end is a control character, which no address holds.
    private static AddressAlias ReadAlias(Statement row) =>
        new(EmailAddress.Parse(row.Text(0)), [.. row.Text(1).Split('\n').Select(EmailAddress.Parse)]);
}
