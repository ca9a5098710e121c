using System.Buffers.Binary;
using Modus.Mail.Text;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Search;

/// <summary>What the indexer asks of the mail itself. Each question is a short read, which makes no writer wait.</summary>
internal sealed class IndexedMail(ReaderPool readers, EmbeddedMailStore mail)
{
    /// <summary>The greatest id that an email has had so far.</summary>
    public long LastEmail() =>
        readers.Read(static database => database.Of("SELECT seq FROM sqlite_sequence WHERE name = 'emails'").Number() ?? 0);

    public List<AccountId> Accounts() =>
        readers.Read(static database => database.Of("SELECT id FROM accounts ORDER BY id").List(static row => new AccountId(row.Long(0))));

    public bool Has(AccountId account) =>
        readers.Read(database => database.Of("SELECT 1 FROM accounts WHERE id = ?").With(account.Value).Number() is not null);

    /// <summary>The mailboxes of an account, with the last UID given in each and the messages there.</summary>
    public List<MailboxState> Mailboxes(AccountId account) =>
        readers.Read(database => database.Of("SELECT id, uidnext - 1, messages FROM mailboxes WHERE account = ? ORDER BY id")
            .With(account.Value).List(static row => new MailboxState(new MailboxId(row.Long(0)), row.Long(1), row.Long(2))));

    public List<MessageToIndex> Messages(MailboxId mailbox, long afterUid, int limit) =>
        readers.Read(database => database.Of("""
            SELECT m.uid, m.email, m.content, e.sha256 FROM messages m JOIN emails e ON e.id = m.email
            WHERE m.mailbox = ? AND m.uid > ? ORDER BY m.uid LIMIT ?
            """).With(mailbox.Value).With(afterUid).With(limit)
            .List(static row => new MessageToIndex(row.Long(0), new EmailId(row.Long(1)), new ContentId(row.Long(2)), HashOf(row.Blob(3)))));

    /// <summary>The ids of every email in an account.</summary>
    public HashSet<EmailId> Emails(AccountId account) =>
        readers.Read(database => database.Of("""
            SELECT m.email FROM mailboxes b JOIN messages m ON m.mailbox = b.id WHERE b.account = ?
            """).With(account.Value).List(static row => new EmailId(row.Long(0))).ToHashSet());

    /// <summary>The check of an email's content; null when it is gone.</summary>
    public long? HashOf(EmailId email) =>
        readers.Read(database => database.Of("SELECT sha256 FROM emails WHERE id = ?").With(email.Value)
            .TryFirst(static row => HashOf(row.Blob(0)), out var hash) ? hash : (long?)null);

    /// <summary>The text of a content; null when it is gone.</summary>
    /// <exception cref="InvalidDataException">It is damaged.</exception>
    public MessageText? ReadText(ContentId content)
    {
        // The engine opens and reads without waiting for anything, and the indexer has a thread of its own.
        var reader = mail.OpenContentAsync(content, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        if (reader is null) return null;
        try
        {
            using var stream = new ContentStream(reader);
            return MessageText.Read(stream);
        }
        finally
        {
            reader.DisposeAsync().AsTask().GetAwaiter().GetResult();
        }
    }

    private static long HashOf(byte[] sha256) => BinaryPrimitives.ReadInt64LittleEndian(sha256);
}

/// <param name="Mailbox">The mailbox.</param>
/// <param name="LastUid">The last UID given.</param>
/// <param name="Messages">How many messages there are.</param>
internal readonly record struct MailboxState(MailboxId Mailbox, long LastUid, long Messages);

internal readonly record struct MessageToIndex(long Uid, EmailId Email, ContentId Content, long Hash);
