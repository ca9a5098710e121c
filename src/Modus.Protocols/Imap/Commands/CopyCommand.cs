using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Imap.Selected;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Copies messages (RFC 9051 §6.4.7), or moves them in one step (§6.4.8 there, RFC 6851).</summary>
// copy = "COPY" SP sequence-set SP mailbox ; move = "MOVE" SP sequence-set SP mailbox
internal sealed class CopyCommand(bool byUid, bool moves) : IImapCommand
{
    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        if (!TryParse(session, out var set, out var argument, out var fault)) return fault;
        var selected = session.State.Selected!;
        if (!MessageSet.TryResolve(selected, set, byUid, out var ranges)) return MessageSet.NoSuchMessage;
        if (moves && selected.IsReadOnly) return ExpungeCommand.ReadOnly;
        if (await MailboxLookup.FindAsync(session, argument, cancellationToken) is not { } target)
            return argument.Name is null ? MailboxLookup.BadName : MailboxLookup.TryCreate;

        var uids = MessageSet.ToList(ranges);
        if (uids.Count == 0) return ImapResult.Ok("There was nothing to do.");
        var store = session.Room.Ports.Mail;
        var copied = await LongWork.WaitAsync(session, moves
            ? store.MoveAsync(selected.Id, uids, target.Id, cancellationToken)
            : store.CopyAsync(selected.Id, uids, target.Id, wholly: !byUid, cancellationToken));
        if (!copied.IsDone) return copied.Outcome == StoreOutcome.NotFound ? MailboxLookup.TryCreate : MailboxLookup.ToResult(copied.Outcome);
        if (moves) selected.Effects.NoteRemoved();
        session.State.NoteAppended(target.Id, copied.Value.Select(static message => message.Target.Uid));
        return moves ? await ConcludeMoveAsync(session, selected, copied.Value, cancellationToken) : ConcludeCopy(session, copied.Value, uids.Count);
    }

    private ImapResult ConcludeCopy(ImapSession session, IReadOnlyList<CopiedMessage> copied, int asked)
    {
        if (copied.Count > 0) return ImapResult.Ok("Copied.", CopyUid(session, copied));

        // RFC 2180 §4.4: by number all or none, since the client did not know that one is gone; by UID the rest (RFC 9051 §6.4.9).
        return copied.Count < asked && !byUid ? ImapResult.No("Some of them are gone; nothing was copied.", "EXPUNGEISSUED") : ImapResult.Ok("Copied.");
    }

    private static async ValueTask<ImapResult> ConcludeMoveAsync(
        ImapSession session, SelectedMailbox selected, IReadOnlyList<CopiedMessage> copied, CancellationToken cancellationToken)
    {
        // Before the expunges, so that the client knows where they went (RFC 6851 §4.3).
        if (CopyUid(session, copied) is { } code) session.Output.WriteLine($"* OK [{code}] Moved.");
        if (copied.Count == 0 || !session.State.IsEnabled(ImapFeatures.Qresync)) return ImapResult.Ok("Moved.");
        await session.State.TellOfChangesAsync(cancellationToken);
        return ImapResult.Ok("Moved.", $"HIGHESTMODSEQ {selected.Synced.Value}"); // RFC 6851 §4.4
    }

    // resp-code-copy = "COPYUID" SP nz-number SP uid-set SP uid-set
    private static string? CopyUid(ImapSession session, IReadOnlyList<CopiedMessage> copied) =>
        copied.Count == 0 || !session.State.Has(ImapCapability.UidPlus) ? null :
        $"COPYUID {copied[0].Target.UidValidity.Value} {SequenceSet.Format(copied.Select(static message => message.Source.Value))} " +
        SequenceSet.Format(copied.Select(static message => message.Target.Uid.Value));

    private static bool TryParse(ImapSession session, out SequenceSet set, out MailboxArgument argument, out ImapResult fault)
    {
        var parser = session.Arguments;
        argument = default;
        fault = ImapResult.Ok();
        if (SequenceSet.Take(ref parser, out set) && parser.TakeSpace() && MailboxArgument.Take(ref parser, session.State.IsUtf8, out argument) && parser.TakeEnd()) return true;
        fault = ImapSession.SyntaxFault(parser);
        return false;
    }
}
