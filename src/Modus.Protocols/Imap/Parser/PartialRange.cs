using System.Globalization;

namespace Modus.Protocols.Imap.Parser;

/// <summary>A range of results as the client wrote it (RFC 9394 §4, partial-range): numbers from 1, in any order.</summary>
/// <param name="First">One end.</param>
/// <param name="Last">The other.</param>
/// <param name="FromEnd">True when 1 is the last result: <c>-1:-100</c>.</param>
internal readonly record struct PartialRange(uint First, uint Last, bool FromEnd)
{
    /// <summary>The greater end, from 1.</summary>
    public uint Greatest => Math.Max(First, Last);

    // partial-range-first = nz-number ":" nz-number ; partial-range-last = MINUS nz-number ":" MINUS nz-number
    public static bool Take(ref ImapParser parser, out PartialRange range)
    {
        range = default;
        var fromEnd = parser.TryTake('-');
        if (!parser.TakeNonZero(out var first) || !parser.Take(':')) return false;
        if (fromEnd && !parser.Take('-')) return false;
        if (!parser.TakeNonZero(out var last)) return false;
        range = new PartialRange(first, last, fromEnd);
        return true;
    }

    /// <summary>Which of so many results it means: how many to pass over, and how many follow.</summary>
    public (int Skip, int Take) Resolve(int total)
    {
        long least = Math.Min(First, Last), greatest = Math.Min(Greatest, (long)total);
        if (least > total) return (0, 0);
        var count = (int)(greatest - least + 1);
        return (FromEnd ? (int)(total - greatest) : (int)least - 1, count);
    }

    /// <summary>As it was written: the response repeats it.</summary>
    public override string ToString()
    {
        var sign = FromEnd ? "-" : "";
        return string.Create(CultureInfo.InvariantCulture, $"{sign}{First}:{sign}{Last}");
    }
}
