using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Imap.Selected;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>Removes the messages that have \Deleted (RFC 9051 §6.4.3); UID EXPUNGE, of those named (RFC 4315 §2.1).</summary>
// expunge = "EXPUNGE" ; uid-expunge = "UID" SP "EXPUNGE" SP sequence-set
internal sealed class ExpungeCommand(bool byUid) : IImapCommand
{
    private const int PageSize = 1000;

    public async ValueTask<ImapResult> ExecuteAsync(ImapSession session, CancellationToken cancellationToken)
    {
        var selected = session.State.Selected!;
        IReadOnlyList<UidRange> ranges = [UidRange.All];
        if (byUid)
        {
            var parser = session.Arguments;
            if (!SequenceSet.Take(ref parser, out var set) || !parser.TakeEnd()) return ImapSession.SyntaxFault(parser);
            MessageSet.TryResolve(selected, set, byUid: true, out ranges);
        }

        if (selected.IsReadOnly) return ReadOnly;
        selected.Effects.NoteRemoved();
        foreach (var range in ranges)
        {
            // Only what this client was told of: it never saw the others, nor who marked them.
            var (outcome, _) = await ExpungeDeletedAsync(session, selected.Id, range, selected.Uids, cancellationToken);
            if (outcome != StoreOutcome.Done) return MailboxLookup.ToResult(outcome);
        }

        if (!session.State.IsEnabled(ImapFeatures.Qresync)) return ImapResult.Ok();
        await session.State.TellOfChangesAsync(cancellationToken);
        return ImapResult.Ok(code: $"HIGHESTMODSEQ {selected.Mailbox.HighestModSeq.Value}"); // RFC 7162 §3.2.7
    }

    public static ImapResult ReadOnly { get; } = ImapResult.No("The mailbox is open for reading only.", "NOPERM");

    /// <summary>Expunges what has \Deleted within a range.</summary>
    /// <returns>How it went, and the mailbox as it is then.</returns>
    public static async ValueTask<(StoreOutcome Outcome, Mailbox? Mailbox)> ExpungeDeletedAsync(
        ImapSession session, MailboxId id, UidRange within, UidMap? among, CancellationToken cancellationToken)
    {
        var store = session.Room.Ports.Mail;
        if (await store.GetMailboxAsync(id, cancellationToken) is not { } mailbox) return (StoreOutcome.NotFound, null);
        var uids = new List<Uid>();
        await foreach (var message in DeletedMessages.ReadAsync(session, mailbox, within, PageSize, cancellationToken))
            if (among is null || among.SequenceNumberOf(message.Uid) > 0) uids.Add(message.Uid);
        if (uids.Count == 0) return (StoreOutcome.Done, mailbox);
        var outcome = (await LongWork.WaitAsync(session, store.ExpungeAsync(id, uids, cancellationToken))).Outcome;
        return (outcome, await store.GetMailboxAsync(id, cancellationToken));
    }
}
