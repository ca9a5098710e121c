using CsCheck;
using Modus.Protocols.Imap.Search;
using Modus.Storage;
using Modus.Testing.Storage;
using Modus.Tests.Storage.Embedded;
using Xunit;
using static Modus.Tests.Imap.Search.SearchParsing;

namespace Modus.Tests.Imap.Search;

public sealed class SearchEvaluationTests
{
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task What_is_found_is_what_the_keys_say(bool withIndex)
    {
        await using var room = await SearchRoom.OpenAsync();
        for (var i = 0; i < 60; i++) await room.AddAsync(SearchGen.Messages.Single());
        await room.ExpungeAsync(7, 8, 20, 41);
        var context = await room.OpenViewAsync(withIndex);
        for (var i = 0; i < 5; i++) await room.AddAsync(SearchGen.Messages.Single()); // after the client was told, and the index read
        var model = new SearchModel(room.View, SearchRoom.FirstRecent, [.. context.Saved.Uids()], context.Time.GetUtcNow());
        await SearchGen.Keys.SampleAsync(
            async key =>
            {
                var hits = await SearchEvaluation.FindAsync(context, new SearchArguments { Key = key, HasModSeq = true }, default);
                Assert.Equal(model.Find(key), hits.Uids.Uids());
                Assert.Equal(hits.Uids.Uids().Select(uid => room.ModSeqOf(uid)), hits.ModSeqs ?? []);
                Assert.Equal(hits.Uids.Uids(), (await SearchEvaluation.FindAsync(context, new SearchArguments { Key = key, HasModSeq = false }, default)).Uids.Uids());
            },
            iter: 1_500, threads: 1, print: static key => Show(key));
    }

    [Theory]
    [InlineData("MIN")]
    [InlineData("MIN SAVE")]
    [InlineData("PARTIAL 1:7")]
    [InlineData("MIN PARTIAL 3:5 SAVE")]
    [InlineData("PARTIAL -1:-3")]
    [InlineData("MIN MAX")]
    public async Task A_search_for_the_first_messages_tells_the_same_and_stops_early(string items)
    {
        await using var room = await SearchRoom.OpenAsync();
        for (var i = 0; i < 60; i++) await room.AddAsync(SearchGen.Messages.Single());
        var context = await room.OpenViewAsync(withIndex: false);
        var counting = new CountingStore(context.Store);
        var command = ReadSearch($"RETURN ({items}) MODSEQ 1 SMALLER 1000000 BODY \"\"");
        var first = await SearchEvaluation.FindAsync(context with { Store = counting.Store }, command, default);
        var all = await SearchEvaluation.FindAsync(context, command with { Return = null }, default);
        Assert.Equal(command.Return!.Enough ?? 60, counting.Contents);
        Assert.Equal(await WriteAsync(all), await WriteAsync(first));
        Assert.Equal(command.Return.Saved(new FoundInOrder(all.Uids)).Uids(), command.Return.Saved(new FoundInOrder(first.Uids)).Uids());

        Task<string> WriteAsync(SearchHits hits) => ResponseText.WriteAsync(
            output => SearchResponses.WriteESearchAsync(output, "a", command.Return, hits, MessageNumbers.Uids));
    }

    [Theory]
    [InlineData("ALL", 0, 0, 0)]
    [InlineData("NOT 5:10 UID 1:*", 0, 0, 0)]
    [InlineData("OR 1:3 NOT $", 0, 0, 0)]
    [InlineData("UID 17", 0, 0, 0)]
    [InlineData("UID 17 UNSEEN", 1, 0, 0)]
    [InlineData("UID 17:19,25,900 UNSEEN", 9, 0, 0)]
    [InlineData("UNSEEN", 60, 0, 0)]
    [InlineData("SINCE 1-Jan-2020 OR SEEN UNSEEN", 60, 0, 0)]
    [InlineData("LARGER 1000000 SUBJECT plan", 60, 0, 0)]
    [InlineData("OR SMALLER 1000000 BODY plan", 60, 0, 0)]
    [InlineData("UID 17 SUBJECT plan", 1, 1, 0)]
    [InlineData("UID 3:12 OR SUBJECT plan FROM anna", 10, 10, 0)]
    [InlineData("BODY plan SENTBEFORE 1-Jan-1970 UID 1:10", 10, 10, 0)]
    [InlineData("BODY plan UID 1:10", 10, 0, 10)]
    [InlineData("TEXT plan BODY lunch HEADER subject plan UID 1:2 LARGER 1", 2, 0, 2)]
    public async Task Only_what_decides_is_read(string search, int rows, int summaries, int contents)
    {
        await using var room = await SearchRoom.OpenAsync();
        for (var i = 0; i < 60; i++) await room.AddAsync(SearchGen.Messages.Single());
        var context = await room.OpenViewAsync(withIndex: false);
        var counting = new CountingStore(context.Store);
        await SearchEvaluation.FindAsync(context with { Store = counting.Store }, ReadSearch(search), default);
        Assert.Equal((rows, summaries, contents), (counting.Rows, counting.Summaries, counting.Contents));
    }

    [Fact]
    public async Task The_index_saves_reading_what_it_knows()
    {
        await using var room = await SearchRoom.OpenAsync();
        for (var i = 0; i < 60; i++) await room.AddAsync(SearchGen.Messages.Single());
        var context = await room.OpenViewAsync(withIndex: true);
        var counting = new CountingStore(context.Store);
        await SearchEvaluation.FindAsync(context with { Store = counting.Store }, ReadSearch("OR BODY plan OR FROM anna SUBJECT \"invoice 42\""), default);
        Assert.Equal((60, 0, 0), (counting.Rows, counting.Summaries, counting.Contents));
        await SearchEvaluation.FindAsync(context with { Store = counting.Store }, ReadSearch("FROM \"smith <anna\""), default);
        Assert.Equal(60, counting.Summaries);
    }

    [Fact]
    public async Task What_went_meanwhile_is_not_found()
    {
        await using var room = await SearchRoom.OpenAsync();
        for (var i = 0; i < 20; i++) await room.AddAsync(SearchGen.Messages.Single());
        var context = await room.OpenViewAsync(withIndex: false);
        await room.Store.Mail.ExpungeAsync(context.Mailbox, [new Uid(3)], default);
        var command = ReadSearch("OR SEEN UNSEEN");
        Assert.Equal(19, (await SearchEvaluation.FindAsync(context, command, default)).Uids.Count);
        Assert.Equal(20, (await SearchEvaluation.FindAsync(context, ReadSearch("ALL"), default)).Uids.Count);
    }

    [Fact]
    public async Task A_search_can_be_given_up()
    {
        await using var room = await SearchRoom.OpenAsync();
        await room.AddAsync(SearchGen.Messages.Single());
        var context = await room.OpenViewAsync(withIndex: false);
        using var given = new CancellationTokenSource();
        await given.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await SearchEvaluation.FindAsync(context, ReadSearch("SEEN"), given.Token));
    }

    [Fact]
    public async Task A_search_in_an_empty_mailbox_finds_nothing()
    {
        await using var room = await SearchRoom.OpenAsync();
        var context = await room.OpenViewAsync(withIndex: false);
        foreach (var search in (string[])["ALL", "1:*", "UID *", "NOT 1", "BODY x", "MODSEQ 1", "*", "$", "RECENT"])
            Assert.Equal(0, (await SearchEvaluation.FindAsync(context, ReadSearch(search), default)).Uids.Count);
    }
}
