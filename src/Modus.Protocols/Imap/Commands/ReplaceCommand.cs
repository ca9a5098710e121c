using Modus.Protocols.Imap.Append;
using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Imap.Selected;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Puts a message in the place of another one, in one step (RFC 8508).</summary>
// replace = "REPLACE" SP seq-number SP mailbox append-message ; uid =/ "UID" SP replace
internal sealed class ReplaceCommand(bool byUid) : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        var selected = session.State.Selected!;
        if (!TryTakeNumber(session, out var number, out var position, out var syntax)) return syntax;
        var (argument, next, fault) = await AppendTarget.ReadAsync(session, position);
        if (fault is not null) return fault;
        if (selected.IsReadOnly) return ExpungeCommand.ReadOnly;
        if (Find(selected, number) is not { } old) return byUid ? ImapResult.No("There is no message of that UID.", "NONEXISTENT") : MessageSet.NoSuchMessage;
        if (await MailboxLookup.FindAsync(session, argument, cancellationToken) is not { } mailbox)
            return argument.Name is null ? MailboxLookup.BadName : MailboxLookup.TryCreate;

        // The room that the old one takes is free for the new one; how much that is, the store knows.
        await using var upload = new Upload(session, quotaLeft: null);
        (fault, next) = await upload.ReadAsync(next, cancellationToken);
        if (fault is not null) return fault;
        if (next < session.Reader.Text.Length) return ImapResult.Bad("One message takes the place of one.");

        var replaced = await session.Room.Ports.Delivery.AppendAsync(mailbox.Id, upload.Messages, new ReplacedMessage(selected.Id, old), cancellationToken);
        if (!replaced.IsDone) return MailboxLookup.ToResult(replaced.Outcome);
        selected.Effects.NoteRemoved();
        session.State.NoteAppended(mailbox.Id, replaced.Value.Messages.Select(static message => message.Uid));
        if (session.State.Has(ImapCapability.UidPlus)) session.Output.WriteLine($"* OK [{AppendTarget.AppendUid(replaced.Value)}] Taken."); // RFC 8508 §3.3
        return ImapResult.Ok("Replaced.");
    }

    private Uid? Find(SelectedMailbox selected, uint number)
    {
        if (byUid) return selected.Uids.SequenceNumberOf(new Uid(number)) > 0 ? new Uid(number) : null;
        return number <= selected.Uids.Count ? selected.Uids[(int)number] : null;
    }

    private bool TryTakeNumber(ImapSession session, out uint number, out int position, out ImapResult fault)
    {
        var parser = session.Arguments;
        var taken = parser.TryTake('*') ? TakeLast(session, byUid, out number) : parser.TakeNonZero(out number);
        taken = taken && parser.TakeSpace();
        position = session.ArgumentsAt + parser.Position;
        fault = taken ? ImapResult.Ok() : ImapSession.SyntaxFault(parser);
        return taken;
    }

    // seq-number = nz-number / "*"
    private static bool TakeLast(ImapSession session, bool byUid, out uint number)
    {
        var uids = session.State.Selected!.Uids;
        number = byUid ? uids.Last?.Value ?? 0 : (uint)uids.Count;
        return number > 0;
    }
}
