using Microsoft.Data.Sqlite;
using Modus.Mail.Text;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Embedded;

/// <summary>What happens to the files of the text index: they are derived, and nothing is lost with them.</summary>
public sealed class TextIndexFileTests
{
    [Fact]
    public async Task A_restart_goes_on_where_it_was()
    {
        await using var store = await TextIndexKit.OpenAsync();
        var account = (await store.AddAccountAsync("anna")).Id;
        await store.AddMailAsync(account, "Subject: before\r\n\r\n");
        Assert.Equal(1, await store.CountAsync(account, "before"));
        var made = File.GetCreationTimeUtc(store.IndexOf(account));
        await store.ReopenAsync();
        await store.AddMailAsync(account, "Subject: not before\r\n\r\n");
        Assert.Equal(2, await store.CountAsync(account, "before"));
        Assert.Equal(made, File.GetCreationTimeUtc(store.IndexOf(account)));
    }

    [Fact]
    public async Task A_store_that_had_no_index_gets_one()
    {
        await using var store = await TextIndexKit.OpenAsync();
        var account = (await store.AddAccountAsync("anna")).Id;
        for (var i = 0; i < 3; i++) await store.AddMailAsync(account, $"Subject: mail {i}\r\n\r\n");
        await store.Store.Indexer!.IndexedAsync(account);
        await store.Store.DisposeAsync();
        Directory.Delete(Path.Combine(store.Options.Folder, "search"), recursive: true);
        await store.ReopenAsync();
        Assert.Equal(3, await store.CountAsync(account, "mail"));
    }

