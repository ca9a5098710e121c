using Modus.Mail.Structure;
using Modus.Storage;

namespace Modus.Protocols.Pop3.Maildrops;

/// <summary>How the opening of a maildrop ended.</summary>
internal enum MaildropOutcome
{
    Opened,
    InUse,
    NotFound,
}

/// <summary>The room's way to the store: locks and reads maildrops, opens messages, deletes. Thread-safe.</summary>
internal sealed class MaildropOpener(IMailStore store, MaildropLocks locks, int maxMessages)
{
    private const int PageSize = 1000; // bounds what the store holds for one call

    /// <summary>Locks the maildrop of an account and reads what is in it.</summary>
    public async ValueTask<(MaildropOutcome Outcome, Maildrop? Maildrop)> OpenAsync(AccountId account, CancellationToken cancellationToken)
    {
        var lease = locks.TryTake(account);
        if (lease is null) return (MaildropOutcome.InUse, null);
        Maildrop? maildrop = null;
        try
        {
            var inbox = await store.FindMailboxAsync(account, MailboxName.Inbox, cancellationToken);
            if (inbox is null) return (MaildropOutcome.NotFound, null);
            var messages = await ReadMessagesAsync(inbox.Id, cancellationToken);
            maildrop = new Maildrop(inbox.Id, inbox.UidValidity, messages, lease);
            return (MaildropOutcome.Opened, maildrop);
        }
        finally
        {
            if (maildrop is null) lease.Dispose();
        }
    }

    /// <summary>Opens the bytes of a message; null when they are gone.</summary>
    public ValueTask<IContentReader?> OpenContentAsync(in MaildropMessage message, CancellationToken cancellationToken) =>
        store.OpenContentAsync(message.Content, cancellationToken);

    /// <summary>The structure of a message; null when it is gone.</summary>
    public async ValueTask<MimePart?> ReadStructureAsync(MaildropMessage message, CancellationToken cancellationToken) =>
        (await store.ReadSummaryAsync(message.Email, cancellationToken))?.Structure.Root;

    /// <summary>Removes the marked messages, durably. The client has said QUIT, so its going away does not stop it.</summary>
    public async ValueTask<StoreOutcome> DeleteMarkedAsync(Maildrop maildrop)
    {
        var uids = maildrop.Deleted;
        if (uids.Count == 0) return StoreOutcome.Done;
        return (await store.ExpungeAsync(maildrop.Mailbox, uids, CancellationToken.None)).Outcome;
    }

    private async ValueTask<List<MaildropMessage>> ReadMessagesAsync(MailboxId inbox, CancellationToken cancellationToken)
    {
        var messages = new List<MaildropMessage>();
        var range = UidRange.All;
        while (messages.Count < maxMessages)
        {
            var limit = Math.Min(PageSize, maxMessages - messages.Count);
            var page = await store.ReadMessagesAsync(inbox, range, new ModSeq(0), limit, cancellationToken);
            foreach (var message in page) messages.Add(new MaildropMessage(message.Uid, message.Email, message.Content, message.Size));
            if (page.Count < limit || page[^1].Uid == UidRange.All.Last) break;
            range = UidRange.After(page[^1].Uid);
        }

        return messages;
    }
}
