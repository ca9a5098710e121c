using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded.Rows;

/// <summary>Messages in mailboxes, and the memory of those that are gone. Counters move in the same statement group.</summary>
internal static class MessageRows
{
    public static List<MailboxMessage> List(Database database, MailboxId mailbox, UidRange uids, int limit) =>
        database.Of("""
            SELECT uid, email, content, flags, keywords, modseq, internal_seconds, internal_offset_minutes, saved, size
            FROM messages WHERE mailbox = ? AND uid BETWEEN ? AND ? ORDER BY uid LIMIT ?
            """).With(mailbox.Value).With(uids.First.Value).With(uids.Last.Value).With(limit).List(Read);

    // The index by MODSEQ makes the question cost what changed, not what is there.
    public static List<MailboxMessage> ListChanged(Database database, MailboxId mailbox, UidRange uids, ModSeq since, int limit) =>
        database.Of("""
            SELECT uid, email, content, flags, keywords, modseq, internal_seconds, internal_offset_minutes, saved, size
            FROM messages INDEXED BY messages_by_modseq
            WHERE mailbox = ? AND modseq > ? AND uid BETWEEN ? AND ? ORDER BY uid LIMIT ?
            """).With(mailbox.Value).With(since.Value).With(uids.First.Value).With(uids.Last.Value).With(limit).List(Read);

    public static MailboxMessage? Get(Database database, MailboxId mailbox, Uid uid) =>
        database.Of("""
            SELECT uid, email, content, flags, keywords, modseq, internal_seconds, internal_offset_minutes, saved, size
            FROM messages WHERE mailbox = ? AND uid = ?
            """).With(mailbox.Value).With(uid.Value).First(Read);

    /// <summary>The UIDs that are there from one on, as runs: a million rows make one of them when no hole is between.</summary>
    public static List<UidRange> ListRuns(Database database, MailboxId mailbox, Uid from)
    {
        var runs = new List<UidRange>();
        database.Of("SELECT uid FROM messages WHERE mailbox = ? AND uid >= ? ORDER BY uid").With(mailbox.Value).With(from.Value)
            .Each(row =>
            {
                var uid = new Uid((uint)row.Long(0));
                if (runs.Count > 0 && runs[^1].Last.Value == uid.Value - 1) runs[^1] = runs[^1] with { Last = uid };
                else runs.Add(new UidRange(uid, uid));
                return true;
            });
        return runs;
    }

    /// <summary>Every UID that went, in no order.</summary>
    public static List<Uid> ListExpungedUids(Database database, MailboxId mailbox) =>
        database.Of("SELECT uid FROM expunged WHERE mailbox = ?").With(mailbox.Value).List(static row => new Uid((uint)row.Long(0)));

    public static List<ExpungedMessage> ListExpunged(Database database, MailboxId mailbox, ModSeq since) =>
        database.Of("SELECT uid, modseq FROM expunged WHERE mailbox = ? AND modseq > ? ORDER BY uid")
            .With(mailbox.Value).With(since.Value)
            .List(static row => new ExpungedMessage(new Uid((uint)row.Long(0)), new ModSeq(row.Long(1))));

    /// <summary>Adds a message; its UID and MODSEQ are the mailbox's next.</summary>
    /// <returns>Done with where it is; NotFound (the mailbox), NotAllowed (no UID left), or TooMany (keywords).</returns>
    public static StoreResult<StoredMessage> Add(WriteScope scope, MailboxId mailbox, NewMessage message)
    {
        var database = scope.Database;
        if (!database.Of("""
            UPDATE mailboxes SET uidnext = uidnext + 1, highestmodseq = highestmodseq + 1, messages = messages + 1, recent = recent + 1,
                   unseen = unseen + ?2, deleted = deleted + ?3, size = size + ?4
            WHERE id = ?1 AND uidnext < 4294967295 RETURNING account, uidvalidity, uidnext - 1, highestmodseq
            """).With(mailbox.Value).With(Unseen(message.Flags)).With(Deleted(message.Flags)).With(message.Size)
            .TryFirst(
                row => (Account: row.Long(0), Stored: new StoredMessage(
                    mailbox, new UidValidity((uint)row.Long(1)), new Uid((uint)row.Long(2)), new ModSeq(row.Long(3)))),
                out var place))
            return MailboxRows.Get(database, mailbox) is null ? StoreOutcome.NotFound : StoreOutcome.NotAllowed;
        if (KeywordRows.Join(database, mailbox, message.Keywords) is not { } keywords) return StoreOutcome.TooMany;

        database.Of("""
            INSERT INTO messages (mailbox, uid, email, content, flags, keywords, modseq,
                                  internal_seconds, internal_offset_minutes, saved, size)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """)
            .With(mailbox.Value).With(place.Stored.Uid.Value).With(message.Email.Value).With(message.Content.Value)
            .With((int)message.Flags).With(keywords).With(place.Stored.ModSeq.Value)
            .With(message.InternalDate.ToUnixTimeSeconds()).With((long)message.InternalDate.Offset.TotalMinutes)
            .With(scope.Now.ToUnixTimeMilliseconds()).With(message.Size).Run();
        AccountRows.AddUsed(database, new AccountId(place.Account), message.Size);
        scope.Note(new MailboxChange(new AccountId(place.Account), mailbox, MailboxChangeKind.Added, place.Stored.ModSeq));
        return place.Stored;
    }

