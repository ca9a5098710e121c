using Modus.Protocols.Imap.Selected;
using Modus.Storage;

namespace Modus.Protocols.Imap.Notify;

/// <summary>
/// A session's NOTIFY from its first one on: what the client wants to hear, and what happened of it. While nothing happens it costs a
/// subscription of the change feed. Used by one session.
/// </summary>
internal sealed class NotifyWatch : IDisposable
{
    private NotifyRequest _request = NotifyRequest.None;
    private ChangeInbox? _inbox;
    private bool _expungesWait;

    /// <summary>True while there is something to be woken for.</summary>
    public bool IsListening => _inbox is not null;

    /// <summary>What the running command changed itself; null for nothing that matters here.</summary>
    public OwnChange? Own { get; set; }

    /// <summary>Puts a request in the place of the one before. What happened and was not yet told of is told of if the new one asks for it.</summary>
    public void Set(ImapSession session, NotifyRequest request)
    {
        _request = request;
        if (request.Kinds == MailboxChangeKind.None)
        {
            Dispose();
            return;
        }

        _inbox ??= new ChangeInbox(session.Room.Ports.Changes, session.State.Identity!.Account, session.Wire, session.Room.Limits.MaxPendingChanges);
        _inbox.Kinds = request.Kinds | MailboxChangeKind.Deleted; // that of the selected mailbox is always told of
    }

    /// <summary>Tells of what happened while no command runs.</summary>
    public ValueTask TellBetweenCommandsAsync(ImapSession session, CancellationToken cancellationToken) =>
        TellAsync(session, keepsNumbers: _request.Selected?.Selector != NotifySelector.Selected, isCommand: false, cancellationToken);

    /// <summary>Tells of what happened, at the end of a command or in IDLE.</summary>
    public ValueTask TellAsync(ImapSession session, bool keepsNumbers, CancellationToken cancellationToken) =>
        TellAsync(session, keepsNumbers, isCommand: true, cancellationToken);

    public void Dispose()
    {
        _inbox?.Dispose();
        _inbox = null;
    }

    private async ValueTask TellAsync(ImapSession session, bool keepsNumbers, bool isCommand, CancellationToken cancellationToken)
    {
        IReadOnlyList<MailboxChange> changes = [];
        if (_inbox?.TryTake(out changes) == false)
        {
            // RFC 5465 §5.8: from here on as after NOTIFY NONE.
            Set(session, NotifyRequest.None);
            session.Output.WriteLine("* OK [NOTIFICATIONOVERFLOW] More happened than could be told of; nothing is told of any more.");
            ImapLog.NotifyOverflow(session.Room.Log, session.Id);
        }

        if (session.State.Selected is { } selected)
        {
            var ofSelected = changes.Where(change => change.Mailbox == selected.Id).Aggregate(MailboxChangeKind.None, static (all, change) => all | change.Kind);
            await TellOfSelectedAsync(session, selected, ofSelected, keepsNumbers, isCommand, cancellationToken);
        }

        if (changes.Count > 0 && !session.IsEnding) await new NotifyWriter(session, _request, Own).WriteAsync(changes, cancellationToken);
        Own = null;
    }

    private async ValueTask TellOfSelectedAsync(
        ImapSession session, SelectedMailbox selected, MailboxChangeKind kinds, bool keepsNumbers, bool isCommand, CancellationToken cancellationToken)
    {
        var group = _request.Selected;
        var events = group?.Events ?? NotifyEvents.None;
        if (events == NotifyEvents.None && !selected.Effects.HasRemoved && !kinds.HasFlag(MailboxChangeKind.Deleted))
        {
            selected.Effects.Forget(new ModSeq(long.MaxValue));
            return;
        }

        if (!isCommand && kinds == MailboxChangeKind.None && !_expungesWait) return;
        await selected.WriteChangesAsync(session, new ChangeTelling(keepsNumbers, events, group?.OfNew), cancellationToken);

        // What sequence numbers held back is told of as soon as no command runs: nothing took the wake-up that came with it yet.
        _expungesWait = keepsNumbers && isCommand && group?.Selector == NotifySelector.Selected && selected.HoldsExpunges;
    }
}
