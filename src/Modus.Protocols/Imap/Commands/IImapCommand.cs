using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Commands;

/// <summary>
/// What a verb does. It reads its arguments (<see cref="ImapSession.Arguments"/>) into values first, writes untagged responses to the
/// session's output, and gives back the tagged one. Stateless.
/// </summary>
internal interface IImapCommand
{
    ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken);
}
