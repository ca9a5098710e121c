using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Imap.Search;
using Modus.Storage;
using Xunit;
using static Modus.Tests.Imap.Search.SearchParsing;

namespace Modus.Tests.Imap.Search;

public sealed class SearchResponseTests
{
    // Sequence numbers 1 to 6.
    private static readonly UidMap View = Set(2, 3, 4, 7, 8, 12);
    private static readonly SearchHits Hits = new(Set(3, 4, 7, 12), [30, 90, 50, 40]);

    [Fact]
    public async Task Numbers_follow_each_other()
    {
        Assert.Equal("* SEARCH 2 3 4 6\r\n", await SearchAsync(Hits with { ModSeqs = null }, new MessageNumbers(View)));
        Assert.Equal("* SEARCH 3 4 7 12 (MODSEQ 90)\r\n", await SearchAsync(Hits, MessageNumbers.Uids));
        Assert.Equal("* SEARCH\r\n", await SearchAsync(new SearchHits(UidMap.Empty, []), MessageNumbers.Uids));
    }

    [Theory]
    [InlineData("ALL", "ALL 3:4,7,12")]
    [InlineData("", "ALL 3:4,7,12")]
    [InlineData("MIN", "MIN 3")]
    [InlineData("MAX", "MAX 12")]
    [InlineData("COUNT", "COUNT 4")]
    [InlineData("ALL COUNT MAX MIN", "MIN 3 MAX 12 COUNT 4 ALL 3:4,7,12")]
    [InlineData("PARTIAL 2:3", "PARTIAL (2:3 4,7)")]
    [InlineData("PARTIAL -1:-2 COUNT", "COUNT 4 PARTIAL (-1:-2 7,12)")]
    [InlineData("PARTIAL 5:9", "PARTIAL (5:9 NIL)")]
    [InlineData("PARTIAL 9:4", "PARTIAL (9:4 12)")]
    [InlineData("SAVE COUNT", "COUNT 4")]
    public async Task Items_are_told_of_UIDs(string items, string expected) => Assert.Equal(
        $"* ESEARCH (TAG \"a1\") UID {expected}\r\n", await ESearchAsync(items, Hits with { ModSeqs = null }, MessageNumbers.Uids));

    [Theory]
    [InlineData("MIN", "MIN 2 MODSEQ 30")]
    [InlineData("MAX", "MAX 6 MODSEQ 40")]
    [InlineData("MIN MAX", "MIN 2 MAX 6 MODSEQ 40")]
    [InlineData("MIN COUNT", "MIN 2 COUNT 4 MODSEQ 90")]
    [InlineData("PARTIAL 3:4", "PARTIAL (3:4 4,6) MODSEQ 50")]
    [InlineData("PARTIAL 9:9 SAVE", "PARTIAL (9:9 NIL)")]
    [InlineData("ALL", "MODSEQ 90 ALL 2:4,6")]
    public async Task Sequence_numbers_may_be_consecutive_where_UIDs_are_not(string items, string expected) => Assert.Equal(
        $"* ESEARCH (TAG \"a1\") {expected}\r\n", await ESearchAsync(items, Hits, new MessageNumbers(View)));

    [Fact]
    public async Task Nothing_found_leaves_items_out()
    {
        Assert.Equal("* ESEARCH (TAG \"a1\") UID\r\n", await ESearchAsync("MIN MAX ALL", SearchHits.None, MessageNumbers.Uids));
        Assert.Equal("* ESEARCH (TAG \"a1\") COUNT 0 PARTIAL (1:5 NIL)\r\n", await ESearchAsync("COUNT PARTIAL 1:5", SearchHits.None, new MessageNumbers(View)));
    }

    [Fact]
    public async Task Saving_alone_tells_nothing() => Assert.Equal("", await ESearchAsync("SAVE", Hits, MessageNumbers.Uids));

    [Theory]
    [InlineData("SAVE", "3:4,7,12")]
    [InlineData("SAVE MIN", "3")]
    [InlineData("SAVE MAX", "12")]
    [InlineData("SAVE MIN MAX", "3,12")]
    [InlineData("SAVE ALL MIN", "3:4,7,12")]
    [InlineData("SAVE COUNT MAX", "3:4,7,12")]
    [InlineData("SAVE PARTIAL 2:3", "4,7")]
    [InlineData("SAVE PARTIAL 2:3 MIN", "3:4,7")]
    [InlineData("SAVE PARTIAL -1:-2 MIN MAX", "3,7,12")]
    [InlineData("SAVE PARTIAL 2:3 COUNT", "3:4,7,12")]
    [InlineData("SAVE PARTIAL 7:9", "")]
    public void What_is_saved_goes_by_what_is_told(string items, string expected)
    {
        var options = ReadSearch($"RETURN ({items}) ALL").Return!;
        Assert.Equal(expected, Show(options.Saved(new FoundInOrder(Hits.Uids))));
        Assert.Equal("", Show(options.Saved(new FoundInOrder(UidMap.Empty))));
    }

