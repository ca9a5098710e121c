using Modus.Mail.Text;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Search;

/// <summary>An account's index, open for writing. Only the indexer's thread uses it.</summary>
internal sealed class IndexFile(Database database) : IDisposable
{
    /// <summary>The newest email in it, with the check of its content; null when it is empty.</summary>
    public (EmailId Email, long Hash)? Newest() =>
        database.Of("SELECT id, hash FROM emails ORDER BY id DESC LIMIT 1")
            .TryFirst(static row => (new EmailId(row.Long(0)), row.Long(1)), out var newest) ? newest : null;

    public bool Has(EmailId email) => database.Of("SELECT 1 FROM emails WHERE id = ?").With(email.Value).Number() is not null;

    /// <summary>Up to which UID a mailbox is in it.</summary>
    public long LastUid(MailboxId mailbox) =>
        database.Of("SELECT uid FROM mailboxes WHERE id = ?").With(mailbox.Value).Number() ?? 0;

    /// <summary>Does work in a transaction: all of it is there afterwards, or nothing.</summary>
    public void Change(Action work)
    {
        database.Begin();
        try
        {
            work();
            database.Commit();
        }
        catch
        {
            database.Rollback();
            throw;
        }
    }

    public void SetLastUid(MailboxId mailbox, long uid) =>
        database.Of("INSERT INTO mailboxes (id, uid) VALUES (?1, ?2) ON CONFLICT (id) DO UPDATE SET uid = ?2")
            .With(mailbox.Value).With(uid).Run();

    public void Add(EmailId email, long hash, MessageText text)
    {
        database.Of("INSERT INTO emails (id, cut, hash) VALUES (?, ?, ?)")
            .With(email.Value).With(IndexSchema.CutOf(text)).With(hash).Run();
        database.Of("""
            INSERT INTO texts (rowid, subject, sender, recipient, cc, bcc, header, body) VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """)
            .With(email.Value).With(Ended(text.Subject)).With(Ended(text.From)).With(Ended(text.To)).With(Ended(text.Cc))
            .With(Ended(text.Bcc)).With(Ended(text.Header)).With(Ended(text.Body)).Run();
    }

    public void Remove(EmailId email)
    {
        database.Of("DELETE FROM texts WHERE rowid = ?").With(email.Value).Run();
        database.Of("DELETE FROM emails WHERE id = ?").With(email.Value).Run();
    }

    public List<EmailId> Emails() => database.Of("SELECT id FROM emails ORDER BY id").List(static row => new EmailId(row.Long(0)));

    public long Count() => database.Of("SELECT count(*) FROM emails").Number() ?? 0;

    /// <summary>Forgets the mailboxes that are not among these.</summary>
    public void KeepMailboxes(IReadOnlySet<MailboxId> mailboxes)
    {
        foreach (var id in database.Of("SELECT id FROM mailboxes").List(static row => row.Long(0)))
            if (!mailboxes.Contains(new MailboxId(id))) database.Of("DELETE FROM mailboxes WHERE id = ?").With(id).Run();
    }

    public void Dispose() => database.Dispose();

    private static string? Ended(string text) => text.Length == 0 ? null : text + IndexSchema.End;
}
