using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded.Rows;

/// <summary>Mailboxes and subscriptions.</summary>
internal static class MailboxRows
{
    public static Mailbox? Get(Database database, MailboxId mailbox) =>
        database.Of("""
            SELECT id, account, name, special_use, uidvalidity, uidnext, highestmodseq, messages, unseen, deleted, size,
                   first_recent, recent, EXISTS (SELECT 1 FROM subscriptions s WHERE s.account = m.account AND s.name = m.name)
            FROM mailboxes m WHERE id = ?
            """).With(mailbox.Value).First(Read);

    public static Mailbox? Find(Database database, AccountId account, MailboxName name) =>
        database.Of("""
            SELECT id, account, name, special_use, uidvalidity, uidnext, highestmodseq, messages, unseen, deleted, size,
                   first_recent, recent, EXISTS (SELECT 1 FROM subscriptions s WHERE s.account = m.account AND s.name = m.name)
            FROM mailboxes m WHERE account = ? AND name = ?
            """).With(account.Value).With(name.Value).First(Read);

    public static List<Mailbox> List(Database database, AccountId account) =>
        database.Of("""
            SELECT id, account, name, special_use, uidvalidity, uidnext, highestmodseq, messages, unseen, deleted, size,
                   first_recent, recent, EXISTS (SELECT 1 FROM subscriptions s WHERE s.account = m.account AND s.name = m.name)
            FROM mailboxes m WHERE account = ? ORDER BY name <> 'INBOX', name
            """).With(account.Value).List(Read);

    /// <summary>Adds a mailbox with the next UIDVALIDITY of the store.</summary>
    public static MailboxId Add(WriteScope scope, AccountId account, MailboxName name, SpecialUse use)
    {
        var validity = scope.Database.Of("UPDATE counters SET value = value + 1 WHERE name = 'uidvalidity' RETURNING value").Number() ?? 0;
        var id = scope.Database.Of("""
            INSERT INTO mailboxes
                (account, name, special_use, uidvalidity, uidnext, highestmodseq, messages, unseen, deleted, size)
            VALUES (?, ?, ?, ?, 1, 1, 0, 0, 0, 0) RETURNING id
            """).With(account.Value).With(name.Value).With((int)use).With(validity).Number() ?? 0;
        scope.Note(new MailboxChange(account, new MailboxId(id), MailboxChangeKind.Created, new ModSeq(1)));
        return new MailboxId(id);
    }

    /// <summary>Adds those superiors of a name that are not there.</summary>
    public static void AddSuperiors(WriteScope scope, AccountId account, MailboxName name)
    {
        for (var i = name.Value.IndexOf(MailboxName.Separator); i >= 0; i = name.Value.IndexOf(MailboxName.Separator, i + 1))
        {
            var superior = MailboxName.Parse(name.Value[..i]);
            if (Find(scope.Database, account, superior) is null) Add(scope, account, superior, SpecialUse.None);
        }
    }

    public static void Rename(WriteScope scope, Mailbox mailbox, MailboxName name, MailboxChangeKind kind = MailboxChangeKind.Renamed)
    {
        scope.Database.Of("UPDATE mailboxes SET name = ? WHERE id = ?").With(name.Value).With(mailbox.Id.Value).Run();
        scope.Note(new MailboxChange(mailbox.Account, mailbox.Id, kind, mailbox.HighestModSeq, mailbox.Name));
    }

    /// <summary>Removes a mailbox with its messages.</summary>
    public static void Remove(WriteScope scope, Mailbox mailbox)
    {
        var database = scope.Database;
        var contents = database.Of("SELECT content FROM messages WHERE mailbox = ?").With(mailbox.Id.Value)
            .List(static row => new ContentId(row.Long(0)));
        foreach (var content in contents) ContentRows.Release(scope, content);
        database.Of("DELETE FROM messages WHERE mailbox = ?").With(mailbox.Id.Value).Run();
        database.Of("DELETE FROM expunged WHERE mailbox = ?").With(mailbox.Id.Value).Run();
        database.Of("DELETE FROM keywords WHERE mailbox = ?").With(mailbox.Id.Value).Run();
        AnnotationRows.RemoveOf(database, mailbox);
        database.Of("DELETE FROM mailboxes WHERE id = ?").With(mailbox.Id.Value).Run();
        AccountRows.AddUsed(database, mailbox.Account, -mailbox.Size);
        scope.Note(new MailboxChange(mailbox.Account, mailbox.Id, MailboxChangeKind.Deleted, mailbox.HighestModSeq, mailbox.Name));
    }

    public static long Count(Database database, AccountId account) =>
        database.Of("SELECT COUNT(*) FROM mailboxes WHERE account = ?").With(account.Value).Number() ?? 0;

    /// <summary>Takes what is \Recent: nothing that is there now is so any more.</summary>
    public static RecentUids TakeRecent(Database database, Mailbox mailbox)
    {
        database.Of("UPDATE mailboxes SET first_recent = uidnext, recent = 0 WHERE id = ?").With(mailbox.Id.Value).Run();
        return new RecentUids(mailbox.FirstRecent, mailbox.UidNext);
    }

    /// <summary>Takes the next MODSEQ of a mailbox.</summary>
    public static ModSeq NextModSeq(Database database, MailboxId mailbox) =>
        new(database.Of("UPDATE mailboxes SET highestmodseq = highestmodseq + 1 WHERE id = ? RETURNING highestmodseq")
            .With(mailbox.Value).Number() ?? 0);

    public static void Subscribe(Database database, AccountId account, MailboxName name) =>
        database.Of("INSERT OR IGNORE INTO subscriptions (account, name) VALUES (?, ?)").With(account.Value).With(name.Value).Run();

    public static void Unsubscribe(Database database, AccountId account, MailboxName name) =>
        database.Of("DELETE FROM subscriptions WHERE account = ? AND name = ?").With(account.Value).With(name.Value).Run();

    public static long CountSubscriptions(Database database, AccountId account) =>
        database.Of("SELECT COUNT(*) FROM subscriptions WHERE account = ?").With(account.Value).Number() ?? 0;

    public static List<MailboxName> ListSubscriptions(Database database, AccountId account) =>
        database.Of("SELECT name FROM subscriptions WHERE account = ? ORDER BY name <> 'INBOX', name").With(account.Value)
            .List(static row => MailboxName.Parse(row.Text(0)));

    private static Mailbox Read(Statement row) => new()
    {
        Id = new MailboxId(row.Long(0)),
        Account = new AccountId(row.Long(1)),
        Name = MailboxName.Parse(row.Text(2)),
        SpecialUse = (SpecialUse)row.Int(3),
        UidValidity = new UidValidity((uint)row.Long(4)),
        UidNext = new Uid((uint)row.Long(5)),
        HighestModSeq = new ModSeq(row.Long(6)),
        Messages = row.Long(7),
        Unseen = row.Long(8),
        Deleted = row.Long(9),
        Size = row.Long(10),
        FirstRecent = new Uid((uint)row.Long(11)),
        Recent = row.Long(12),
        Subscribed = row.Bool(13),
    };
}
