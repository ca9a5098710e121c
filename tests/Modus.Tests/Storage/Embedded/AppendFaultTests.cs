using System.Buffers;
using Modus.Storage;
using Modus.Storage.Embedded;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Embedded;

/// <summary>An append of several messages that the disk lets down halfway.</summary>
public sealed class AppendFaultTests
{
    [Theory]
    [InlineData(20_000, 20_000)]
    [InlineData(20_000, 200_000)]
    [InlineData(200_000, 20_000)]
    [InlineData(200_000, 200_000)]
    public async Task A_disk_that_is_full_after_the_first_message_keeps_neither(int first, int second)
    {
        var disk = new FaultyDisk();
        await using var store = await EmbeddedStoreUnderTest.OpenAsync(disk: disk);
        var account = (await store.AddAccountAsync("anna")).Id;
        var inbox = (await store.MailboxAsync(account)).Id;
        await store.DeliverAsync(inbox, "kept");
        var segments = Segments(store);
        disk.Capacity = first + second - 1_000;
        Assert.Equal(StoreOutcome.NoSpace, await AppendAsync(store, inbox, first, second));

        // A refusal is answered before the writer has tidied up; its next answer comes after.
        await store.Mail.SetSubscribedAsync(account, MailboxName.Inbox, true, default);
        Assert.Equal(segments, Segments(store));

        disk.Capacity = long.MaxValue;
        Assert.Equal(StoreOutcome.Done, await AppendAsync(store, inbox, first, second));
        await store.ReopenAsync();
        Assert.Equal([1u, 2u, 3u], (await store.MessagesAsync(inbox)).Select(m => m.Uid.Value));
        Assert.Empty(await store.Maintenance.FaultsAsync());
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(200_000)]
    public async Task Rows_never_come_before_their_content_is_synced(int length)
    {
        var disk = new FaultyDisk();
        await using var store = await EmbeddedStoreUnderTest.OpenAsync(disk: disk);
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        disk.SyncFails = true;
        await Assert.ThrowsAsync<StoreFailedException>(() => AppendAsync(store, inbox, 10, length));
        disk.SyncFails = false;
        await store.ReopenAsync();
        Assert.Empty(await store.MessagesAsync(inbox));
        Assert.Empty(Segments(store));
    }

    [Fact]
    public async Task Small_messages_that_pass_the_end_of_a_segment_go_on_in_the_next()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync(configure: o => o with { SegmentSize = 1_000 });
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        Assert.Equal(StoreOutcome.Done, await AppendAsync(store, inbox, 600, 600, 600, 600));
        Assert.Equal(2, Segments(store).Length);
        await store.ReopenAsync();
        Assert.Equal(4, (await store.MessagesAsync(inbox)).Count);
        Assert.Empty(await store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task Appends_of_many_share_commits_and_each_is_whole()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync();
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        var outcomes = await Task.WhenAll(Enumerable.Range(0, 20).Select(i => Task.Run(() => AppendAsync(store, inbox, 100 + i, 70_000 + i, 200 + i))));
        Assert.All(outcomes, static outcome => Assert.Equal(StoreOutcome.Done, outcome));
        var sizes = (await store.MessagesAsync(inbox)).Select(static message => message.Size).Chunk(3);
        Assert.All(sizes, static three => Assert.Equal((three[0] + 69_900, three[0] + 100), (three[1], three[2])));
        Assert.Empty(await store.Maintenance.FaultsAsync());
    }

    private static async Task<StoreOutcome> AppendAsync(EmbeddedStoreUnderTest store, MailboxId mailbox, params int[] lengths)
    {
        var writers = lengths.Select(_ => store.Delivery.BeginContent()).ToList();
        try
        {
            foreach (var (writer, length) in writers.Zip(lengths))
            {
                writer.Write(new byte[length]);
                if (await writer.FlushAsync(default) is var outcome and not StoreOutcome.Done) return outcome;
            }

            var messages = writers.ConvertAll(static writer => new MessageToAppend(writer, DateTimeOffset.UnixEpoch));
            return (await store.Delivery.AppendAsync(mailbox, messages, null, default)).Outcome;
        }
        finally
        {
            foreach (var writer in writers) await writer.DisposeAsync();
        }
    }

    private static (string, long)[] Segments(EmbeddedStoreUnderTest store) =>
        [.. new DirectoryInfo(Path.Combine(store.Options.Folder, "segments")).GetFiles().Select(static file => (file.Name, file.Length)).Order()];
}
