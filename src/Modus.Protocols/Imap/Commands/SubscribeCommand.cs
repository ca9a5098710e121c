using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;

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
        return MailboxLookup.ToResult(
            await session.Room.Ports.Mail.SetSubscribedAsync(session.State.Identity!.Account, name, subscribe, cancellationToken),
            subscribe ? "Subscribed." : "Unsubscribed.");
    }
}
