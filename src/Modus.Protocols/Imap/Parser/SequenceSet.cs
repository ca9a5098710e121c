using System.Text;

namespace Modus.Protocols.Imap.Parser;

/// <summary>
/// A set of sequence numbers or UIDs as the client wrote it (RFC 9051 §9, sequence-set): ranges in which 0 stands for <c>*</c>, or <c>$</c>,
/// the saved result of a search (RFC 5182).
/// </summary>
internal sealed record SequenceSet(IReadOnlyList<(uint First, uint Last)> Ranges, bool IsSavedResult = false)
{
    /// <summary>What <c>*</c> is written as.</summary>
    public const uint Star = 0;

    // A line of 64 KB could hold more, but no client needs them, and each may cost a search.
    private const int MaxRanges = 10_000;

    // sequence-set = (seq-number / seq-range) ["," sequence-set] / seq-last-command
    public static bool Take(ref ImapParser parser, out SequenceSet set)
    {
        set = new SequenceSet([]);
        if (parser.TryTake('$'))
        {
            set = new SequenceSet([], IsSavedResult: true);
            return true;
        }

        var ranges = new List<(uint, uint)>();
        do
        {
            if (ranges.Count == MaxRanges) return parser.Fail($"at most {MaxRanges} ranges");
            if (!TakeNumber(ref parser, out var first)) return false;
            var last = first;
            if (parser.TryTake(':') && !TakeNumber(ref parser, out last)) return false;
            ranges.Add((first, last));
        }
        while (parser.TryTake(','));

        set = new SequenceSet(ranges);
        return true;
    }

    /// <summary>The ranges with their least end first and <c>*</c> replaced by the greatest number there is; sorted and melted together.</summary>
    /// <param name="greatest">The number that <c>*</c> stands for; 0 when there is none.</param>
    public IReadOnlyList<(uint First, uint Last)> Resolve(uint greatest)
    {
        var resolved = new List<(uint First, uint Last)>(Ranges.Count);
        foreach (var (a, b) in Ranges)
        {
            var (first, last) = (a == Star ? greatest : a, b == Star ? greatest : b);
            resolved.Add(first <= last ? (first, last) : (last, first));
        }

        return Melt(resolved);
    }

    /// <summary>Writes numbers in ascending order as a sequence set: <c>1:3,5</c>.</summary>
    public static string Format(IEnumerable<uint> ascending)
    {
        var text = new StringBuilder();
        uint first = 0, last = 0;
        foreach (var number in ascending)
        {
            if (first != 0 && number == last + 1)
            {
                last = number;
                continue;
            }

            Append();
            first = last = number;
        }

        Append();
        return text.ToString();

        void Append()
        {
            if (first == 0) return;
            if (text.Length > 0) text.Append(',');
            text.Append(first);
            if (last > first) text.Append(':').Append(last);
        }
    }

    private static List<(uint First, uint Last)> Melt(List<(uint First, uint Last)> ranges)
    {
        ranges.Sort();
        var melted = new List<(uint First, uint Last)>(ranges.Count);
        foreach (var range in ranges)
        {
            if (range.Last == 0) continue;
            if (melted.Count > 0 && range.First <= (ulong)melted[^1].Last + 1)
                melted[^1] = (melted[^1].First, Math.Max(melted[^1].Last, range.Last));
            else
                melted.Add(range);
        }

        return melted;
    }

    // seq-number = nz-number / "*"
    private static bool TakeNumber(ref ImapParser parser, out uint number)
    {
        number = Star;
        return parser.TryTake('*') || parser.TakeNonZero(out number);
    }
}
