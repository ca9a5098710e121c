using Microsoft.Data.Sqlite;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Embedded;

/// <summary>Stores that an older program wrote.</summary>
public sealed class MigrationTests
{
    // Turns a store back into what version 1 wrote: its schema is Migration001 and nothing else.
    private const string BackToVersion1 = """
        DROP INDEX queue_entries_by_message;
        DROP INDEX queue_entries_by_turn;
        DROP INDEX queue_entries_by_priority;
        DROP INDEX queue_entries_leased;
        ALTER TABLE queue_entries DROP COLUMN due;
        ALTER TABLE queue_entries DROP COLUMN delay_noticed;
        ALTER TABLE queue_entries DROP COLUMN sender;
        ALTER TABLE queue_entries DROP COLUMN priority;
        CREATE INDEX queue_entries_by_message ON queue_entries (message);
        ALTER TABLE queue_messages DROP COLUMN tls;
        ALTER TABLE queue_messages DROP COLUMN priority;
        DROP TABLE queue_domains;
        DROP TABLE traces;
        DROP TABLE records;
        ALTER TABLE mailboxes DROP COLUMN first_recent;
        ALTER TABLE mailboxes DROP COLUMN recent;
        DROP TABLE annotations;
        DELETE FROM schema_version WHERE version > 1;
        """;

    [Fact]
    public async Task A_store_of_version_1_keeps_its_mail_and_has_nothing_recent()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync();
        var account = (await store.AddAccountAsync("anna")).Id;
        var inbox = (await store.MailboxAsync(account)).Id;
        for (var i = 0; i < 3; i++) await store.DeliverAsync(inbox);
        await store.Mail.ExpungeAsync(inbox, [new Uid(2)], default);
        await store.Store.DisposeAsync();
        Execute(store, BackToVersion1);

        await store.ReopenAsync();
        var view = (await store.Mail.OpenMailboxAsync(inbox, default))!;
        Assert.Equal([1u, 3u], view.Uids.Uids().Select(uid => uid.Value));
        Assert.Equal((new Uid(4), 0L), (view.Mailbox.FirstRecent, view.Mailbox.Recent));
        await store.DeliverAsync(inbox);
        await store.Mail.ExpungeAsync(inbox, [new Uid(1)], default);
        Assert.Equal(new RecentUids(new Uid(4), new Uid(5)), (await store.Mail.TakeRecentAsync(inbox, default)).Value);
        Assert.Equal(
            StoreOutcome.Done,
            await store.Annotations.ChangeAsync(account, inbox, [new Annotation("/private/comment", "1"u8.ToArray())], default));
        Assert.Empty(await store.Maintenance.FaultsAsync());
    }

    private static void Execute(EmbeddedStoreUnderTest store, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(store.Options.Folder, "store.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
