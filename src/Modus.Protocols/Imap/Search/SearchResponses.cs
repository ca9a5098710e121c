using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>
/// Writes what was found. Every method writes whole lines, lets the output flush on the way, and returns false once the client is
/// lost: a million numbers are never in memory as text.
/// </summary>
internal static class SearchResponses
{
    // mailbox-data =/ "SEARCH" [1*(SP nz-number) SP search-sort-mod-seq]
    /// <summary>SEARCH (RFC 3501 §7.2.5), with the greatest MODSEQ when it was searched for (RFC 7162 §3.1.6).</summary>
    public static ValueTask<bool> WriteSearchAsync(ImapOutput output, SearchHits hits, MessageNumbers numbers) =>
        WriteNumbersAsync(output, "* SEARCH", hits.Uids.Uids(), numbers, hits.Greatest());

    // sort-data = "SORT" [1*(SP nz-number) SP search-sort-mod-seq]
    /// <summary>SORT (RFC 5256 §4).</summary>
    public static ValueTask<bool> WriteSortAsync(ImapOutput output, SearchHits hits, IReadOnlyList<Uid> sorted, MessageNumbers numbers) =>
        WriteNumbersAsync(output, "* SORT", sorted, numbers, sorted.Count == 0 ? null : hits.Greatest());

    // search-response = "ESEARCH" [search-correlator] [SP "UID"] *(SP search-return-data)
    /// <summary>ESEARCH (RFC 9051 §7.3.4) in the order of the mailbox.</summary>
    public static ValueTask<bool> WriteESearchAsync(
        ImapOutput output, string tag, SearchReturn options, SearchHits hits, MessageNumbers numbers) =>
        WriteESearchAsync(output, tag, options, hits, new FoundInOrder(hits.Uids), numbers);

    /// <summary>ESEARCH in the order of SORT (RFC 5267 §3).</summary>
    public static ValueTask<bool> WriteESearchAsync(
        ImapOutput output, string tag, SearchReturn options, SearchHits hits, IReadOnlyList<Uid> sorted, MessageNumbers numbers) =>
        WriteESearchAsync(output, tag, options, hits, new FoundInOrder(sorted), numbers);

    private static async ValueTask<bool> WriteESearchAsync(
        ImapOutput output, string tag, SearchReturn options, SearchHits hits, FoundInOrder found, MessageNumbers numbers)
    {
        if (!options.HasResponse) return !output.IsLost;
        output.Write("* ESEARCH (TAG ");
        output.WriteString(tag);
        output.Write(')');
        if (numbers.IsUid) output.Write(" UID"u8);
        if (found.Count > 0 && options.Has(ReturnItems.Min)) WriteItem(output, " MIN ", numbers.Of(found[1]));
        if (found.Count > 0 && options.Has(ReturnItems.Max)) WriteItem(output, " MAX ", numbers.Of(found[found.Count]));
        if (options.Has(ReturnItems.Count)) WriteItem(output, " COUNT ", found.Count);
        if (options.Has(ReturnItems.Partial) && !await WritePartialAsync(output, options.Partial, found, numbers)) return false;
        if (options.ModSeqOf(hits, found) is { } modSeq) WriteItem(output, " MODSEQ ", modSeq);
        if (found.Count > 0 && options.Has(ReturnItems.All))
        {
            output.Write(" ALL "u8);
            if (!await WriteSetAsync(output, numbers.Runs(found.Runs(1, found.Count)))) return false;
        }

        output.Write("\r\n"u8);
        return await output.FlushIfFullAsync();
    }

    // ret-data-partial = "PARTIAL" SP "(" partial-range SP partial-results ")"
    private static async ValueTask<bool> WritePartialAsync(ImapOutput output, PartialRange range, FoundInOrder found, MessageNumbers numbers)
    {
        output.Write($" PARTIAL ({range} ");
        var (skip, take) = range.Resolve(found.Count);
        if (take == 0) output.Write("NIL"u8);
        else if (!await WriteSetAsync(output, numbers.Runs(found.Runs(skip + 1, skip + take)))) return false;
        output.Write(')');
        return true;
    }

    private static async ValueTask<bool> WriteSetAsync(ImapOutput output, IEnumerable<(uint First, uint Last)> runs)
    {
        var isFirst = true;
        foreach (var (first, last) in runs)
        {
            if (!isFirst) output.Write(',');
            isFirst = false;
            output.WriteNumber(first);
            if (last != first)
            {
                output.Write(':');
                output.WriteNumber(last);
            }

            if (!await output.FlushIfFullAsync()) return false;
        }

        return true;
    }

    private static async ValueTask<bool> WriteNumbersAsync(
        ImapOutput output, string name, IEnumerable<Uid> uids, MessageNumbers numbers, long? modSeq)
    {
        output.Write(name);
        foreach (var uid in uids)
        {
            output.Write(' ');
            output.WriteNumber(numbers.Of(uid));
            if (!await output.FlushIfFullAsync()) return false;
        }

        if (modSeq is { } greatest)
        {
            WriteItem(output, " (MODSEQ ", greatest);
            output.Write(')');
        }

        output.Write("\r\n"u8);
        return await output.FlushIfFullAsync();
    }

    private static void WriteItem(ImapOutput output, string name, long value)
    {
        output.Write(name);
        output.WriteNumber(value);
    }
}
