using Microsoft.Data.Sqlite;
using Modus.Storage;
using Modus.Storage.Embedded;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Embedded;

public sealed class EngineTests
{
    [Fact]
    public async Task A_second_opener_is_told_who_has_the_store()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync();
        var refusal = await Assert.ThrowsAsync<StoreInUseException>(async () => await EmbeddedStore.OpenAsync(store.Options));
        Assert.StartsWith($"process {Environment.ProcessId} on ", refusal.Owner, StringComparison.Ordinal);
        await store.ReopenAsync();
    }

    [Fact]
    public async Task Nobody_else_can_read_the_folder()
    {
        if (OperatingSystem.IsWindows()) return;
        await using var store = await EmbeddedStoreUnderTest.OpenAsync(Path.Combine(Path.GetTempPath(), "modus-" + Guid.NewGuid()));
        try
        {
            var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
            await store.DeliverAsync(inbox);
            await store.DeliverAsync(inbox, new string('x', 200_000));
            foreach (var folder in (string[])[store.Options.Folder, Path.Combine(store.Options.Folder, "segments")])
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
            foreach (var file in Directory.GetFiles(store.Options.Folder, "*", SearchOption.AllDirectories))
                Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
        finally
        {
            await store.Store.DisposeAsync();
            Directory.Delete(store.Options.Folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_newer_schema_is_refused_and_left_alone()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync();
        await store.Store.DisposeAsync();
        Execute(store, "INSERT INTO schema_version VALUES (99)");
        var refusal = await Assert.ThrowsAsync<NotSupportedException>(async () => await EmbeddedStore.OpenAsync(store.Options));
        Assert.Contains("99", refusal.Message, StringComparison.Ordinal);
        Execute(store, "DELETE FROM schema_version WHERE version = 99");
        await store.ReopenAsync();
    }

    [Fact]
    public async Task Opening_removes_what_was_never_committed()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync();
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        await store.DeliverAsync(inbox, "kept");
        await store.Store.DisposeAsync();
        var segment = Assert.Single(Segments(store));
        var length = new FileInfo(segment).Length;
        await File.AppendAllTextAsync(segment, "half a record", TestContext.Current.CancellationToken);
        await File.WriteAllTextAsync(Path.Combine(Path.GetDirectoryName(segment)!, "000000000099.seg"), "orphan", TestContext.Current.CancellationToken);

        await store.ReopenAsync();
        Assert.Equal([segment], Segments(store));
        Assert.Equal(length, new FileInfo(segment).Length);
        await store.DeliverAsync(inbox, "goes on in the same segment");
        Assert.Equal([segment], Segments(store));
        Assert.Empty(await store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task A_large_message_gets_a_file_of_its_own_that_goes_with_it()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync();
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        await store.DeliverAsync(inbox, new string('x', 300_000));
        Assert.Single(Segments(store));
        await store.Mail.ExpungeAsync(inbox, [new Uid(1)], default);
        Assert.Empty(Segments(store));
    }

    [Fact]
    public async Task Compaction_gives_dead_bytes_back_and_keeps_the_rest()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync(configure: o => o with { SegmentSize = 100_000 });
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        for (var i = 0; i < 40; i++) await store.DeliverAsync(inbox, new string((char)('a' + (i % 26)), 10_000));
        await store.Mail.ExpungeAsync(inbox, [.. Enumerable.Range(1, 40).Where(i => i % 3 != 0).Select(i => new Uid((uint)i))], default);
        var before = Segments(store).Sum(f => new FileInfo(f).Length);
        Assert.True((await store.Maintenance.VerifyAsync(null, default)).DeadBytes > 0);

        var freed = await store.Maintenance.CompactAsync(default);
        Assert.Equal(before - freed, Segments(store).Sum(f => new FileInfo(f).Length));
        var report = await store.Maintenance.VerifyAsync(null, default);
        Assert.Equal((0L, 13L), (report.DeadBytes, report.Contents));
        Assert.Empty(report.Faults);
        await store.ReopenAsync();
        foreach (var message in await store.MessagesAsync(inbox))
        {
            var expected = (byte)('a' + ((message.Uid.Value - 1) % 26));
            Assert.All((await store.Mail.ReadAllAsync(message.Content))!, b => Assert.Equal(expected, b));
        }

        Assert.Equal(0, await store.Maintenance.CompactAsync(default));
    }

    [Fact]
    public async Task Compaction_beside_deliveries_and_expunges_loses_nothing()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync(configure: o => o with { SegmentSize = 50_000 });
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        var writers = Enumerable.Range(0, 4).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                var uid = (await store.DeliverAsync(inbox, new string('x', 3_000))).Value!.Messages[0].Uid;
                if (i % 4 != 0) await store.Mail.ExpungeAsync(inbox, [uid], default);
            }
        })).ToList();
        var all = Task.WhenAll(writers);
        while (!all.IsCompleted) await store.Maintenance.CompactAsync(default);
        await all;
        Assert.Equal(60, (await store.MessagesAsync(inbox)).Count);
        Assert.Empty(await store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task The_write_ahead_log_is_checkpointed_beside_the_writer()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync(configure: o => o with { CheckpointPages = 50 });
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        var database = Path.Combine(store.Options.Folder, "store.db");
        var before = new FileInfo(database).Length;

        // How soon the checkpoint thread gets its turn is not ours to say; that it does, while the writer goes on, is.
        var delivered = 0;
        while (new FileInfo(database).Length < before + 500_000 && delivered < 20_000)
        {
            await store.DeliverAsync(inbox);
            delivered++;
        }

        Assert.InRange(delivered, 1, 19_999);
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
}
