using Modus.Protocols.Imap.Commands;
using Modus.Protocols.Imap.Fetch;
using Modus.Protocols.Imap.Notify;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Selected;

/// <summary>
/// A session's view of its mailbox: which messages its sequence numbers mean, and how far the client has been told of what happened.
/// The truth is the store's; the view follows it when the client may be told. Used by one session.
/// </summary>
internal sealed class SelectedMailbox
{
    private const int PageSize = 500;

    private HashSet<string> _keywords;
    private Uid _uidNext;
    private ModSeq _synced;
    private ModSeq _expungesSynced;

    public SelectedMailbox(MailboxView view, bool isReadOnly, RecentUids recent, IReadOnlyList<string> keywords)
    {
        Mailbox = view.Mailbox;
        Uids = view.Uids;
        IsReadOnly = isReadOnly;
        Recent = recent.First < recent.Next ? UidMap.Empty.AddRuns([new UidRange(recent.First, new Uid(recent.Next.Value - 1))]) : UidMap.Empty;
        _keywords = new HashSet<string>(keywords, StringComparer.OrdinalIgnoreCase);
        _uidNext = view.Mailbox.UidNext;
        _synced = _expungesSynced = view.Mailbox.HighestModSeq;
    }

    /// <summary>The mailbox with its counters as of the last look.</summary>
    public Mailbox Mailbox { get; private set; }

    public MailboxId Id => Mailbox.Id;

    /// <summary>The messages in the client's view.</summary>
    public UidMap Uids { get; private set; }

    public bool IsReadOnly { get; }

    /// <summary>The UIDs that are \Recent in this session (RFC 3501 §2.3.2); messages of some of them may be gone.</summary>
    public UidMap Recent { get; private set; }

    /// <summary>The UIDs that a SEARCH saved (RFC 5182); empty before.</summary>
    public UidMap SavedResult { get; set; } = UidMap.Empty;

    /// <summary>How far flags were told of; what CHANGEDSINCE of the client may build on.</summary>
    public ModSeq Synced => _synced;

    public bool IsRecent(Uid uid) => Recent.SequenceNumberOf(uid) > 0;

    /// <summary>What the running command did here.</summary>
    public CommandEffects Effects { get; } = new();

    /// <summary>True when there may be expunges that were not told of, because numbers had to stay.</summary>
    public bool HoldsExpunges => Mailbox.HighestModSeq > _expungesSynced;

    /// <summary>Writes FLAGS and PERMANENTFLAGS (RFC 9051 §7.3.5).</summary>
    public void WriteFlags(ImapOutput output)
    {
        var names = string.Join(' ', FlagList.SystemFlags.Select(static flag => flag.Name).Concat(_keywords.Order(StringComparer.OrdinalIgnoreCase)));
        output.WriteLine($"* FLAGS ({names})");
        output.WriteLine(IsReadOnly
            ? "* OK [PERMANENTFLAGS ()] Nothing can be changed."
            : $"* OK [PERMANENTFLAGS ({names}{(_keywords.Count < StoreLimits.MaxKeywords ? " \\*" : "")})] These flags stay.");
    }

    /// <summary>Writes what happened since the last look, and takes it into the view.</summary>
    /// <param name="session">Whose view it is.</param>
    /// <param name="keepsNumbers">True while no message may leave the view: it leaves at a later look.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public ValueTask WriteChangesAsync(ImapSession session, bool keepsNumbers, CancellationToken cancellationToken) =>
        WriteChangesAsync(session, new ChangeTelling(keepsNumbers), cancellationToken);

    /// <summary>Writes of what happened since the last look that which the client wants to hear, and takes it into the view.</summary>
    public async ValueTask WriteChangesAsync(ImapSession session, ChangeTelling telling, CancellationToken cancellationToken)
    {
        var update = await session.Room.Ports.Mail.ReadChangesAsync(Id, _synced, _expungesSynced, PageSize, cancellationToken);
        if (update is null)
        {
            // Somebody deleted it; no response says so, and clients know how to come back from a BYE.
            session.Output.WriteLine("* BYE The selected mailbox was deleted.");
            session.End("the selected mailbox was deleted");
            return;
        }

        Mailbox = update.Mailbox;
        if (!telling.KeepsNumbers) WriteExpunges(session, update);
        if (telling.Events.HasFlag(NotifyEvents.MessageNew))
        {
            await WriteChangedAsync(session, update, telling, cancellationToken);
            _synced = update.Mailbox.HighestModSeq;
        }

        Effects.Forget(update.Mailbox.HighestModSeq); // FETCH of new messages may have marked them as \Seen since
    }

    private void WriteExpunges(ImapSession session, MailboxUpdate update)
    {
        _expungesSynced = update.Mailbox.HighestModSeq;
        var gone = update.Expunged.Select(static message => message.Uid).Where(uid => Uids.SequenceNumberOf(uid) > 0).Distinct().ToList();
        if (gone.Count == 0) return;
        if (session.State.IsEnabled(ImapFeatures.Qresync))
        {
            session.Output.WriteLine($"* VANISHED {SequenceSet.Format(gone.Select(static uid => uid.Value))}");
        }
        else
        {
            // Each EXPUNGE moves the numbers behind it, so that of the next one is smaller by those before.
            for (var i = 0; i < gone.Count; i++) session.Output.WriteLine($"* {Uids.SequenceNumberOf(gone[i]) - i} EXPUNGE");
        }

        Uids = Uids.Remove(gone);
        SavedResult = SavedResult.Remove(gone); // RFC 5182 §2.1
    }

