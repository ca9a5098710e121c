using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Does nothing but hear what happened: NOOP, and CHECK, for nothing here waits to be checked (RFC 9051 §6.1.2, RFC 3501 §6.4.1).</summary>
// noop = "NOOP" ; check = "CHECK"
internal sealed class NoopCommand : IImapCommand
{
    public ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken) => new(ImapResult.Ok());
}
