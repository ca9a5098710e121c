namespace Modus.Storage;

/// <summary>
/// The UIDs of a mailbox in order, and with them its message sequence numbers (RFC 9051 §2.3.1.2). Kept as runs, so that
/// a mailbox without holes costs one run (12 bytes), however many messages it has. Immutable and thread-safe; looking
/// up is a binary search over the runs and allocates nothing.
/// </summary>
public sealed class UidMap
{
    private readonly ReadOnlyMemory<UidRun> _runs;

    private UidMap(ReadOnlyMemory<UidRun> runs)
    {
        _runs = runs;
        Count = runs.IsEmpty ? 0 : runs.Span[^1].CountUpTo(runs.Span[^1].Last);
    }

    /// <summary>No UID at all.</summary>
    public static UidMap Empty { get; } = new(default);

    /// <summary>How many UIDs there are; the last sequence number.</summary>
    public int Count { get; }

    /// <summary>How many runs without holes there are.</summary>
    public int RunCount => _runs.Length;

    /// <summary>The greatest UID; null when there is none.</summary>
    public Uid? Last => _runs.IsEmpty ? null : new Uid(_runs.Span[^1].Last);

    /// <summary>The UID of a message.</summary>
    /// <param name="sequenceNumber">1 to <see cref="Count"/>.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such sequence number.</exception>
    public Uid this[int sequenceNumber]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfLessThan(sequenceNumber, 1);
            ArgumentOutOfRangeException.ThrowIfGreaterThan(sequenceNumber, Count);
            var runs = _runs.Span;
            var (low, high) = (0, runs.Length - 1);
            while (low < high)
            {
                var middle = low + ((high - low + 1) / 2);
                if (runs[middle].Before < sequenceNumber) low = middle;
                else high = middle - 1;
            }

            return new Uid(runs[low].First + (uint)(sequenceNumber - runs[low].Before - 1));
        }
    }

    /// <summary>The sequence number of a UID, 1 to <see cref="Count"/>; 0 when it is not there.</summary>
    public int SequenceNumberOf(Uid uid)
    {
        var index = IndexOf(uid.Value);
        if (index < 0) return 0;
        var run = _runs.Span[index];
        return uid.Value > run.Last ? 0 : run.CountUpTo(uid.Value);
    }

    /// <summary>How many UIDs are not greater than <paramref name="uid"/>, which need not be there.</summary>
    public int CountUpTo(Uid uid)
    {
        var index = IndexOf(uid.Value);
        if (index < 0) return 0;
        var run = _runs.Span[index];
        return run.CountUpTo(Math.Min(uid.Value, run.Last));
    }

    /// <summary>The map with more UIDs.</summary>
    /// <param name="uids">In ascending order, and greater than those that are there.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    public UidMap Add(IEnumerable<Uid> uids)
    {
        ArgumentNullException.ThrowIfNull(uids);
        return AddRuns(uids.Select(static uid => new UidRange(uid, uid)));
    }

    /// <summary>The map with more runs of UIDs.</summary>
    /// <param name="runs">In ascending order, without overlap, and greater than what is there.</param>
    /// <exception cref="ArgumentException">They are not.</exception>
    /// <exception cref="OverflowException">There would be more UIDs than an <see cref="int"/> counts.</exception>
    public UidMap AddRuns(IEnumerable<UidRange> runs)
    {
        ArgumentNullException.ThrowIfNull(runs);
        UidRunList? list = null;
        foreach (var (first, last) in runs)
        {
            if (list is null)
            {
                list = new UidRunList(_runs.Length + 1);
                list.AddAll(_runs.Span);
            }

            list.Add(first.Value, last.Value);
        }

        return list is null ? this : new UidMap(list.Runs);
    }

    /// <summary>The map without some UIDs, in any order; those that are not there are passed over.</summary>
    public UidMap Remove(IReadOnlyCollection<Uid> uids)
    {
        ArgumentNullException.ThrowIfNull(uids);
        if (uids.Count == 0 || _runs.IsEmpty) return this;
        var gone = new uint[uids.Count];
        var next = 0;
        foreach (var uid in uids) gone[next++] = uid.Value;
        Array.Sort(gone);

        var list = new UidRunList(_runs.Length + 1);
        next = 0;
        foreach (var run in _runs.Span)
        {
            var from = (ulong)run.First; // wider than a UID: the one after the last may be 2^32
            for (; next < gone.Length && gone[next] <= run.Last; next++)
            {
                if (gone[next] < from) continue;
                if (gone[next] > from) list.Add((uint)from, gone[next] - 1);
                from = gone[next] + 1ul;
            }

            if (from <= run.Last) list.Add((uint)from, run.Last);
        }

        var rest = new UidMap(list.Runs);
        return rest.Count == Count ? this : rest;
    }

    /// <summary>Every run without holes, in order.</summary>
    public IEnumerable<UidRange> Runs() => Runs(UidRange.All);

    /// <summary>The runs of UIDs that lie in <paramref name="within"/>, cut to it, in order.</summary>
    public IEnumerable<UidRange> Runs(UidRange within)
    {
        var index = Math.Max(0, IndexOf(within.First.Value));
        for (; index < _runs.Length && _runs.Span[index].First <= within.Last.Value; index++)
        {
            var first = Math.Max(_runs.Span[index].First, within.First.Value);
            var last = Math.Min(_runs.Span[index].Last, within.Last.Value);
            if (first <= last) yield return new UidRange(new Uid(first), new Uid(last));
        }
    }

    /// <summary>Every UID, in order.</summary>
    public IEnumerable<Uid> Uids()
    {
        foreach (var (first, last) in Runs())
            for (ulong uid = first.Value; uid <= last.Value; uid++) yield return new Uid((uint)uid); // wider: the last may be 2^32-1
    }

    // The last run that begins at or before the UID; -1 when there is none.
    private int IndexOf(uint uid)
    {
        var runs = _runs.Span;
        var (low, high) = (-1, runs.Length - 1);
        while (low < high)
        {
            var middle = low + ((high - low + 1) / 2);
            if (runs[middle].First <= uid) low = middle;
            else high = middle - 1;
        }

        return low;
    }
}
