using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>Changes to messages, as the writer runs them. One request takes one MODSEQ of the mailbox it changes.</summary>
internal static class MessageChanges
{
    public static StoreResult<FlagChangeResult> ChangeFlags(
        WriteScope scope, MailboxId mailboxId, IReadOnlyList<Uid> uids, FlagChange change)
    {
        var database = scope.Database;
        if (MailboxRows.Get(database, mailboxId) is not { } mailbox) return StoreOutcome.NotFound;
        var messages = Find(database, mailboxId, uids);
        var modified = messages.Where(message => message.ModSeq > (change.UnchangedSince ?? message.ModSeq))
            .Select(static message => message.Uid).ToList();
        var left = modified.ToHashSet();
        var changed = new List<MailboxMessage>();
        ModSeq? modSeq = null;
        foreach (var message in messages.Where(message => !left.Contains(message.Uid)))
        {
            var flags = Change(message.Flags, change);
            if (KeywordRows.Join(database, mailboxId, Change(message.Keywords, change)) is not { } keywords) return StoreOutcome.TooMany;
            if (flags == message.Flags && keywords == string.Join(' ', message.Keywords))
            {
                changed.Add(message);
                continue;
            }

            modSeq ??= MailboxRows.NextModSeq(database, mailboxId);
            MessageRows.SetFlags(database, mailboxId, message, flags, keywords, modSeq.Value);
            changed.Add(message with { Flags = flags, Keywords = KeywordRows.Split(keywords), ModSeq = modSeq.Value });
        }

        if (modSeq is { } highest)
            scope.Note(new MailboxChange(mailbox.Account, mailboxId, MailboxChangeKind.Flags, highest));
        return new FlagChangeResult(changed, modified);
    }

    public static StoreResult<IReadOnlyList<ExpungedMessage>> Expunge(WriteScope scope, MailboxId mailboxId, IReadOnlyList<Uid> uids)
    {
        if (MailboxRows.Get(scope.Database, mailboxId) is not { } mailbox) return StoreOutcome.NotFound;
        var messages = Find(scope.Database, mailboxId, uids);
        var expunged = Remove(scope, mailbox, messages);
        foreach (var message in messages) ContentRows.Release(scope, message.Content);
        return new(StoreOutcome.Done, expunged);
    }

    public static StoreResult<IReadOnlyList<CopiedMessage>> Copy(
        WriteScope scope, MailboxId from, IReadOnlyList<Uid> uids, MailboxId to, bool wholly)
    {
        var database = scope.Database;
        if (MailboxRows.Get(database, from) is null || MailboxRows.Get(database, to) is not { } target) return StoreOutcome.NotFound;
        var messages = Find(database, from, uids);
        if (wholly && messages.Count < uids.Count) return new(StoreOutcome.Done, []);
        if (!Fits(database, target.Account, messages)) return StoreOutcome.OverQuota;
        foreach (var message in messages) ContentRows.Share(database, message.Content);
        return AddAll(scope, messages, to);
    }

    public static StoreResult<IReadOnlyList<CopiedMessage>> Move(
        WriteScope scope, MailboxId from, IReadOnlyList<Uid> uids, MailboxId to)
    {
        var database = scope.Database;
        if (MailboxRows.Get(database, from) is not { } source || MailboxRows.Get(database, to) is not { } target)
            return StoreOutcome.NotFound;
        var messages = Find(database, from, uids);
        if (source.Account != target.Account && !Fits(database, target.Account, messages)) return StoreOutcome.OverQuota;
        return MoveAll(scope, source, messages, to);
    }

    /// <summary>Moves messages; their contents keep as many references as they had.</summary>
    public static StoreResult<IReadOnlyList<CopiedMessage>> MoveAll(
        WriteScope scope, Mailbox from, List<MailboxMessage> messages, MailboxId to)
    {
        var moved = AddAll(scope, messages, to);
        if (moved.IsDone) Remove(scope, from, messages);
        return moved;
    }

    private static StoreResult<IReadOnlyList<CopiedMessage>> AddAll(WriteScope scope, List<MailboxMessage> messages, MailboxId to)
    {
        var added = new List<CopiedMessage>(messages.Count);
        foreach (var message in messages)
        {
            var copy = new NewMessage(
                message.Email, message.Content, message.Size, message.InternalDate, message.Flags, message.Keywords);
            var stored = MessageRows.Add(scope, to, copy);
            if (!stored.IsDone) return stored.Outcome;
            added.Add(new CopiedMessage(message.Uid, stored.Value));
        }

        return added;
    }

    private static List<ExpungedMessage> Remove(WriteScope scope, Mailbox mailbox, List<MailboxMessage> messages)
    {
        if (messages.Count == 0) return [];
        var modSeq = MailboxRows.NextModSeq(scope.Database, mailbox.Id);
        var removed = messages.ConvertAll(message => MessageRows.Remove(scope.Database, mailbox, message, modSeq));
        scope.Note(new MailboxChange(mailbox.Account, mailbox.Id, MailboxChangeKind.Expunged, modSeq));
        return removed;
    }

    // Those that are there, each once, in the order of their UIDs.
    private static List<MailboxMessage> Find(Database database, MailboxId mailbox, IReadOnlyList<Uid> uids) =>
        [.. uids.Distinct().Order().Select(uid => MessageRows.Get(database, mailbox, uid)).OfType<MailboxMessage>()];

    private static bool Fits(Database database, AccountId account, List<MailboxMessage> messages) =>
        AccountRows.HasRoom(database, account, messages.Sum(static message => message.Size));

    private static MessageFlags Change(MessageFlags flags, FlagChange change) => change.Kind switch
    {
        FlagChangeKind.Add => flags | change.Flags,
        FlagChangeKind.Remove => flags & ~change.Flags,
        _ => change.Flags,
    };

    private static IReadOnlyCollection<string> Change(IReadOnlyList<string> keywords, FlagChange change) => change.Kind switch
    {
        FlagChangeKind.Add => [.. keywords, .. change.Keywords],
        FlagChangeKind.Remove => [.. keywords.Except(change.Keywords, StringComparer.OrdinalIgnoreCase)],
        _ => change.Keywords,
    };
}
