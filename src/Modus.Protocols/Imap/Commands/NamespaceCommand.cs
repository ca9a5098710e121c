using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Says where mailboxes are: all are the account's own (RFC 9051 §6.3.10).</summary>
// namespace = "NAMESPACE"
internal sealed class NamespaceCommand : IImapCommand
{
    public ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        session.Output.WriteLine("* NAMESPACE ((\"\" \"/\")) NIL NIL");
        return new(ImapResult.Ok());
    }
}
