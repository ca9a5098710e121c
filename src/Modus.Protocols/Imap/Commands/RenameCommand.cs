using Modus.Protocols.Imap.Notify;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Renames a mailbox and its inferiors; of INBOX, moves what is in it (RFC 9051 §6.3.6).</summary>
// rename = "RENAME" SP mailbox SP mailbox
internal sealed class RenameCommand : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        var parser = session.Arguments;
        var utf8 = session.State.IsUtf8;
        if (!MailboxArgument.Take(ref parser, utf8, out var from) || !parser.TakeSpace()
            || !MailboxArgument.Take(ref parser, utf8, out var to) || !parser.TakeEnd()) return ImapSession.SyntaxFault(parser);
        if (from.Name is not { } oldName) return MailboxLookup.NotThere;
        if (to.Name is not { } newName) return MailboxLookup.BadName;
        var outcome = await LongWork.WaitAsync(
            session, session.Room.Ports.Mail.RenameMailboxAsync(session.State.Identity!.Account, oldName, newName, cancellationToken));
        if (outcome != StoreOutcome.Done) return MailboxLookup.ToResult(outcome);
        session.State.NoteOwn(new OwnChange(MailboxChangeKind.Renamed, newName));
        if ((from.Supplied ?? to.Supplied) is not null)
            await MailboxListing.WriteConvertedAsync(session, newName, from.Supplied ?? oldName.Value, cancellationToken);
        return ImapResult.Ok("Renamed.");
    }
}