    [Theory]
    [InlineData("garbage")]
    [InlineData("empty")]
    [InlineData("version")]
    [InlineData("cut")]
    public async Task A_damaged_or_old_index_is_made_anew(string kind)
    {
        await using var store = await TextIndexKit.OpenAsync();
        var account = (await store.AddAccountAsync("anna")).Id;
        for (var i = 0; i < 50; i++) await store.AddMailAsync(account, $"Subject: mail {i}\r\n\r\n{new string((char)('a' + i % 26), 500)}");
        Assert.Equal(50, await store.CountAsync(account, "mail"));
        await store.Store.DisposeAsync();
        var file = store.IndexOf(account);
        if (kind == "garbage") await File.WriteAllTextAsync(file, new string('x', 10_000));
        if (kind == "empty") await File.WriteAllTextAsync(file, "");
        if (kind == "version") Execute(file, "PRAGMA user_version=99");
        if (kind == "cut")
        {
            await using var cut = File.OpenWrite(file);
            cut.SetLength(cut.Length / 4096 / 2 * 4096);
        }

        await store.ReopenAsync();
        await store.AddMailAsync(account, "Subject: mail last\r\n\r\n");
        if (kind == "cut") await UntilReadAsync(store, account);
        Assert.Equal(51, await store.CountAsync(account, "mail"));
        Assert.Empty(await store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task An_index_of_mail_that_was_restored_from_a_backup_is_made_anew()
    {
        await using var store = await TextIndexKit.OpenAsync();
        var account = (await store.AddAccountAsync("anna")).Id;
        await store.Store.DisposeAsync();
        var backup = Directory.CreateTempSubdirectory("modus-backup-");
        foreach (var name in (string[])["store.db"]) File.Copy(Path.Combine(store.Options.Folder, name), Path.Combine(backup.FullName, name));
        await store.ReopenAsync();
        await store.AddMailAsync(account, "Subject: lost with the disk\r\n\r\n");
        Assert.Equal(1, await store.CountAsync(account, "lost"));
        await store.Store.DisposeAsync();
        File.Copy(Path.Combine(backup.FullName, "store.db"), Path.Combine(store.Options.Folder, "store.db"), overwrite: true);
        foreach (var segment in Directory.GetFiles(Path.Combine(store.Options.Folder, "segments"))) File.Delete(segment);
        await store.ReopenAsync();
        await store.AddMailAsync(account, "Subject: given the same id\r\n\r\n");
        Assert.Equal((0, 1), (await store.CountAsync(account, "lost"), await store.CountAsync(account, "given")));
        backup.Delete(recursive: true);
    }

    [Fact]
    public async Task Mail_that_is_gone_leaves_the_index_when_it_is_much()
    {
        await using var store = await TextIndexKit.OpenAsync();
        var account = (await store.AddAccountAsync("anna")).Id;
        var inbox = (await store.MailboxAsync(account)).Id;
        for (var i = 0; i < 150; i++) await store.AddMailAsync(account, "Subject: mail\r\n\r\n");
        Assert.Equal(150, await store.CountAsync(account, "mail"));
        await store.Mail.ExpungeAsync(inbox, [.. Enumerable.Range(1, 10).Select(static uid => new Uid((uint)uid))], default);
        Assert.Equal(150, await store.CountAsync(account, "mail")); // few: they cost only space
        await store.Mail.ExpungeAsync(inbox, [.. Enumerable.Range(1, 148).Select(static uid => new Uid((uint)uid))], default);
        Assert.Equal(2, await store.CountAsync(account, "mail"));
    }

    [Fact]
    public async Task The_index_of_an_account_goes_with_it()
    {
        await using var store = await TextIndexKit.OpenAsync();
        var anna = (await store.AddAccountAsync("anna")).Id;
        var bert = (await store.AddAccountAsync("bert")).Id;
        foreach (var account in (AccountId[])[anna, bert])
        {
            await store.AddMailAsync(account, "Subject: mail\r\n\r\n");
            Assert.Equal(1, await store.CountAsync(account, "mail"));
        }

        await store.Directory.RemoveAccountAsync(anna, default);
        Assert.Null(await store.CountAsync(anna, "mail"));
        Assert.False(File.Exists(store.IndexOf(anna)));

        await store.Store.DisposeAsync();
        File.Copy(store.IndexOf(bert), store.IndexOf(anna)); // left behind by a crash
        await store.ReopenAsync();
        Assert.Equal(1, await store.CountAsync(bert, "mail"));
        await store.Store.Indexer!.IndexedAsync(anna);
        Assert.False(File.Exists(store.IndexOf(anna)));
    }

    [Fact]
    public async Task Searches_of_many_accounts_and_from_many_threads_go_on_while_mail_comes()
    {
        await using var store = await TextIndexKit.OpenAsync();
        var accounts = new List<AccountId>();
        for (var i = 0; i < 40; i++) accounts.Add((await store.AddAccountAsync($"a{i}")).Id);
        await Parallel.ForEachAsync(accounts, async (account, _) =>
        {
            for (var i = 1; i <= 3; i++)
            {
                await store.AddMailAsync(account, "Subject: mail\r\n\r\n");
                var found = await store.TextIndex.FindAsync(account, TextField.Subject, "mail", default);
                Assert.InRange(found?.Count ?? 0, 0, i);
            }
        });
        foreach (var account in accounts) Assert.Equal(3, await store.CountAsync(account, "mail"));
        if (OperatingSystem.IsWindows()) return;
        foreach (var file in Directory.GetFiles(Path.Combine(store.Options.Folder, "search")))
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task An_index_that_cannot_be_written_stops_nothing_and_is_tried_again()
    {
        await using var store = await TextIndexKit.OpenAsync();
        var anna = (await store.AddAccountAsync("anna")).Id;
        var bert = (await store.AddAccountAsync("bert")).Id;
        var obstacle = Directory.CreateDirectory(store.IndexOf(anna));
        await store.AddMailAsync(anna, "Subject: mail\r\n\r\n");
        await store.AddMailAsync(bert, "Subject: mail\r\n\r\n");
        await Assert.ThrowsAnyAsync<Exception>(() => store.Store.Indexer!.IndexedAsync(anna));
        Assert.Null(await store.TextIndex.FindAsync(anna, TextField.Subject, "mail", default));
        Assert.Equal(1, await store.CountAsync(bert, "mail"));

        obstacle.Delete();
        store.Clock.Advance(TimeSpan.FromMinutes(10));
        Assert.Equal(1, await store.CountAsync(bert, "mail")); // behind Anna's turn
        Assert.Equal(1, (await store.TextIndex.FindAsync(anna, TextField.Subject, "mail", default))?.Count);
    }

    // The damage is met by whoever reads the page: a search, or the indexer.
    private static async Task UntilReadAsync(EmbeddedStoreUnderTest store, AccountId account)
    {
        try
        {
            await store.Store.Indexer!.IndexedAsync(account);
        }
        catch (SqliteException)
        {
            // Then it is noted for the next turn.
        }

        await store.TextIndex.FindAsync(account, TextField.Subject, "mail", default);
    }

    private static void Execute(string file, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={file};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // the test's own words
        command.CommandText = sql;
#pragma warning restore CA2100
        command.ExecuteNonQuery();
    }
}
