using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Tells of a mailbox without selecting it (RFC 9051 §6.3.11).</summary>
// status = "STATUS" SP mailbox SP "(" status-att *(SP status-att) ")"
internal sealed class StatusCommand : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        if (!TryParse(session, out var argument, out var items, out var fault)) return fault;
        if (await MailboxLookup.FindAsync(session, argument, cancellationToken) is not { } mailbox) return MailboxLookup.NotThere;
        await items.WriteAsync(session, mailbox, cancellationToken);
        return ImapResult.Ok();
    }

    private static bool TryParse(ImapSession session, out MailboxArgument argument, out StatusItems items, out ImapResult fault)
    {
        var parser = session.Arguments;
        items = StatusItems.MessageCounts;
        fault = ImapResult.Ok();
        if (MailboxArgument.Take(ref parser, session.State.IsUtf8, out argument) && parser.TakeSpace()
            && StatusItems.Take(ref parser, session, out items) && parser.TakeEnd()) return true;
        fault = ImapSession.SyntaxFault(parser);
        return false;
    }
}
