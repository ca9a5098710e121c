using System.Collections.Concurrent;
using System.Security.Cryptography;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Embedded;

public sealed class FullDiskTests
{
    private const int Writers = 8;

    [Theory]
    [InlineData(50, 500)]          // rows fill the disk: SQLite meets the end first
    [InlineData(4_000, 40_000)]    // segments do
    [InlineData(70_000, 400_000)]  // files of their own do
    public async Task A_disk_that_fills_up_under_load_loses_nothing_and_works_again_with_room(int least, int most)
    {
        using var disk = new SmallDisk();
        await using var store = await EmbeddedStoreUnderTest.OpenAsync(
            Path.Combine(disk.Folder, "store"), disk.Disk, o => o with { CheckpointPages = 100, SegmentSize = 1024 * 1024 });
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        var stored = new ConcurrentDictionary<Uid, byte[]>();

        await FillAsync(store, inbox, stored, least, most);
        await CompareAsync(store, inbox, stored);
        disk.GiveRoom();
        var uid = await DeliverAsync(store, inbox, stored, least);
        Assert.NotNull(uid);
        await CompareAsync(store, inbox, stored);
        await store.ReopenAsync();
        await CompareAsync(store, inbox, stored);
        Assert.Empty(await store.Maintenance.FaultsAsync());
    }

    private static Task FillAsync(
        EmbeddedStoreUnderTest store, MailboxId inbox, ConcurrentDictionary<Uid, byte[]> stored, int least, int most) =>
        Task.WhenAll(Enumerable.Range(0, Writers).Select(i => Task.Run(async () =>
        {
            var random = new Random(i);
            for (var left = 100_000; left > 0; left--)
            {
                if (await DeliverAsync(store, inbox, stored, random.Next(least, most)) is null) return;
            }

            Assert.Fail("the disk never filled up");
        })));

    private static async Task<Uid?> DeliverAsync(
        EmbeddedStoreUnderTest store, MailboxId inbox, ConcurrentDictionary<Uid, byte[]> stored, int length)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);
        var result = await store.Delivery.DeliverAsync(bytes, new DeliveryRequest
        {
            QueueId = QueueId.New(store.Clock), InternalDate = store.Clock.GetUtcNow(), Mailboxes = [new(inbox)],
        });
        if (result.Value is not { } receipt)
        {
            Assert.Equal(StoreOutcome.NoSpace, result.Outcome);
            return null;
        }

        stored[receipt.Messages[0].Uid] = SHA256.HashData(bytes);
        return receipt.Messages[0].Uid;
    }

    private static async Task CompareAsync(EmbeddedStoreUnderTest store, MailboxId inbox, ConcurrentDictionary<Uid, byte[]> stored)
    {
        var messages = await store.MessagesAsync(inbox);
        Assert.Equal(stored.Keys.Order(), messages.Select(m => m.Uid));
        foreach (var message in messages)
            Assert.Equal(stored[message.Uid], SHA256.HashData((await store.Mail.ReadAllAsync(message.Content))!));
    }
}
