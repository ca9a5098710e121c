using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Tells which quota holds for a mailbox (RFC 9208 §4.1.2): the account's, if it has one, for all of its mailboxes.</summary>
// getquotaroot = "GETQUOTAROOT" SP mailbox
internal sealed class GetQuotaRootCommand : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        var parser = session.Arguments;
        if (!MailboxArgument.Take(ref parser, session.State.IsUtf8, out var argument) || !parser.TakeEnd()) return ImapSession.SyntaxFault(parser);
        // It need not be there: which quota would hold for it can be asked, too.
        if (argument.Name is not { } name) return MailboxLookup.BadName;
        var account = await session.Room.Ports.Accounts.GetAsync(session.State.Identity!.Account, cancellationToken);
        session.Output.Write("* QUOTAROOT "u8);
        session.Output.WriteMailbox(name);
        session.Output.WriteLine(account?.Quota is null ? "" : " \"\"");
        if (account is { Quota: { } quota }) GetQuotaCommand.Write(session, account, quota);
        return ImapResult.Ok();
    }
}
