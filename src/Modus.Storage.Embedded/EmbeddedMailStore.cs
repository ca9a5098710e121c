using Modus.Mail.Structure;
using Modus.Storage.Embedded.Content;
using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Sqlite;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>Mailboxes and messages: reads here, changes in <see cref="MailboxChanges"/> and <see cref="MessageChanges"/>.</summary>
internal sealed class EmbeddedMailStore(ReaderPool readers, Writer writer, SegmentFolder folder, MailboxViews views) : IMailStore
{
    public ValueTask<IReadOnlyList<Mailbox>> ListMailboxesAsync(AccountId account, CancellationToken cancellationToken) =>
        new(readers.Read(IReadOnlyList<Mailbox> (database) => MailboxRows.List(database, account)));

    public ValueTask<Mailbox?> FindMailboxAsync(AccountId account, MailboxName name, CancellationToken cancellationToken) =>
        new(readers.Read(database => MailboxRows.Find(database, account, name)));

    public ValueTask<Mailbox?> GetMailboxAsync(MailboxId mailbox, CancellationToken cancellationToken) =>
        new(readers.Read(database => MailboxRows.Get(database, mailbox)));

    public ValueTask<MailboxView?> OpenMailboxAsync(MailboxId mailbox, CancellationToken cancellationToken) => new(views.Open(mailbox));

    public ValueTask<MailboxUpdate?> ReadChangesAsync(
        MailboxId mailbox, ModSeq since, ModSeq expungedSince, int limit, CancellationToken cancellationToken) =>
        new(readers.Snapshot(database => ReadChanges(database, mailbox, since, expungedSince, limit)));

    public async ValueTask<StoreResult<RecentUids>> TakeRecentAsync(MailboxId mailbox, CancellationToken cancellationToken)
    {
        if (readers.Read(database => MailboxRows.Get(database, mailbox)) is not { } found) return StoreOutcome.NotFound;
        if (found.FirstRecent == found.UidNext) return new RecentUids(found.UidNext, found.UidNext);
        return await writer.WriteAsync(scope => MailboxChanges.TakeRecent(scope, mailbox), cancellationToken);
    }

    public ValueTask<IReadOnlyList<string>> ListKeywordsAsync(MailboxId mailbox, CancellationToken cancellationToken) =>
        new(readers.Read(IReadOnlyList<string> (database) => KeywordRows.List(database, mailbox)));

    public ValueTask<StoreResult<Mailbox>> CreateMailboxAsync(
        AccountId account, MailboxName name, SpecialUse specialUse, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => MailboxChanges.Create(scope, account, name, specialUse), cancellationToken);

    public ValueTask<StoreOutcome> RenameMailboxAsync(
        AccountId account, MailboxName from, MailboxName to, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => MailboxChanges.Rename(scope, account, from, to), cancellationToken);

    public ValueTask<StoreOutcome> DeleteMailboxAsync(AccountId account, MailboxName name, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => MailboxChanges.Delete(scope, account, name), cancellationToken);

    public ValueTask<StoreOutcome> SetSubscribedAsync(
        AccountId account, MailboxName name, bool subscribed, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => MailboxChanges.SetSubscribed(scope, account, name, subscribed), cancellationToken);

    public ValueTask<IReadOnlyList<MailboxName>> ListSubscriptionsAsync(AccountId account, CancellationToken cancellationToken) =>
        new(readers.Read(IReadOnlyList<MailboxName> (database) => MailboxRows.ListSubscriptions(database, account)));

    public ValueTask<IReadOnlyList<MailboxMessage>> ReadMessagesAsync(
        MailboxId mailbox, UidRange uids, ModSeq changedSince, int limit, CancellationToken cancellationToken) =>
        new(readers.Read(IReadOnlyList<MailboxMessage> (database) => ListMessages(database, mailbox, uids, changedSince, limit)));

    public ValueTask<IReadOnlyList<ExpungedMessage>> ReadExpungedAsync(
        MailboxId mailbox, ModSeq since, CancellationToken cancellationToken) =>
        new(readers.Read(IReadOnlyList<ExpungedMessage> (database) => MessageRows.ListExpunged(database, mailbox, since)));

    public ValueTask<MessageSummary?> ReadSummaryAsync(EmailId email, CancellationToken cancellationToken) =>
        new(readers.Read(database =>
            database.Of("SELECT structure, sha256 FROM emails WHERE id = ? AND structure IS NOT NULL").With(email.Value)
                .First(static row => new MessageSummary(MessageStructureCodec.Decode(row.Blob(0)), row.Blob(1)))));

    public ValueTask<StoreResult<FlagChangeResult>> ChangeFlagsAsync(
        MailboxId mailbox, IReadOnlyList<Uid> uids, FlagChange change, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => MessageChanges.ChangeFlags(scope, mailbox, uids, change), cancellationToken);

    public ValueTask<StoreResult<IReadOnlyList<ExpungedMessage>>> ExpungeAsync(
        MailboxId mailbox, IReadOnlyList<Uid> uids, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => MessageChanges.Expunge(scope, mailbox, uids), cancellationToken);

    public ValueTask<StoreResult<IReadOnlyList<CopiedMessage>>> CopyAsync(
        MailboxId from, IReadOnlyList<Uid> uids, MailboxId to, bool wholly, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => MessageChanges.Copy(scope, from, uids, to, wholly), cancellationToken);

    public ValueTask<StoreResult<IReadOnlyList<CopiedMessage>>> MoveAsync(
        MailboxId from, IReadOnlyList<Uid> uids, MailboxId to, CancellationToken cancellationToken) =>
        writer.WriteAsync(scope => MessageChanges.Move(scope, from, uids, to), cancellationToken);

    public ValueTask<IContentReader?> OpenContentAsync(ContentId content, CancellationToken cancellationToken)
    {
        // Compaction may move the content between the look-up and the pin; then its row has a new place.
        var missing = default(ContentPlace);
        while (readers.Read(database => (Found: ContentRows.TryFind(database, content, out var place), Place: place)) is { Found: true } row)
        {
            if (folder.Pin(row.Place.Segment) is { } pin) return new(ContentReader.Open(pin, row.Place));
            if (row.Place == missing)
                throw new InvalidDataException($"content {content.Value} is damaged: its segment {row.Place.Segment} is not there");
            missing = row.Place;
        }

        return new((IContentReader?)null);
    }

    private static MailboxUpdate? ReadChanges(Database database, MailboxId mailbox, ModSeq since, ModSeq expungedSince, int limit)
    {
        if (MailboxRows.Get(database, mailbox) is not { } found) return null;
        var expunged = MessageRows.ListExpunged(database, mailbox, expungedSince);
        var changed = ListMessages(database, mailbox, UidRange.All, since, limit == int.MaxValue ? limit : limit + 1);
        var isComplete = changed.Count <= limit;
        if (!isComplete) changed.RemoveAt(limit);
        return new MailboxUpdate(found, changed, isComplete, expunged);
    }

    private static List<MailboxMessage> ListMessages(Database database, MailboxId mailbox, UidRange uids, ModSeq since, int limit) =>
        since.Value > 0
            ? MessageRows.ListChanged(database, mailbox, uids, since, limit)
            : MessageRows.List(database, mailbox, uids, limit);
}
