using Microsoft.Data.Sqlite;
using Modus.Storage;
using Modus.Storage.Embedded;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Embedded;

public sealed class VerifyTests
{
    [Theory]
    [InlineData("UPDATE mailboxes SET messages = messages + 1 WHERE name = 'INBOX'", "mailbox 1: counts 3/")]
    [InlineData("UPDATE mailboxes SET unseen = 0 WHERE name = 'INBOX'", "mailbox 1: counts 2/0/")]
    [InlineData("UPDATE mailboxes SET uidnext = 2 WHERE name = 'INBOX'", "mailbox 1: UID 2")]
    [InlineData("UPDATE accounts SET used = 1", "account 1: counts 1 bytes used, has 8")]
    [InlineData("UPDATE contents SET refs = 5 WHERE id = 1", "content 1: counts 5 references, has 1")]
    [InlineData("UPDATE contents SET segment = 99 WHERE id = 1", "content 1: its segment 99 has no row")]
    [InlineData("DELETE FROM emails WHERE id = 1", "content 1: its email 1 is not there")]
    [InlineData("DELETE FROM contents WHERE id = 1", "message 1/1: its mailbox, email or content is not there")]
    [InlineData("UPDATE segments SET live_bytes = 0", "segment 1: counts 3 records of 0 bytes")]
    [InlineData("UPDATE queue_messages SET entries = 7", "counts 7 entries, has 1")]
    [InlineData("DELETE FROM queue_messages", "queue entry 1: its message is not there")]
    [InlineData("UPDATE mailboxes SET recent = 1 WHERE name = 'INBOX'", "mailbox 1: counts 1 recent, has 2 from UID 1")]
    [InlineData("INSERT INTO annotations VALUES (1, 99, '/a', '/a', x'')", "annotation 1/99 /a: its account or mailbox is not there")]
    [InlineData("INSERT INTO annotations VALUES (99, 0, '/a', '/a', x'')", "annotation 99/0 /a: its account or mailbox is not there")]
    [InlineData("UPDATE counters SET value = 1", "is beyond the counter")]
    [InlineData("UPDATE emails SET structure = zeroblob(3) WHERE id = 1", "content 1: its structure cannot be read")]
    [InlineData("UPDATE emails SET sha256 = zeroblob(32) WHERE id = 1", "content 1: its SHA-256 is not the one that was stored")]
    public async Task A_wrong_row_is_found(string damage, string fault)
    {
        await using var store = await FilledAsync();
        await store.Store.DisposeAsync();
        using (var connection = new SqliteConnection($"Data Source={Path.Combine(store.Options.Folder, "store.db")};Pooling=False"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = damage;
            command.ExecuteNonQuery();
        }

        await store.ReopenAsync();
        Assert.Contains(await store.Maintenance.FaultsAsync(), line => line.Contains(fault, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(8, "header")]
    [InlineData(33, "checksum")]
    public async Task A_flipped_byte_is_found_by_verify_and_by_whoever_reads(int offset, string fault)
    {
        await using var store = await FilledAsync();
        var content = (await store.MessagesAsync(new MailboxId(1)))[0].Content;
        await store.Store.DisposeAsync();
        Flip(store, offset);
        await store.ReopenAsync();
        Assert.Contains(fault, Assert.Single(await store.Maintenance.FaultsAsync()), StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidDataException>(() => store.Mail.ReadAllAsync(content));
    }

    [Fact]
    public async Task What_is_read_again_from_the_start_is_checked_to_the_end()
    {
        await using var store = await FilledAsync();
        var content = (await store.MessagesAsync(new MailboxId(1)))[0].Content;
        await store.Store.DisposeAsync();
        Flip(store, 33);
        await store.ReopenAsync();

        await using var reader = await store.Mail.OpenContentAsync(content, TestContext.Current.CancellationToken);
        var bytes = new byte[reader!.Length];
        await reader.ReadAsync(0, bytes.AsMemory(0, 1), TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<InvalidDataException>(async () => await reader.ReadAsync(0, bytes, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_cut_segment_is_found()
    {
        await using var store = await FilledAsync();
        await store.Store.DisposeAsync();
        using (var file = File.Open(Segment(store), FileMode.Open)) file.SetLength(file.Length - 1);
        await store.ReopenAsync();
        Assert.Contains(await store.Maintenance.FaultsAsync(), line => line.StartsWith("segment 1:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_damaged_database_is_named_when_the_store_is_opened()
    {
        var folder = Directory.CreateTempSubdirectory("modus-test-");
        await (await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = folder.FullName })).DisposeAsync();
        await File.WriteAllBytesAsync(Path.Combine(folder.FullName, "store.db"), [.. Enumerable.Repeat((byte)'x', 8192)]);
        var failed = await Assert.ThrowsAsync<StoreFailedException>(
            async () => await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = folder.FullName }));
        Assert.Contains("store.db", failed.Message, StringComparison.Ordinal);
        folder.Delete(recursive: true);
    }

    [Fact]
    public async Task A_missing_segment_is_found()
    {
        await using var store = await FilledAsync();
        await store.Store.DisposeAsync();
        File.Delete(Segment(store));
        await store.ReopenAsync();
        Assert.Contains("content 1: its segment 1 is not there", await store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task A_sound_store_is_counted_and_progress_is_reported()
    {
        await using var store = await FilledAsync();
        var last = default(VerifyProgress);
        var report = await store.Maintenance.VerifyAsync(new Recorder(p => last = p), default);
        Assert.Empty(report.Faults);
        Assert.Equal((1L, 6L, 2L, 1L, 3L, 22L), (report.Accounts, report.Mailboxes, report.Messages, report.QueueEntries, report.Contents, report.Bytes));
        Assert.Equal(new VerifyProgress(3, 3), last);
    }

    private static string Segment(EmbeddedStoreUnderTest store) => Path.Combine(store.Options.Folder, "segments", "000000000001.seg");

    private static async Task<EmbeddedStoreUnderTest> FilledAsync()
    {
        var store = await EmbeddedStoreUnderTest.OpenAsync();
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        await store.DeliverAsync(inbox, "one!");
        await store.DeliverAsync(inbox, "two!");
        await store.EnqueueAsync("x@example.net");
        return store;
    }

    private sealed class Recorder(Action<VerifyProgress> record) : IProgress<VerifyProgress>
    {
        public void Report(VerifyProgress value) => record(value);
    }

    private static void Flip(EmbeddedStoreUnderTest store, int offset)
    {
        using var file = File.Open(Segment(store), FileMode.Open);
        file.Position = offset;
        var flipped = (byte)(file.ReadByte() ^ 1);
        file.Position = offset;
        file.WriteByte(flipped);
    }
}
