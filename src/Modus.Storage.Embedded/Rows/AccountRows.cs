using Modus.Mail.Addresses;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Rows;

/// <summary>Accounts.</summary>
internal static class AccountRows
{
    public static Account? Get(Database database, AccountId account) =>
        database.Of("""
            SELECT id, address, salt, iterations, stored_key, server_key, quota, used, enabled, created
            FROM accounts WHERE id = ?
            """).With(account.Value).First(Read);

    public static Account? Find(Database database, EmailAddress address) =>
        database.Of("""
            SELECT id, address, salt, iterations, stored_key, server_key, quota, used, enabled, created
            FROM accounts WHERE key = ?
            """).With(address.ToLookupKey()).First(Read);

    public static List<Account> List(Database database, Domain? domain) =>
        database.Of("""
            SELECT id, address, salt, iterations, stored_key, server_key, quota, used, enabled, created
            FROM accounts WHERE ?1 IS NULL OR domain = ?1 ORDER BY key
            """).With(domain?.Name).List(Read);

    public static AccountId Add(Database database, NewAccount account, DateTimeOffset now) =>
        new(database.Of("""
            INSERT INTO accounts
                (key, address, domain, salt, iterations, stored_key, server_key, quota, used, enabled, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, 0, 1, ?) RETURNING id
            """)
            .With(account.Address.ToLookupKey()).With(account.Address.ToString()).With(account.Address.Domain.Name)
            .With(account.Verifier.Salt.Span).With(account.Verifier.Iterations)
            .With(account.Verifier.StoredKey.Span).With(account.Verifier.ServerKey.Span)
            .With(account.Quota).With(now.ToUnixTimeMilliseconds()).Number() ?? 0);

    public static void Change(Database database, AccountId account, AccountChange change)
    {
        if (change.Verifier is { } verifier)
        {
            database.Of("UPDATE accounts SET salt = ?, iterations = ?, stored_key = ?, server_key = ? WHERE id = ?")
                .With(verifier.Salt.Span).With(verifier.Iterations).With(verifier.StoredKey.Span).With(verifier.ServerKey.Span)
                .With(account.Value).Run();
        }

        if (change.Quota is { } quota)
        {
            database.Of("UPDATE accounts SET quota = ? WHERE id = ?")
                .With(quota == 0 ? null : (long?)quota).With(account.Value).Run();
        }

        if (change.Enabled is { } enabled)
            database.Of("UPDATE accounts SET enabled = ? WHERE id = ?").With(enabled ? 1 : 0).With(account.Value).Run();
    }

    public static void Remove(Database database, AccountId account)
    {
        database.Of("DELETE FROM subscriptions WHERE account = ?").With(account.Value).Run();
        AnnotationRows.RemoveOf(database, account);
        database.Of("DELETE FROM accounts WHERE id = ?").With(account.Value).Run();
    }

    /// <summary>Whether the account's quota lets it take so many more bytes; fewer are always taken.</summary>
    public static bool HasRoom(Database database, AccountId account, long bytes) =>
        bytes <= 0 || Get(database, account) is not { Quota: { } quota } owner || owner.Used + bytes <= quota;

    public static void AddUsed(Database database, AccountId account, long bytes) =>
        database.Of("UPDATE accounts SET used = used + ? WHERE id = ?").With(bytes).With(account.Value).Run();

    /// <summary>Whether what the owner of a mailbox has is more than it may.</summary>
    public static bool IsOverQuota(Database database, MailboxId mailbox) =>
        database.Of("SELECT 1 FROM mailboxes m JOIN accounts a ON a.id = m.account WHERE m.id = ? AND a.used > a.quota")
            .With(mailbox.Value).Number() is not null;

    private static Account Read(Statement row) => new()
    {
        Id = new AccountId(row.Long(0)),
        Address = EmailAddress.Parse(row.Text(1)),
        Verifier = new ScramVerifier(row.Blob(2), row.Int(3), row.Blob(4), row.Blob(5)),
        Quota = row.LongOrNull(6),
        Used = row.Long(7),
        Enabled = row.Bool(8),
        Created = DateTimeOffset.FromUnixTimeMilliseconds(row.Long(9)),
    };
}
