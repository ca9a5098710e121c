using Modus.Protocols.Imap.Notify;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Deletes a mailbox with its messages; its inferiors stay (RFC 9051 §6.3.5).</summary>
// delete = "DELETE" SP mailbox
internal sealed class DeleteCommand : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        var parser = session.Arguments;
        if (!MailboxArgument.Take(ref parser, session.State.IsUtf8, out var mailbox) || !parser.TakeEnd()) return ImapSession.SyntaxFault(parser);
        if (mailbox.Name is not { } name) return MailboxLookup.NotThere;
        if (name.IsInbox) return ImapResult.No("INBOX stays.", "CANNOT");

        // A mailbox with inferiors would have to stay as a name (RFC 9051 §6.3.5): here it is said instead.
        var all = await session.Room.Ports.Mail.ListMailboxesAsync(session.State.Identity!.Account, cancellationToken);
        if (all.Any(other => other.Name.IsUnder(name))) return ImapResult.No("There are mailboxes below it; delete those first.", "HASCHILDREN");
        var outcome = await LongWork.WaitAsync(session, session.Room.Ports.Mail.DeleteMailboxAsync(session.State.Identity.Account, name, cancellationToken));
        if (outcome != StoreOutcome.Done) return MailboxLookup.ToResult(outcome);

        // By identity: the selected one may have been renamed meanwhile, and another one have its name.
        if (all.FirstOrDefault(other => other.Name == name)?.Id == session.State.Selected?.Id) session.State.Select(null);
        session.State.NoteOwn(new OwnChange(MailboxChangeKind.Deleted, name));
        await MailboxListing.WriteConvertedAsync(session, name, mailbox.Supplied, cancellationToken);
        return ImapResult.Ok("Deleted.");
    }
}
