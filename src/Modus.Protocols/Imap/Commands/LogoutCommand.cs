using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Ends the session (RFC 9051 §6.1.3). Nothing is expunged.</summary>
// logout = "LOGOUT"
internal sealed class LogoutCommand : IImapCommand
{
    public ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        session.Output.WriteLine("* BYE Until next time.");
        return new(ImapResult.Ok() with { Next = ImapNext.Close });
    }
}
