using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>Sets of UIDs, kept as runs: what a search finds in a mailbox without holes is a few bytes, however much it is.</summary>
internal static class UidSets
{
    public static UidMap Of(IEnumerable<UidRange> ascending) => UidMap.Empty.AddRuns(ascending);

    public static UidMap Intersect(UidMap left, UidMap right) => Of(left.Runs().SelectMany(right.Runs));

    public static UidMap Union(IReadOnlyList<UidMap> sets) =>
        sets.Count == 1 ? sets[0] : Melted(sets.SelectMany(static set => set.Runs()));

    /// <summary>The set of runs in any order, which may overlap.</summary>
    public static UidMap Melted(IEnumerable<UidRange> runs) => Of(Melt(runs));

    /// <summary>What of <paramref name="all"/> is not in <paramref name="set"/>.</summary>
    public static UidMap Except(UidMap all, UidMap set) => set.Count == 0 ? all : Of(all.Runs().SelectMany(run => Holes(run, set)));

    private static IEnumerable<UidRange> Holes(UidRange run, UidMap set)
    {
        ulong from = run.First.Value; // wider than a UID: the one after the last may be 2^32
        foreach (var taken in set.Runs(run))
        {
            if (from < taken.First.Value) yield return Range((uint)from, taken.First.Value - 1);
            from = taken.Last.Value + 1ul;
        }

        if (from <= run.Last.Value) yield return Range((uint)from, run.Last.Value);
    }

    private static IEnumerable<UidRange> Melt(IEnumerable<UidRange> runs)
    {
        var (first, last) = (0u, 0u);
        foreach (var run in runs.OrderBy(static run => run.First.Value))
        {
            if (first != 0 && run.First.Value <= last + 1ul)
            {
                last = Math.Max(last, run.Last.Value);
                continue;
            }

            if (first != 0) yield return Range(first, last);
            (first, last) = (run.First.Value, run.Last.Value);
        }

        if (first != 0) yield return Range(first, last);
    }

    private static UidRange Range(uint first, uint last) => new(new Uid(first), new Uid(last));
}
