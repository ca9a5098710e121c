using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Back to the state before login, on the same connection (RFC 8437).</summary>
// command-auth =/ "UNAUTHENTICATE"
internal sealed class UnauthenticateCommand : IImapCommand
{
    public ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        session.State.Forget();
        return new(ImapResult.Ok("You are out.", $"CAPABILITY {session.State.Capabilities}"));
    }
}
