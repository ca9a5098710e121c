using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Back to the state before login, on the same connection (RFC 8437).</summary>
// command-auth =/ "UNAUTHENTICATE"
internal sealed class UnauthenticateCommand : IImapCommand
{
    public ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        session.State.Forget();
        var result = ImapResult.Ok("You are out.", $"CAPABILITY {session.State.Capabilities}");
        if (!session.IsCompressed) return new(result);
        if (session.CanEndCompression) return new(result with { Next = ImapNext.Decompress });

        // Where the client stopped to compress cannot be told in what it has sent already (RFC 8437 §3 lets the connection be closed).
        session.Output.WriteLine("* BYE Wait for the answer before you go on without compression; connect again.");
        return new(ImapResult.Ok("You are out.") with { Next = ImapNext.Close });
    }
}
