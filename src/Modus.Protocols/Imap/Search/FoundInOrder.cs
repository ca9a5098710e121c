using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>What was found, as results from 1 to <see cref="Count"/>, in the order of the mailbox or of SORT.</summary>
internal readonly struct FoundInOrder
{
    private readonly UidMap _uids;
    private readonly IReadOnlyList<Uid>? _sorted;

    public FoundInOrder(UidMap uids) => _uids = uids;

    public FoundInOrder(IReadOnlyList<Uid> sorted) => (_uids, _sorted) = (UidMap.Empty, sorted);

    public int Count => _sorted?.Count ?? _uids.Count;

    /// <summary>A result.</summary>
    /// <param name="number">From 1.</param>
    public Uid this[int number] => _sorted is null ? _uids[number] : _sorted[number - 1];

    /// <summary>Results as runs, in their order; both ends included, none when the first is greater.</summary>
    public IEnumerable<UidRange> Runs(int first, int last)
    {
        if (first > last) return [];
        return _sorted is null ? _uids.Runs(new UidRange(_uids[first], _uids[last])) : Single(_sorted, first, last);
    }

    private static IEnumerable<UidRange> Single(IReadOnlyList<Uid> sorted, int first, int last)
    {
        for (var i = first - 1; i < last; i++) yield return new UidRange(sorted[i], sorted[i]);
    }
}
