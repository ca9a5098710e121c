using Microsoft.Data.Sqlite;
using Microsoft.Win32.SafeHandles;
using Modus.Storage;
using Modus.Storage.Embedded;
using Modus.Storage.Embedded.Content;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Embedded;

/// <summary>What must not spread: a fault of one request, a draft of a store that is gone, a folder that was put together wrongly.</summary>
public sealed class EngineDefenceTests
{
    [Fact]
    public async Task A_request_that_faults_halfway_spoils_no_later_one()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync();
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        await using (var content = store.Delivery.BeginContent())
        {
            var request = new DeliveryRequest
            {
                QueueId = QueueId.New(store.Clock), InternalDate = store.Clock.GetUtcNow(),
                Mailboxes = [new MailboxTarget(inbox, MessageFlags.None, ["no keyword"])],
            };
            await Assert.ThrowsAsync<ArgumentException>(async () => await store.Delivery.CommitAsync(content, request, default));
        }

        Assert.Equal(StoreOutcome.Done, (await store.DeliverAsync(inbox)).Outcome);
        Assert.Equal(StoreOutcome.Done, (await store.DeliverAsync(inbox)).Outcome);
        Assert.Empty(await store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task A_draft_that_outlives_its_store_touches_nothing_of_the_next()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync();
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        var spilled = await DraftAsync(store);
        var small = store.Delivery.BeginContent();
        await store.ReopenAsync();

        var uid = (await store.DeliverAsync(inbox, new string('x', 200_000))).Value!.Messages[0].Uid;
        await spilled.DisposeAsync();
        small.GetSpan(200_000)[..200_000].Clear();
        small.Advance(200_000);
        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await small.FlushAsync(default));
        await small.DisposeAsync();

        var message = Assert.Single(await store.MessagesAsync(inbox));
        Assert.Equal(uid, message.Uid);
        Assert.NotNull(await store.Mail.ReadAllAsync(message.Content));
        Assert.Empty(await store.Maintenance.FaultsAsync());
        await store.ReopenAsync();
        Assert.Single(Segments(store));
    }

    [Fact]
    public async Task A_new_database_beside_old_segments_is_refused_and_the_segments_stay()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync();
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        await store.DeliverAsync(inbox);
        await store.Store.DisposeAsync();
        var database = Path.Combine(store.Options.Folder, "store.db");
        File.Move(database, database + ".away");

        for (var i = 0; i < 2; i++) // the refusal must not make the database one that is no longer new
            await Assert.ThrowsAsync<StoreFailedException>(async () => await EmbeddedStore.OpenAsync(store.Options));
        Assert.Single(Segments(store));

        File.Move(database + ".away", database, overwrite: true);
        await store.ReopenAsync();
        Assert.Single(await store.MessagesAsync(inbox));
        Assert.Empty(await store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task A_mailbox_without_UIDs_left_takes_nothing_more_and_loses_nothing()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync();
        var account = (await store.AddAccountAsync("anna")).Id;
        var inbox = (await store.MailboxAsync(account)).Id;
        var full = (await store.Mail.CreateMailboxAsync(account, MailboxName.Parse("Full"), SpecialUse.None, default)).Value!.Id;
        await store.Store.DisposeAsync();
        Execute(store, $"UPDATE mailboxes SET uidnext = {uint.MaxValue - 1} WHERE id = {full.Value}");
        await store.ReopenAsync();
        await store.DeliverAsync(inbox);

        Assert.Equal(new Uid(uint.MaxValue - 1), (await store.DeliverAsync(full)).Value!.Messages[0].Uid);
        Assert.Equal(StoreOutcome.NotAllowed, (await store.DeliverAsync(full)).Outcome);
        Assert.Equal(StoreOutcome.NotAllowed, (await store.Mail.CopyAsync(inbox, [new Uid(1)], full, wholly: false, default)).Outcome);
        Assert.Equal(StoreOutcome.NotAllowed, (await store.Mail.MoveAsync(inbox, [new Uid(1)], full, default)).Outcome);
        Assert.Single(await store.MessagesAsync(inbox));
        Assert.Single(await store.MessagesAsync(full));
        Assert.Empty(await store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task What_dies_while_compaction_copies_it_leaves_no_file()
    {
        var disk = new HookedDisk();
        await using var store = await EmbeddedStoreUnderTest.OpenAsync(disk: disk);
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        await store.DeliverAsync(inbox, "dies first");
        await store.DeliverAsync(inbox, "dies while it is copied");
        await store.Mail.ExpungeAsync(inbox, [new Uid(1)], default);
        disk.BeforeSync = () => store.Mail.ExpungeAsync(inbox, [new Uid(2)], default).AsTask().GetAwaiter().GetResult();
        await store.Maintenance.CompactAsync(default);
        Assert.Null(disk.BeforeSync);
        Assert.Empty(Segments(store));
        Assert.Empty(await store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task A_compaction_that_fails_in_an_unforeseen_way_does_not_keep_the_store_from_closing()
    {
        var disk = new HookedDisk();
        await using var store = await EmbeddedStoreUnderTest.OpenAsync(disk: disk, configure: o => o with { SegmentSize = 1_000 });
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        for (var i = 0; i < 10; i++) await store.DeliverAsync(inbox, new string('x', 400));
        await store.Mail.ExpungeAsync(inbox, [new Uid(1), new Uid(2)], default); // of the three in the first segment
        var met = new TaskCompletionSource();
        disk.BeforeSync = () =>
        {
            met.SetResult();
            throw new UnauthorizedAccessException("on purpose");
        };
        store.Clock.Advance(TimeSpan.FromMinutes(2));
        await met.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        await store.ReopenAsync();
        Assert.Empty(await store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task The_name_of_a_new_store_is_synced_in_the_folder_above_it()
    {
        var above = Directory.CreateTempSubdirectory("modus-store-").FullName;
        try
        {
            var disk = new HookedDisk();
            await using (await EmbeddedStoreUnderTest.OpenAsync(Path.Combine(above, "a", "b"), disk))
            {
                Assert.Contains(above, disk.SyncedFolders);
                Assert.Contains(Path.Combine(above, "a"), disk.SyncedFolders);
            }
        }
        finally
        {
            Directory.Delete(above, recursive: true);
        }
    }

    private static async Task<IContentWriter> DraftAsync(EmbeddedStoreUnderTest store)
    {
        var draft = store.Delivery.BeginContent();
        draft.GetSpan(200_000)[..200_000].Clear();
        draft.Advance(200_000);
        Assert.Equal(StoreOutcome.Done, await draft.FlushAsync(default));
        return draft;
    }

    private static string[] Segments(EmbeddedStoreUnderTest store) =>
        [.. Directory.GetFiles(Path.Combine(store.Options.Folder, "segments")).Order()];

    private static void Execute(EmbeddedStoreUnderTest store, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(store.Options.Folder, "store.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Does something once, in front of the next sync that is not the writer's.</summary>
    private sealed class HookedDisk : Disk
    {
        public Action? BeforeSync { get; set; }

        public List<string> SyncedFolders { get; } = [];

        public override void Sync(SafeFileHandle file)
        {
            if (Thread.CurrentThread.Name != "modus-store-writer" && BeforeSync is { } hook)
            {
                BeforeSync = null;
                hook();
            }

            base.Sync(file);
        }

        public override void SyncFolder(string path)
        {
            lock (SyncedFolders) SyncedFolders.Add(path);
            base.SyncFolder(path);
        }
    }
}
