using Modus.Protocols.Imap.Parser;
using Modus.Storage;

namespace Modus.Protocols.Imap.Selected;

/// <summary>What a client's sequence set means in a session's view.</summary>
internal static class MessageSet
{
    /// <summary>The UIDs of the view that the set names, as ranges in order.</summary>
    /// <returns>False when a sequence number names no message: a fault of the client (RFC 9051 §9, seq-number).</returns>
    public static bool TryResolve(SelectedMailbox mailbox, SequenceSet set, bool byUid, out IReadOnlyList<UidRange> ranges)
    {
        ranges = [];
        var uids = mailbox.Uids;
        if (set.IsSavedResult)
        {
            ranges = [.. mailbox.SavedResult.Runs()];
            return true;
        }

        if (byUid)
        {
            ranges = [.. set.Resolve(uids.Last?.Value ?? 0).SelectMany(range => uids.Runs(new UidRange(new Uid(range.First), new Uid(range.Last))))];
            return true;
        }

        var resolved = set.Resolve((uint)uids.Count);
        if (resolved.Count > 0 && resolved[^1].Last > uids.Count) return false;
        if (resolved.Count == 0) return set.Ranges.All(static range => range.First == SequenceSet.Star || range.Last == SequenceSet.Star) && uids.Count > 0;
        ranges = [.. resolved.SelectMany(range => uids.Runs(new UidRange(uids[(int)range.First], uids[(int)range.Last])))];
        return true;
    }

    /// <summary>Every UID of the ranges, in order. The ranges lie in the view, so they are no more than it has.</summary>
    public static List<Uid> ToList(IReadOnlyList<UidRange> ranges)
    {
        var list = new List<Uid>();
        foreach (var (first, last) in ranges)
            for (ulong uid = first.Value; uid <= last.Value; uid++) list.Add(new Uid((uint)uid));
        return list;
    }

    /// <summary>How many UIDs the ranges have.</summary>
    public static long Count(IReadOnlyList<UidRange> ranges) => ranges.Sum(static range => (long)range.Last.Value - range.First.Value + 1);

    /// <summary>What is said of a number that names no message.</summary>
    public static Responses.ImapResult NoSuchMessage { get; } = Responses.ImapResult.Bad("There is no message of that number.");
}
