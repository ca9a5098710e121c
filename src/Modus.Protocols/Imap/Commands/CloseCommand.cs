using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Leaves the mailbox: CLOSE, which expunges first and says nothing of it (RFC 9051 §6.4.1), and UNSELECT, which does not (§6.4.2 there).</summary>
// close = "CLOSE" ; unselect = "UNSELECT"
internal sealed class CloseCommand(bool expunges) : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        var selected = session.State.Selected!;
        session.State.Select(null);
        if (!expunges || selected.IsReadOnly) return ImapResult.Ok();
        // No HIGHESTMODSEQ: the client did not see what went, and would think that it did (RFC 7162 §3.2.8).
        var (outcome, _) = await ExpungeCommand.ExpungeDeletedAsync(session, selected.Id, UidRange.All, null, cancellationToken);
        return MailboxLookup.ToResult(outcome);
    }
}
