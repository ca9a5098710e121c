using Modus.Protocols.Imap.Fetch;
using Modus.Protocols.Imap.Selected;
using Modus.Storage;

namespace Modus.Protocols.Imap.Commands;

/// <summary>One FETCH while it runs: marks what is read as \Seen, and writes a page of messages after the other.</summary>
internal sealed class FetchRun(ImapSession session, SelectedMailbox selected, FetchRequest request, ModSeq changedSince)
{
    private readonly FetchWriter _writer = new(session.Room.Ports.Mail);
    private readonly FetchRequest _withFlags = request.With(FetchItem.Flags);
    private readonly FetchRequest _withAllOfChange = request.With(FetchItem.Flags).With(FetchItem.Uid).With(FetchItem.ModSeq);

    /// <summary>Only messages with a greater MODSEQ; 0 for all.</summary>
    public ModSeq ChangedSince => changedSince;

    /// <summary>True when messages of the view were gone from the store.</summary>
    public bool Missing { get; private set; }

    /// <summary>True when a part could not be decoded.</summary>
    public bool Unknown { get; private set; }

    // RFC 7162 §3.2.4: who knows CONDSTORE is told the UID and MODSEQ of what became \Seen, too.
    private FetchRequest AskedOfChanged => session.State.IsEnabled(ImapFeatures.Condstore) ? _withAllOfChange : _withFlags;

    /// <summary>Writes a page.</summary>
    /// <returns>False when the client is gone.</returns>
    public async ValueTask<bool> WriteAsync(IReadOnlyList<MailboxMessage> page, CancellationToken cancellationToken)
    {
        var seen = await MarkSeenAsync(page, cancellationToken);
        foreach (var message in page)
        {
            if (selected.Uids.SequenceNumberOf(message.Uid) is not (var number and > 0)) continue;
            var (row, asked) = seen?.TryGetValue(message.Uid, out var changed) == true ? (changed, AskedOfChanged) : (message, request);
            session.BeginStream();
            var isRecent = selected.IsRecent(row.Uid) && !session.State.IsEnabled(ImapFeatures.Rev2);
            var outcome = await _writer.WriteAsync(session.Output, asked, (uint)number, row, isRecent, cancellationToken);
            if (outcome == FetchOutcome.Lost || !await session.Output.FlushIfFullAsync()) return false;
            session.EndStream();
            Missing |= outcome == FetchOutcome.Gone;
            Unknown |= outcome == FetchOutcome.UnknownCte;
        }

        return true;
    }

    /// <summary>Notes whether the store had all that the view has.</summary>
    public void Count(UidRange range, IReadOnlyList<MailboxMessage> page)
    {
        if (changedSince.Value == 0 && selected.Uids.CountUpTo(range.Last) - selected.Uids.CountUpTo(new Uid(range.First.Value - 1)) > page.Count) Missing = true;
    }

    private async ValueTask<Dictionary<Uid, MailboxMessage>?> MarkSeenAsync(IReadOnlyList<MailboxMessage> page, CancellationToken cancellationToken)
    {
        if (!request.SetsSeen || selected.IsReadOnly) return null;
        Uid[] unseen = [.. page.Where(static message => !message.Flags.HasFlag(MessageFlags.Seen)).Select(static message => message.Uid)];
        if (unseen.Length == 0) return null;
        var change = new FlagChange(FlagChangeKind.Add, MessageFlags.Seen, []);
        var marked = await session.Room.Ports.Mail.ChangeFlagsAsync(selected.Id, unseen, change, cancellationToken);
        if (!marked.IsDone) return null; // a full disk must not keep mail from being read
        foreach (var message in marked.Value.Changed) selected.Effects.NoteTold(message);
        return marked.Value.Changed.ToDictionary(static message => message.Uid);
    }
}
