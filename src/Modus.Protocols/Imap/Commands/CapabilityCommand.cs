using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Lists what the server can do here and now (RFC 9051 §6.1.1).</summary>
// capability = "CAPABILITY"
internal sealed class CapabilityCommand : IImapCommand
{
    public ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        session.Output.WriteLine($"* CAPABILITY {session.State.Capabilities}");
        return new(ImapResult.Ok());
    }
}
