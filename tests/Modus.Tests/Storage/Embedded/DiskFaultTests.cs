using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Embedded;

public sealed class DiskFaultTests
{
    [Theory]
    [InlineData(1_000)]
    [InlineData(500_000)]
    public async Task A_full_disk_refuses_leaves_nothing_and_goes_on_when_there_is_room(int length)
    {
        var disk = new FaultyDisk();
        await using var store = await EmbeddedStoreUnderTest.OpenAsync(disk: disk);
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        var text = new string('x', length);
        await store.DeliverAsync(inbox, text);
        disk.IsFull = true;
        Assert.Equal(StoreOutcome.NoSpace, (await store.DeliverAsync(inbox, text)).Outcome);
        Assert.Single(await store.MessagesAsync(inbox));

        disk.IsFull = false;
        Assert.True((await store.DeliverAsync(inbox, text)).IsDone);
        Assert.Equal([1u, 2u], (await store.MessagesAsync(inbox)).Select(m => m.Uid.Value));
        Assert.Empty(await store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task A_failed_sync_is_final_until_the_store_is_opened_anew()
    {
        var disk = new FaultyDisk();
        await using var store = await EmbeddedStoreUnderTest.OpenAsync(disk: disk);
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        await store.DeliverAsync(inbox, "kept");
        disk.SyncFails = true;
        await Assert.ThrowsAsync<StoreFailedException>(() => store.DeliverAsync(inbox, "lost"));
        disk.SyncFails = false;
        var syncs = disk.Syncs;

        await Assert.ThrowsAsync<StoreFailedException>(() => store.DeliverAsync(inbox, "refused"));
        await Assert.ThrowsAsync<StoreFailedException>(async () => await store.Settings.SetAsync("a", "1", null, "me", default));
        Assert.Throws<StoreFailedException>(() => { _ = store.MessagesAsync(inbox).GetAwaiter().GetResult(); });
        Assert.Equal(syncs, disk.Syncs);

        await store.ReopenAsync();
        var message = Assert.Single(await store.MessagesAsync(inbox));
        Assert.Equal("kept"u8.ToArray(), await store.Mail.ReadAllAsync(message.Content));
        Assert.Empty(await store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task A_failed_sync_of_a_large_message_is_final_too()
    {
        var disk = new FaultyDisk();
        await using var store = await EmbeddedStoreUnderTest.OpenAsync(disk: disk);
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        disk.SyncFails = true;
        await Assert.ThrowsAsync<StoreFailedException>(() => store.DeliverAsync(inbox, new string('x', 500_000)));
        disk.SyncFails = false;
        await store.ReopenAsync();
        Assert.Empty(await store.MessagesAsync(inbox));
        Assert.Single(System.IO.Directory.GetFiles(store.Options.Folder, "store.db"));
        Assert.Empty(System.IO.Directory.GetFiles(System.IO.Path.Combine(store.Options.Folder, "segments")));
    }
}
