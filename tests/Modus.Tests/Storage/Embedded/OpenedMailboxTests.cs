using Microsoft.Data.Sqlite;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Embedded;

/// <summary>What only this engine can be asked about opened mailboxes, and how far an account may grow.</summary>
public sealed class OpenedMailboxTests
{
    [Fact]
    public async Task A_mailbox_whose_memory_of_expunged_UIDs_is_not_whole_is_opened_by_what_is_there()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync();
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        for (var i = 0; i < 5; i++) await store.DeliverAsync(inbox);
        await store.Mail.ExpungeAsync(inbox, [new Uid(2)], default);
        await store.Store.DisposeAsync();
        Execute(store, "DELETE FROM expunged");
        await store.ReopenAsync();
        var view = (await store.Mail.OpenMailboxAsync(inbox, default))!;
        Assert.Equal([1u, 3u, 4u, 5u], view.Uids.Uids().Select(uid => uid.Value));
    }

    [Fact]
    public async Task Taking_what_is_recent_does_not_ask_the_writer_when_nothing_is()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync();
        var account = (await store.AddAccountAsync("anna")).Id;
        var inbox = (await store.MailboxAsync(account)).Id;
        await store.DeliverAsync(inbox);
        await store.Mail.TakeRecentAsync(inbox, default);

        using var isHeld = new ManualResetEventSlim();
        using var release = new ManualResetEventSlim();
        using var subscription = store.Changes.Subscribe(account, _ =>
        {
            isHeld.Set();
            release.Wait();
        });
        var write = store.Mail.SetSubscribedAsync(account, MailboxName.Parse("ghost"), true, default).AsTask();
        isHeld.Wait(TestContext.Current.CancellationToken);
        var taken = store.Mail.TakeRecentAsync(inbox, default).AsTask();
        var isTaken = taken.IsCompleted;
        release.Set();
        await write;
        Assert.True(isTaken);
        Assert.Equal(new RecentUids(new Uid(2), new Uid(2)), (await taken).Value);
    }

    [Fact]
    public async Task An_account_has_so_many_mailboxes_and_no_more()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync();
        var account = (await store.AddAccountAsync("anna")).Id;
        var there = (await store.Mail.ListMailboxesAsync(account, default)).Count;
        await store.Store.DisposeAsync();
        Fill(store, account, StoreLimits.MaxMailboxes - there - 2);
        await store.ReopenAsync();

        Assert.Equal(StoreOutcome.TooMany, (await CreateAsync(store, account, "a/b/c")).Outcome);
        Assert.Equal(StoreOutcome.TooMany, await RenameAsync(store, account, "Trash", "a/b/c/Trash"));
        Assert.Equal(StoreOutcome.Done, (await CreateAsync(store, account, "a/b")).Outcome);
        Assert.Equal(StoreOutcome.TooMany, (await CreateAsync(store, account, "c")).Outcome);
        Assert.Equal(StoreOutcome.TooMany, await RenameAsync(store, account, "INBOX", "c"));
        Assert.Equal(StoreOutcome.Done, await RenameAsync(store, account, "Trash", "a/Trash"));
        Assert.Equal(StoreLimits.MaxMailboxes, (await store.Mail.ListMailboxesAsync(account, default)).Count);
        Assert.Equal(StoreOutcome.Done, (await CreateAsync(store, (await store.AddAccountAsync("bert")).Id, "c")).Outcome);
    }

    [Fact]
    public async Task An_account_has_so_many_subscriptions_and_no_more()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync();
        var account = (await store.AddAccountAsync("anna")).Id;
        var there = (await store.Mail.ListSubscriptionsAsync(account, default)).Count;
        await store.Store.DisposeAsync();
        Execute(store, $"""
            WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {StoreLimits.MaxSubscriptions - there - 1})
            INSERT INTO subscriptions (account, name) SELECT {account.Value}, 'filler' || i FROM n
            """);
        await store.ReopenAsync();
        Assert.Equal(StoreOutcome.Done, await store.Mail.SetSubscribedAsync(account, MailboxName.Parse("a"), true, default));
        Assert.Equal(StoreOutcome.TooMany, await store.Mail.SetSubscribedAsync(account, MailboxName.Parse("b"), true, default));
        Assert.Equal(StoreOutcome.Done, await store.Mail.SetSubscribedAsync(account, MailboxName.Parse("a"), true, default));
        Assert.Equal(StoreOutcome.Done, await store.Mail.SetSubscribedAsync(account, MailboxName.Parse("a"), false, default));
        Assert.Equal(StoreOutcome.Done, await store.Mail.SetSubscribedAsync(account, MailboxName.Parse("b"), true, default));
    }

    private static void Fill(EmbeddedStoreUnderTest store, AccountId account, int mailboxes) => Execute(store, $"""
        WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {mailboxes})
        INSERT INTO mailboxes (account, name, special_use, uidvalidity, uidnext, highestmodseq, messages, unseen, deleted, size)
        SELECT {account.Value}, 'filler' || i, 0, i, 1, 1, 0, 0, 0, 0 FROM n
        """);

    private static ValueTask<StoreResult<Mailbox>> CreateAsync(EmbeddedStoreUnderTest store, AccountId account, string name) =>
        store.Mail.CreateMailboxAsync(account, MailboxName.Parse(name), SpecialUse.None, default);

    private static ValueTask<StoreOutcome> RenameAsync(EmbeddedStoreUnderTest store, AccountId account, string from, string to) =>
        store.Mail.RenameMailboxAsync(account, MailboxName.Parse(from), MailboxName.Parse(to), default);

    private static void Execute(EmbeddedStoreUnderTest store, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={Path.Combine(store.Options.Folder, "store.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
