using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Rows;

/// <summary>Annotations; mailbox 0 stands for the account itself.</summary>
internal static class AnnotationRows
{
    public static List<Annotation> List(Database database, AccountId account, MailboxId mailbox) =>
        database.Of("SELECT name, value FROM annotations WHERE account = ? AND mailbox = ? ORDER BY key")
            .With(account.Value).With(mailbox.Value).List(static row => new Annotation(row.Text(0), row.Blob(1)));

    public static long Count(Database database, AccountId account, MailboxId mailbox) =>
        database.Of("SELECT COUNT(*) FROM annotations WHERE account = ? AND mailbox = ?")
            .With(account.Value).With(mailbox.Value).Number() ?? 0;

    /// <summary>Sets an annotation; removes it when it has no value.</summary>
    public static void Set(Database database, AccountId account, MailboxId mailbox, Annotation annotation)
    {
        var key = annotation.Entry.ToLowerInvariant();
        if (annotation.Value is not { } value)
        {
            database.Of("DELETE FROM annotations WHERE account = ? AND mailbox = ? AND key = ?")
                .With(account.Value).With(mailbox.Value).With(key).Run();
            return;
        }

        database.Of("""
            INSERT INTO annotations (account, mailbox, key, name, value) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (account, mailbox, key) DO UPDATE SET value = excluded.value
            """).With(account.Value).With(mailbox.Value).With(key).With(annotation.Entry).With(value.Span).Run();
    }

    public static void RemoveOf(Database database, Mailbox mailbox) =>
        database.Of("DELETE FROM annotations WHERE account = ? AND mailbox = ?")
            .With(mailbox.Account.Value).With(mailbox.Id.Value).Run();

    public static void RemoveOf(Database database, AccountId account) =>
        database.Of("DELETE FROM annotations WHERE account = ?").With(account.Value).Run();
}