    private async ValueTask WriteChangedAsync(ImapSession session, MailboxUpdate update, ChangeTelling telling, CancellationToken cancellationToken)
    {
        var page = update.Changed;
        var isComplete = update.IsComplete;
        while (true)
        {
            await LearnKeywordsAsync(session, page, cancellationToken);
            if (page.Count > 0 && page[^1].Uid >= _uidNext) await LearnRecentAsync(session, update.Mailbox, cancellationToken);
            var added = Take(session, page, telling.Events);
            if (telling.OfNew is { } request && !await FetchAsync(session, request, added, cancellationToken)) break;
            if (isComplete || page.Count == 0 || !await session.Output.FlushIfFullAsync()) break;
            var range = UidRange.After(page[^1].Uid);
            if (range.First >= update.Mailbox.UidNext) break;
            range = range with { Last = new Uid(update.Mailbox.UidNext.Value - 1) };
            page = await session.Room.Ports.Mail.ReadMessagesAsync(Id, range, _synced, PageSize, cancellationToken);
            isComplete = page.Count < PageSize;
        }

        _uidNext = update.Mailbox.UidNext;
    }

    private ValueTask<bool> FetchAsync(ImapSession session, FetchRequest request, List<MailboxMessage> added, CancellationToken cancellationToken)
    {
        added.RemoveAll(Effects.HasAppended);
        return added.Count == 0 ? new(true) : new FetchRun(session, this, request.With(FetchItem.Uid), default).WriteAsync(added, cancellationToken);
    }

    private List<MailboxMessage> Take(ImapSession session, IReadOnlyList<MailboxMessage> page, NotifyEvents events)
    {
        var added = page.Where(message => message.Uid >= _uidNext).ToList();
        foreach (var message in page)
        {
            if (!events.HasFlag(NotifyEvents.FlagChange) || message.Uid >= _uidNext || Effects.HasTold(message)) continue;
            if (Uids.SequenceNumberOf(message.Uid) is var number and > 0) WriteFetch(session, number, message);
        }

        if (added.Count == 0) return added;
        Uids = Uids.Add(added.Select(static message => message.Uid));
        _uidNext = new Uid(added[^1].Uid.Value + 1);
        session.Output.WriteLine($"* {Uids.Count} EXISTS");
        WriteRecent(session);
        return added;
    }

    // New messages are \Recent for the session that is told of them first, if it may write; one that may not takes them from nobody.
    private async ValueTask LearnRecentAsync(ImapSession session, Mailbox mailbox, CancellationToken cancellationToken)
    {
        if (session.State.IsEnabled(ImapFeatures.Rev2)) return;
        var taken = IsReadOnly
            ? new RecentUids(mailbox.FirstRecent, mailbox.UidNext)
            : (await session.Room.Ports.Mail.TakeRecentAsync(Id, cancellationToken)).Value;
        var first = Math.Max(taken.First.Value, (Recent.Last?.Value ?? 0) + 1);
        if (first < taken.Next.Value) Recent = Recent.AddRuns([new UidRange(new Uid(first), new Uid(taken.Next.Value - 1))]);
    }

    public void WriteRecent(ImapSession session)
    {
        if (session.State.IsEnabled(ImapFeatures.Rev2)) return; // RFC 9051 knows no RECENT
        var recent = Recent.Runs().Sum(run => Uids.CountUpTo(run.Last) - Uids.CountUpTo(new Uid(run.First.Value - 1)));
        session.Output.WriteLine($"* {recent} RECENT");
    }

    // message-data = nz-number SP "FETCH" SP msg-att ; with UID, as RFC 7162 §3.2.4 demands once QRESYNC is enabled
    public void WriteFetch(ImapSession session, int number, MailboxMessage message, bool withFlags = true)
    {
        var output = session.Output;
        output.Write($"* {number} FETCH (UID {message.Uid.Value}");
        if (withFlags)
        {
            output.Write(" FLAGS "u8);
            FlagWriter.Write(output, message.Flags, message.Keywords, IsRecent(message.Uid) && !session.State.IsEnabled(ImapFeatures.Rev2));
        }

        if (session.State.IsEnabled(ImapFeatures.Condstore)) output.Write($" MODSEQ ({message.ModSeq.Value})");
        output.Write(")\r\n"u8);
    }

    private async ValueTask LearnKeywordsAsync(ImapSession session, IReadOnlyList<MailboxMessage> page, CancellationToken cancellationToken)
    {
        if (page.All(message => message.Keywords.All(_keywords.Contains))) return;
        _keywords = new HashSet<string>(await session.Room.Ports.Mail.ListKeywordsAsync(Id, cancellationToken), StringComparer.OrdinalIgnoreCase);
        WriteFlags(session.Output);
    }
}
