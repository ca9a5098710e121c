using Modus.Protocols.Imap.Notify;
using Modus.Protocols.Imap.Responses;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Says what the client wants to be told of from now on, also while no command runs (RFC 5465).</summary>
// notify = "NOTIFY" SP (notify-set / notify-none)
internal sealed class NotifyCommand : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        if (new NotifyParser(session.State, session.Room.Limits.MaxNotifyNames).Read(session.Arguments, out var refusal) is not { } request) return refusal;
        if (request.Selected?.OfNew?.NeedsModSeq == true) session.State.Enable(ImapFeatures.Condstore); // RFC 7162 §3.1
        session.State.Watch(request); // first, so that nothing falls between
        if (request.Groups.Count == 0) return ImapResult.Ok("Nothing is told of.");

        // What gathered in the selected mailbox is told whole, whatever is wanted from now on (RFC 5465 §3.1).
        if (session.State.Selected is { } selected) await selected.WriteChangesAsync(session, keepsNumbers: false, cancellationToken);
        if (request.WantsStatus) await new NotifyWriter(session, request, own: null).WriteAllStatusAsync(cancellationToken);
        return ImapResult.Ok("You will be told.");
    }
}
