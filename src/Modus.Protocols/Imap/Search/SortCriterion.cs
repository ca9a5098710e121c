using Modus.Protocols.Imap.Parser;

namespace Modus.Protocols.Imap.Search;

/// <summary>What SORT compares (RFC 5256 §3, RFC 5957 §4).</summary>
internal enum SortKey
{
    /// <summary>INTERNALDATE.</summary>
    Arrival,

    /// <summary>The mailbox name of the first Cc address.</summary>
    Cc,

    /// <summary>The sent date.</summary>
    Date,

    /// <summary>The mailbox name of the first From address.</summary>
    From,

    /// <summary>RFC822.SIZE.</summary>
    Size,

    /// <summary>The base subject.</summary>
    Subject,

    /// <summary>The mailbox name of the first To address.</summary>
    To,

    /// <summary>The display name of the first From address.</summary>
    DisplayFrom,

    /// <summary>The display name of the first To address.</summary>
    DisplayTo,
}

/// <summary>How THREAD finds threads (RFC 5256 §3).</summary>
internal enum ThreadAlgorithm
{
    /// <summary>ORDEREDSUBJECT.</summary>
    OrderedSubject,

    /// <summary>REFERENCES.</summary>
    References,
}

/// <summary>One criterion of SORT.</summary>
internal readonly record struct SortCriterion(SortKey Key, bool IsReverse)
{
    // sort-criteria = "(" sort-criterion *(SP sort-criterion) ")"
    /// <summary>Takes the criteria. One that stands there a second time, whatever its direction, can decide nothing and is left out.</summary>
    public static bool TakeAll(ref ImapParser parser, out IReadOnlyList<SortCriterion> criteria)
    {
        var list = new List<SortCriterion>();
        criteria = list;
        if (!parser.Take('(')) return false;
        do
        {
            if (!Take(ref parser, out var criterion)) return false;
            if (!list.Exists(known => known.Key == criterion.Key)) list.Add(criterion);
        }
        while (parser.TryTake(' '));
        return parser.Take(')');
    }

    // sort-criterion = ["REVERSE" SP] sort-key
    private static bool Take(ref ImapParser parser, out SortCriterion criterion)
    {
        criterion = default;
        var isReverse = parser.TryTakeWord("REVERSE"u8);
        if (isReverse && !parser.TakeSpace()) return false;
        if (!parser.TakeKeyword(out var word)) return false;
        SortKey? key = word switch
        {
            "ARRIVAL" => SortKey.Arrival,
            "CC" => SortKey.Cc,
            "DATE" => SortKey.Date,
            "FROM" => SortKey.From,
            "SIZE" => SortKey.Size,
            "SUBJECT" => SortKey.Subject,
            "TO" => SortKey.To,
            "DISPLAYFROM" => SortKey.DisplayFrom,
            "DISPLAYTO" => SortKey.DisplayTo,
            _ => null,
        };
        if (key is null) return parser.Fail("a sort criterion");
        criterion = new SortCriterion(key.Value, isReverse);
        return true;
    }
}
