using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>Messages as the numbers that the client is told: sequence numbers, or UIDs.</summary>
internal readonly struct MessageNumbers(UidMap? view)
{
    /// <summary>UIDs.</summary>
    public static MessageNumbers Uids => new(null);

    public bool IsUid => view is null;

    public uint Of(Uid uid) => view is null ? uid.Value : (uint)view.SequenceNumberOf(uid);

    /// <summary>Runs of consecutive numbers, for a set in ascending order. UIDs without a hole have sequence numbers without one.</summary>
    public IEnumerable<(uint First, uint Last)> Runs(IEnumerable<UidRange> ranges)
    {
        var (first, last) = (0u, 0u);
        foreach (var range in ranges)
        {
            var next = Of(range.First);
            if (first != 0 && next == last + 1ul)
            {
                last = Of(range.Last);
                continue;
            }

            if (first != 0) yield return (first, last);
            (first, last) = (next, Of(range.Last));
        }

        if (first != 0) yield return (first, last);
    }
}
