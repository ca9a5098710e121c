using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Back to the state before login, on the same connection (RFC 8437).</summary>
// command-auth =/ "UNAUTHENTICATE"
internal sealed class UnauthenticateCommand : IImapCommand
{
    public ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        session.State.Forget();
        if (session.IsCompressed)
        {
            // Where in a stream without an end the client stops to compress cannot be told; RFC 8437 §3 lets the connection be closed then.
            session.Output.WriteLine("* BYE Compression cannot be taken back; connect again.");
            return new(ImapResult.Ok("You are out.") with { Next = ImapNext.Close });
        }

        return new(ImapResult.Ok("You are out.", $"CAPABILITY {session.State.Capabilities}"));
    }
}
