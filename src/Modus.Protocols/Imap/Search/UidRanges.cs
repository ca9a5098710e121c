using System.Collections;
using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>UIDs that come in ascending order, gathered as runs. Not thread-safe.</summary>
internal sealed class UidRanges : IEnumerable<UidRange>
{
    private readonly List<UidRange> _ranges = [];

    public void Add(Uid uid)
    {
        if (_ranges.Count > 0 && _ranges[^1].Last.Value + 1 == uid.Value) _ranges[^1] = _ranges[^1] with { Last = uid };
        else _ranges.Add(new UidRange(uid, uid));
    }

    public IEnumerator<UidRange> GetEnumerator() => _ranges.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
