using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>What a search found.</summary>
/// <param name="Uids">The messages.</param>
/// <param name="ModSeqs">The MODSEQ of each, in the order of the UIDs; null when MODSEQ was not searched for.</param>
internal sealed record SearchHits(UidMap Uids, IReadOnlyList<long>? ModSeqs = null)
{
    /// <summary>No message.</summary>
    public static SearchHits None { get; } = new(UidMap.Empty);

    /// <summary>The greatest MODSEQ; null when it was not searched for, or nothing was found.</summary>
    public long? Greatest() => ModSeqs is { Count: > 0 } ? ModSeqs.Max() : null;

    /// <summary>The MODSEQ of a message that was found; null when it was not searched for.</summary>
    public long? ModSeqOf(Uid uid) => ModSeqs?[Uids.SequenceNumberOf(uid) - 1];
}

/// <summary>Gathers what is found, in ascending order, until it is enough. Used by one search.</summary>
/// <param name="withModSeq">Whether MODSEQ is wanted.</param>
/// <param name="enough">How many are enough; null for all.</param>
internal sealed class HitCollector(bool withModSeq, int? enough)
{
    private readonly List<UidRange> _runs = [];
    private readonly List<long>? _modSeqs = withModSeq ? [] : null;
    private int _count;

    /// <summary>Adds a message.</summary>
    /// <returns>False when no more are wanted.</returns>
    public bool Add(MailboxMessage row)
    {
        var uid = row.Uid;
        if (_runs.Count > 0 && _runs[^1].Last.Value + 1 == uid.Value) _runs[^1] = _runs[^1] with { Last = uid };
        else _runs.Add(new UidRange(uid, uid));
        _modSeqs?.Add(row.ModSeq.Value);
        return ++_count != enough;
    }

    public SearchHits ToHits() => new(UidSets.Of(_runs), _modSeqs);
}
