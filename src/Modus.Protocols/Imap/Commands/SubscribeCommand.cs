using Modus.Protocols.Imap.Notify;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>SUBSCRIBE and UNSUBSCRIBE (RFC 9051 §6.3.7, §6.3.8). A name stays subscribed when its mailbox goes.</summary>
// subscribe = "SUBSCRIBE" SP mailbox ; unsubscribe = "UNSUBSCRIBE" SP mailbox
internal sealed class SubscribeCommand(bool subscribe) : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        var parser = session.Arguments;
        if (!MailboxArgument.Take(ref parser, session.State.IsUtf8, out var mailbox) || !parser.TakeEnd()) return ImapSession.SyntaxFault(parser);
        if (mailbox.Name is not { } name) return MailboxLookup.BadName;
        var outcome = await session.Room.Ports.Mail.SetSubscribedAsync(session.State.Identity!.Account, name, subscribe, cancellationToken);
        if (outcome == StoreOutcome.Done) session.State.NoteOwn(new OwnChange(MailboxChangeKind.Subscription, name, subscribe));
        return MailboxLookup.ToResult(outcome, subscribe ? "Subscribed." : "Unsubscribed.");
    }
}