    /// <summary>Gives a message other flags and a new MODSEQ.</summary>
    public static void SetFlags(
        Database database, MailboxId mailbox, MailboxMessage message, MessageFlags flags, string keywords, ModSeq modSeq)
    {
        database.Of("UPDATE messages SET flags = ?, keywords = ?, modseq = ? WHERE mailbox = ? AND uid = ?")
            .With((int)flags).With(keywords).With(modSeq.Value).With(mailbox.Value).With(message.Uid.Value).Run();
        database.Of("UPDATE mailboxes SET unseen = unseen + ?, deleted = deleted + ? WHERE id = ?")
            .With(Unseen(flags) - Unseen(message.Flags)).With(Deleted(flags) - Deleted(message.Flags)).With(mailbox.Value).Run();
    }

    /// <summary>Takes a message out of its mailbox and remembers its UID. The content's reference is the caller's to release.</summary>
    public static ExpungedMessage Remove(Database database, Mailbox mailbox, MailboxMessage message, ModSeq modSeq)
    {
        database.Of("DELETE FROM messages WHERE mailbox = ? AND uid = ?").With(mailbox.Id.Value).With(message.Uid.Value).Run();
        database.Of("INSERT INTO expunged (mailbox, modseq, uid) VALUES (?, ?, ?)")
            .With(mailbox.Id.Value).With(modSeq.Value).With(message.Uid.Value).Run();
        database.Of("""
            UPDATE mailboxes SET messages = messages - 1, recent = recent - (?2 >= first_recent),
                   unseen = unseen - ?3, deleted = deleted - ?4, size = size - ?5
            WHERE id = ?1
            """)
            .With(mailbox.Id.Value).With(message.Uid.Value)
            .With(Unseen(message.Flags)).With(Deleted(message.Flags)).With(message.Size).Run();
        AccountRows.AddUsed(database, mailbox.Account, -message.Size);
        return new ExpungedMessage(message.Uid, modSeq);
    }

    private static long Unseen(MessageFlags flags) => (flags & MessageFlags.Seen) == 0 ? 1 : 0;

    private static long Deleted(MessageFlags flags) => (flags & MessageFlags.Deleted) == 0 ? 0 : 1;

    private static MailboxMessage Read(Statement row) => new()
    {
        Uid = new Uid((uint)row.Long(0)),
        Email = new EmailId(row.Long(1)),
        Content = new ContentId(row.Long(2)),
        Flags = (MessageFlags)row.Int(3),
        Keywords = KeywordRows.Split(row.Text(4)),
        ModSeq = new ModSeq(row.Long(5)),
        InternalDate = DateTimeOffset.FromUnixTimeSeconds(row.Long(6)).ToOffset(TimeSpan.FromMinutes(row.Long(7))),
        SaveDate = DateTimeOffset.FromUnixTimeMilliseconds(row.Long(8)),
        Size = row.Long(9),
    };
}

/// <summary>A message to add to a mailbox.</summary>
internal readonly record struct NewMessage(
    EmailId Email, ContentId Content, long Size, DateTimeOffset InternalDate, MessageFlags Flags, IReadOnlyList<string> Keywords);