    [Fact]
    public async Task A_sorted_result_keeps_its_order()
    {
        Uid[] sorted = [new(12), new(3), new(4), new(7)];
        var options = ReadSearch("RETURN (MIN MAX COUNT PARTIAL 1:2) ALL").Return!;
        Assert.Equal("* SORT 12 3 4 7\r\n", await ResponseText.WriteAsync(
            output => SearchResponses.WriteSortAsync(output, Hits with { ModSeqs = null }, sorted, MessageNumbers.Uids)));
        Assert.Equal("* SORT 6 2 3 4 (MODSEQ 90)\r\n", await ResponseText.WriteAsync(
            output => SearchResponses.WriteSortAsync(output, Hits, sorted, new MessageNumbers(View))));
        Assert.Equal("* ESEARCH (TAG \"a1\") UID MIN 12 MAX 7 COUNT 4 PARTIAL (1:2 12,3) MODSEQ 90\r\n", await ResponseText.WriteAsync(
            output => SearchResponses.WriteESearchAsync(output, "a1", options, Hits, sorted, MessageNumbers.Uids)));
        Assert.Equal("* ESEARCH (TAG \"a1\") ALL 6,2:4\r\n", await ResponseText.WriteAsync(
            output => SearchResponses.WriteESearchAsync(
                output, "a1", ReadSearch("RETURN () ALL").Return!, Hits with { ModSeqs = null }, sorted, new MessageNumbers(View))));
        Assert.Equal("3,12", Show(ReadSearch("RETURN (SAVE PARTIAL 1:2) ALL").Return!.Saved(new FoundInOrder(sorted))));
    }

    [Fact]
    public async Task A_million_numbers_are_written_in_pieces()
    {
        var every = UidMap.Empty.Add(Enumerable.Range(1, 1_000_000).Select(static i => new Uid((uint)(2 * i))));
        var longest = 0L;
        var text = await ResponseText.WriteAsync(async output =>
        {
            var isWritten = await SearchResponses.WriteESearchAsync(output, "a", ReadSearch("RETURN () ALL").Return!, new SearchHits(every), MessageNumbers.Uids);
            longest = output.GetMemory().Length;
            return isWritten;
        });
        Assert.EndsWith(",1999998,2000000\r\n", text, StringComparison.Ordinal);
        Assert.True(longest < 1 << 20);
    }

    [Fact]
    public async Task Threads_split_in_parentheses()
    {
        // RFC 5256 §4: the examples of the THREAD response.
        Assert.Equal("* THREAD (2)(3 6 (4 23)(44 7 96))\r\n", await ThreadsAsync(
            Node(2), Node(3, Node(6, Node(4, Node(23)), Node(44, Node(7, Node(96)))))));
        Assert.Equal("* THREAD ((3)(5))\r\n", await ThreadsAsync(Node(0, Node(3), Node(5))));
        Assert.Equal("* THREAD\r\n", await ThreadsAsync());
    }

    private static Task<string> ThreadsAsync(params ThreadNode[] threads) =>
        ResponseText.WriteAsync(output => ThreadResponse.WriteAsync(output, threads, MessageNumbers.Uids));

    private static ThreadNode Node(uint uid, params ThreadNode[] children) =>
        new(uid == 0 ? null : new ThreadMessage(new Uid(uid), uid, "", false)) { Children = children.Length == 0 ? null : [.. children] };

    private static Task<string> SearchAsync(SearchHits hits, MessageNumbers numbers) =>
        ResponseText.WriteAsync(output => SearchResponses.WriteSearchAsync(output, hits, numbers));

    private static Task<string> ESearchAsync(string items, SearchHits hits, MessageNumbers numbers) => ResponseText.WriteAsync(
        output => SearchResponses.WriteESearchAsync(output, "a1", ReadSearch($"RETURN ({items}) ALL").Return!, hits, numbers));

    private static UidMap Set(params uint[] uids) => UidMap.Empty.Add(uids.Select(static uid => new Uid(uid)));

    private static string Show(UidMap uids) =>
        string.Join(',', uids.Runs().Select(static run => run.First == run.Last ? $"{run.First.Value}" : $"{run.First.Value}:{run.Last.Value}"));
}
