using Modus.Storage.Embedded.Content;
using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>APPEND and REPLACE, as the writer runs them.</summary>
internal static class MessageAppend
{
    public static StoreResult<AppendReceipt> Run(
        WriteScope scope, MailboxId mailbox, IReadOnlyList<MessageToAppend> messages, IReadOnlyList<SealedContent> contents,
        ReplacedMessage? replaced)
    {
        var database = scope.Database;
        if (MailboxRows.Get(database, mailbox) is not { } target) return StoreOutcome.NotFound;
        var bytes = contents.Sum(static content => content.Place.Header.Length);
        if (replaced is { } old)
        {
            if (MailboxRows.Get(database, old.Mailbox) is not { } source || MessageRows.Get(database, old.Mailbox, old.Uid) is not { } message)
                return StoreOutcome.NotFound;
            if (source.Account == target.Account) bytes -= message.Size;
        }

        if (!AccountRows.HasRoom(database, target.Account, bytes)) return StoreOutcome.OverQuota;
        var stored = new List<StoredMessage>(messages.Count);
        for (var i = 0; i < messages.Count; i++)
        {
            var added = Add(scope, mailbox, messages[i], contents[i]);
            if (!added.IsDone) return added.Outcome;
            stored.Add(added.Value);
        }

        return Expunge(scope, replaced, stored);
    }

    private static StoreResult<StoredMessage> Add(WriteScope scope, MailboxId mailbox, MessageToAppend message, SealedContent content)
    {
        var email = ContentRows.Add(scope, content.Place, content.HasOwnFile, content.Sha256, content.Structure, references: 1);
        var header = content.Place.Header;
        return MessageRows.Add(scope, mailbox, new NewMessage(
            email, new ContentId(header.Content), header.Length, message.InternalDate, message.Flags, message.Keywords ?? []));
    }

    private static StoreResult<AppendReceipt> Expunge(WriteScope scope, ReplacedMessage? replaced, List<StoredMessage> stored)
    {
        if (replaced is not { } old) return new AppendReceipt(stored, null);
        var expunged = MessageChanges.Expunge(scope, old.Mailbox, [old.Uid]);
        return expunged is { IsDone: true, Value: [var gone] } ? new AppendReceipt(stored, gone) : StoreOutcome.NotFound;
    }
}
