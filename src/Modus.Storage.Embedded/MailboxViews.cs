using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded;

/// <summary>
/// Mailboxes with the UIDs in them. A map that is known is brought up to date from what changed since; else it is what was
/// ever given less what was expunged, or what is there, whichever is less to read. Thread-safe.
/// </summary>
internal sealed class MailboxViews(ReaderPool readers, UidMapCache cache)
{
    public MailboxView? Open(MailboxId id)
    {
        // Before the snapshot, so that the entry is never newer than it: a snapshot sees every commit that ended before it began.
        var known = cache.Find(id);
        return readers.Snapshot(database =>
        {
            if (MailboxRows.Get(database, id) is not { } mailbox) return null;
            var uids = Follow(database, mailbox, known) ?? Subtract(database, mailbox) ?? Scan(database, mailbox);
            if (known?.HighestModSeq != mailbox.HighestModSeq)
                cache.Keep(new UidMapCache.Entry(id, mailbox.UidNext, mailbox.HighestModSeq, uids));
            return new MailboxView(mailbox, uids);
        });
    }

    // Null when it cannot be that one: then it is read anew.
    private static UidMap? Follow(Database database, Mailbox mailbox, UidMapCache.Entry? known)
    {
        if (known is null || known.HighestModSeq > mailbox.HighestModSeq || known.UidNext > mailbox.UidNext) return null;
        var uids = known.Uids;
        if (known.HighestModSeq < mailbox.HighestModSeq)
        {
            uids = uids.Remove(MessageRows.ListExpunged(database, mailbox.Id, known.HighestModSeq).ConvertAll(static gone => gone.Uid));
            if (known.UidNext < mailbox.UidNext) uids = uids.AddRuns(MessageRows.ListRuns(database, mailbox.Id, known.UidNext));
        }

        return uids.Count == mailbox.Messages ? uids : null;
    }

    private static UidMap? Subtract(Database database, Mailbox mailbox)
    {
        var given = mailbox.UidNext.Value - 1L;
        if (given == 0) return UidMap.Empty;
        var holes = given - mailbox.Messages;
        if (holes > mailbox.Messages) return null;
        var uids = UidMap.Empty.AddRuns([new UidRange(new Uid(1), new Uid((uint)given))]);
        if (holes > 0) uids = uids.Remove(MessageRows.ListExpungedUids(database, mailbox.Id));
        return uids.Count == mailbox.Messages ? uids : null;
    }

    private static UidMap Scan(Database database, Mailbox mailbox) =>
        UidMap.Empty.AddRuns(MessageRows.ListRuns(database, mailbox.Id, new Uid(1)));
}
