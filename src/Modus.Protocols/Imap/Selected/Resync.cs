using Modus.Protocols.Imap.Parser;
using Modus.Storage;

namespace Modus.Protocols.Imap.Selected;

/// <summary>Tells a client what happened in a mailbox since its last session (RFC 7162 §3.2.5, §3.2.6): what it costs grows with what changed.</summary>
internal static class Resync
{
    private const int PageSize = 500;

    public static async ValueTask WriteAsync(ImapSession session, SelectedMailbox selected, ResyncRequest request, CancellationToken cancellationToken)
    {
        if (request.UidValidity != selected.Mailbox.UidValidity) return;
        var known = request.KnownUids?.Resolve(selected.Uids.Last?.Value ?? 0);
        await WriteVanishedAsync(session, selected, request.ModSeq, uid => known is null || Contains(known, uid.Value), cancellationToken);
        await WriteChangedAsync(session, selected, request.ModSeq, known, cancellationToken);
    }

    /// <summary>Writes <c>VANISHED (EARLIER)</c> for what was expunged since a MODSEQ, as far as the view knows of it.</summary>
    public static async ValueTask WriteVanishedAsync(
        ImapSession session, SelectedMailbox selected, ModSeq since, Func<Uid, bool> isAsked, CancellationToken cancellationToken)
    {
        var expunged = await session.Room.Ports.Mail.ReadExpungedAsync(selected.Id, since, cancellationToken);
        var set = SequenceSet.Format(expunged
            .Where(message => isAsked(message.Uid) && selected.Uids.SequenceNumberOf(message.Uid) == 0)
            .Select(static message => message.Uid.Value).Distinct());
        if (set.Length > 0) session.Output.WriteLine($"* VANISHED (EARLIER) {set}");
    }

    private static async ValueTask WriteChangedAsync(
        ImapSession session, SelectedMailbox selected, ModSeq since, IReadOnlyList<(uint First, uint Last)>? known, CancellationToken cancellationToken)
    {
        var range = UidRange.All;
        while (await session.Room.Ports.Mail.ReadMessagesAsync(selected.Id, range, since, PageSize, cancellationToken) is { Count: > 0 } page)
        {
            foreach (var message in page)
            {
                if (selected.Uids.SequenceNumberOf(message.Uid) is not (var number and > 0)) continue;
                if (known is null || Contains(known, message.Uid.Value)) selected.WriteFetch(session, number, message);
            }

            if (page.Count < PageSize || page[^1].Uid == range.Last || !await session.Output.FlushIfFullAsync()) return;
            range = UidRange.After(page[^1].Uid);
        }
    }

    private static bool Contains(IReadOnlyList<(uint First, uint Last)> ranges, uint uid)
    {
        var (low, high) = (0, ranges.Count - 1);
        while (low <= high)
        {
            var middle = (low + high) / 2;
            if (uid < ranges[middle].First) high = middle - 1;
            else if (uid > ranges[middle].Last) low = middle + 1;
            else return true;
        }

        return false;
    }
}
