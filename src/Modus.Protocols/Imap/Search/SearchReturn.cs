using Modus.Protocols.Imap.Parser;
using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>What a search tells of its result (RFC 4731 §3.1, RFC 5182 §2.1, RFC 9394 §3.1).</summary>
[Flags]
internal enum ReturnItems
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>MIN.</summary>
    Min = 1,

    /// <summary>MAX.</summary>
    Max = 2,

    /// <summary>ALL.</summary>
    All = 4,

    /// <summary>COUNT.</summary>
    Count = 8,

    /// <summary>PARTIAL.</summary>
    Partial = 16,

    /// <summary>SAVE.</summary>
    Save = 32,
}

/// <summary>The RETURN of a search.</summary>
internal sealed record SearchReturn(ReturnItems Items, PartialRange Partial)
{
    /// <summary>RETURN (ALL).</summary>
    public static SearchReturn Everything { get; } = new(ReturnItems.All, default);

    /// <summary>Whether there is an ESEARCH response: not when the result is only saved (RFC 9051 §6.4.4).</summary>
    public bool HasResponse => Items != ReturnItems.Save;

    /// <summary>How many of the first messages decide everything that is told of a search, in the order of the mailbox; null when the last one counts, too.</summary>
    public int? Enough
    {
        get
        {
            if (Has(ReturnItems.Max | ReturnItems.All | ReturnItems.Count)) return null;
            if (Has(ReturnItems.Partial)) return Partial.FromEnd ? null : (int)Math.Min(Partial.Greatest, int.MaxValue);
            return Has(ReturnItems.Min) ? 1 : null;
        }
    }

    /// <summary>Whether one of the items is asked for.</summary>
    public bool Has(ReturnItems item) => (Items & item) != 0;

    /// <summary>What <c>$</c> is from now on, when SAVE is among the items (RFC 9051 §6.4.4.1, RFC 9394 §3.2).</summary>
    /// <param name="found">What was found, in its order.</param>
    public UidMap Saved(FoundInOrder found)
    {
        var told = IsAboutSome ? Told(found) : found.Runs(1, found.Count);
        return UidSets.Melted(told);
    }

    /// <summary>The MODSEQ to tell: of the messages that are told of (RFC 4731 §3.2); null for none.</summary>
    public long? ModSeqOf(SearchHits hits, FoundInOrder found)
    {
        if (hits.ModSeqs is null || found.Count == 0) return null;
        if (!IsAboutSome) return hits.Greatest();
        return UidSets.Melted(Told(found)).Uids().Select(hits.ModSeqOf).Max();
    }

    // MIN, MAX and PARTIAL are about messages of their own, as long as nothing is told of all of them.
    private bool IsAboutSome => (Items & (ReturnItems.All | ReturnItems.Count)) == 0 && (Items & ~ReturnItems.Save) != 0;

    private IEnumerable<UidRange> Told(FoundInOrder found)
    {
        if (found.Count == 0) yield break;
        if (Has(ReturnItems.Min)) yield return new UidRange(found[1], found[1]);
        if (Has(ReturnItems.Max)) yield return new UidRange(found[found.Count], found[found.Count]);
        if (!Has(ReturnItems.Partial)) yield break;
        var (skip, take) = Partial.Resolve(found.Count);
        foreach (var run in found.Runs(skip + 1, skip + take)) yield return run;
    }

    // search-return-opts = SP "RETURN" SP "(" [search-return-opt *(SP search-return-opt)] ")", from the word on
    public static bool Take(ref ImapParser parser, out SearchReturn? options)
    {
        options = null;
        if (!parser.TakeSpace() || !parser.Take('(')) return false;
        var (items, partial) = (ReturnItems.None, default(PartialRange));
        if (!parser.TryTake(')'))
        {
            do
            {
                if (!TakeItem(ref parser, ref items, ref partial)) return false;
            }
            while (parser.TryTake(' '));
            if (!parser.Take(')')) return false;
        }

        // RFC 9394 §3.1 allows one of them; each in one ESEARCH response would leave open what SAVE means.
        if ((items & (ReturnItems.All | ReturnItems.Partial)) == (ReturnItems.All | ReturnItems.Partial)) return parser.Fail("either ALL or PARTIAL");
        options = new SearchReturn(items == ReturnItems.None ? ReturnItems.All : items, partial);
        return true;
    }

    private static bool TakeItem(ref ImapParser parser, ref ReturnItems items, ref PartialRange partial)
    {
        if (!parser.TakeKeyword(out var word)) return false;
        var item = word switch
        {
            "MIN" => ReturnItems.Min,
            "MAX" => ReturnItems.Max,
            "ALL" => ReturnItems.All,
            "COUNT" => ReturnItems.Count,
            "SAVE" => ReturnItems.Save,
            "PARTIAL" => ReturnItems.Partial,
            _ => ReturnItems.None,
        };
        if (item == ReturnItems.None) return parser.Fail("MIN, MAX, ALL, COUNT, SAVE or PARTIAL");
        if (item == ReturnItems.Partial)
        {
            if ((items & item) != 0) return parser.Fail("one PARTIAL");
            if (!parser.TakeSpace() || !PartialRange.Take(ref parser, out partial)) return false;
        }

        items |= item;
        return true;
    }
}
