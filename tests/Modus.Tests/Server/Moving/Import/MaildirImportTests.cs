using System.Globalization;
using System.Text;
using Modus.Mail.Addresses;
using Modus.Server.Cli;
using Modus.Server.Composition;
using Modus.Server.Moving.Import;
using Modus.Storage;
using Modus.Tests.Server.Composition;
using Xunit;

namespace Modus.Tests.Server.Moving.Import;

public sealed class MaildirImportTests : IDisposable
{
    private static readonly DateTimeOffset Date = new(2024, 2, 29, 12, 30, 15, TimeSpan.FromHours(1));

    private readonly TemporaryFolder _store = new();
    private readonly TemporaryFolder _source = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Maildir => Path.Combine(_source.Path, "mail");

    public void Dispose()
    {
        _store.Dispose();
        _source.Dispose();
    }

    [Fact]
    public async Task What_was_exported_comes_in_elsewhere_with_bytes_flags_keywords_dates_subscriptions_and_uses()
    {
        using var other = new TemporaryFolder();
        await using (var store = await OpenedStore.OpenAsync(other.Path, Cancel))
        {
            var account = await AccountMail.AddAsync(store);
            await AccountMail.PutAsync(store, "INBOX", "Subject: one\r\n\r\n"u8.ToArray(), Date, MessageFlags.Seen | MessageFlags.Flagged, "$Forwarded", "todo");
            await AccountMail.PutAsync(store, "INBOX", "Subject: two\r\n\r\n\u00e9"u8.ToArray(), Date.AddSeconds(1), MessageFlags.Answered | MessageFlags.Draft | MessageFlags.Deleted, "todo");
            await AccountMail.PutAsync(store, "Work/Bücher & more/v1.2\\x", Encoding.ASCII.GetBytes($"Subject: big\r\n\r\n{string.Concat(Enumerable.Repeat("line\r\n", 700_000))}"), Date);
            await AccountMail.PutAsync(store, "Empty", "Subject: x\r\n\r\n"u8.ToArray(), Date);
            await store.Mail.CreateMailboxAsync(account.Id, MailboxName.Parse("Important ones"), SpecialUse.Important, Cancel);
            await store.Mail.SetSubscribedAsync(account.Id, MailboxName.Parse("Work/Bücher & more/v1.2\\x"), true, Cancel);
            await store.Mail.SetSubscribedAsync(account.Id, MailboxName.Parse("Sent"), false, Cancel);
        }

        await AccountMail.AddAsync(_store.Path);
        await using (var store = await OpenedStore.OpenAsync(_store.Path, Cancel))
            await store.Mail.SetSubscribedAsync((await AccountMail.AddAsync(store)).Id, MailboxName.Parse("Sent"), false, Cancel);

        var export = await CommandRun.RunAsync("", "export", AccountMail.Anna, "--to", Maildir, "--data", other.Path);
        Assert.True(export.Code == 0, export.Error + export.Out);
        await Succeed();

        Assert.Equal(await AccountMail.ReadAsync(other.Path), await AccountMail.ReadAsync(_store.Path));
    }

    [Fact]
    public async Task Lines_end_with_CRLF_and_the_date_is_the_earlier_one_of_file_and_name()
    {
        Write("cur/1700000000.a.host:2,S", "Subject: late file\n\nbody\n", new DateTime(2025, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        Write("new/1700000100.b.host", "Subject: early file\n\n", new DateTime(2010, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        await AccountMail.AddAsync(_store.Path);

        await Succeed();

        Assert.Equal(["Subject: late file\r\n\r\nbody\r\n", "Subject: early file\r\n\r\n"], await AccountMail.ReadTextsAsync(_store.Path, "INBOX"));
        var lines = await AccountMail.ReadAsync(_store.Path);
        Assert.Contains("2023-11-14T22:13:20 Seen", lines[1], StringComparison.Ordinal);
        Assert.Contains("2010-01-01T00:00:00 None", lines[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_run_brings_what_is_new_and_nothing_that_was_deleted_or_moved_here()
    {
        Write("cur/1.a:2,", "Subject: stays\n\n");
        Write("cur/2.b:2,", "Subject: is deleted\n\n");
        Write("cur/3.c:2,", "Subject: is moved\n\n");
        await AccountMail.AddAsync(_store.Path);
        await Succeed();
        await using (var store = await OpenedStore.OpenAsync(_store.Path, Cancel))
        {
            var account = await AccountMail.AddAsync(store);
            var inbox = await store.Mail.FindMailboxAsync(account.Id, MailboxName.Inbox, Cancel);
            var trash = await store.Mail.FindMailboxAsync(account.Id, MailboxName.Parse("Trash"), Cancel);
            await store.Mail.ExpungeAsync(inbox!.Id, [new Uid(2)], Cancel);
            await store.Mail.MoveAsync(inbox.Id, [new Uid(3)], trash!.Id, Cancel);
        }

        Write("cur/4.d:2,", "Subject: is new\n\n");
        File.Move(Path.Combine(Maildir, "cur", "1.a:2,"), Path.Combine(Maildir, "cur", "1.a:2,RS"));
        var run = await Succeed();

        Assert.Equal(1, run.Json.GetProperty("imported").GetInt64());
        Assert.Equal(3, run.Json.GetProperty("alreadyThere").GetInt64());
        Assert.Equal(["Subject: stays\r\n\r\n", "Subject: is new\r\n\r\n"], await AccountMail.ReadTextsAsync(_store.Path, "INBOX"));
    }

    [Fact]
    public async Task Messages_that_are_equal_stay_as_many_as_they_are_in_every_run()
    {
        Write("cur/1.a:2,", "Subject: twice\n\n");
        Write("cur/2.b:2,", "Subject: twice\n\n");
        Write(".Sent/cur/3.c:2,", "Subject: twice\n\n");
        await AccountMail.AddAsync(_store.Path);

        await Succeed();
        Write("cur/4.d:2,", "Subject: twice\n\n");
        var run = await Succeed();

        Assert.Equal(1, run.Json.GetProperty("imported").GetInt64());
        Assert.Equal(3, (await AccountMail.ReadTextsAsync(_store.Path, "INBOX")).Length);
        Assert.Single(await AccountMail.ReadTextsAsync(_store.Path, "Sent"));
    }

    [Fact]
    public async Task What_cannot_be_taken_is_named_and_the_rest_comes_in()
    {
        Write("cur/1.nul:2,", "Subject: a\0b\n\n");
        Write("cur/2.empty:2,", "");
        Directory.CreateDirectory(Path.Combine(Maildir, "cur", "3.folder:2,"));
        var secret = _source.Write("secret", "Subject: not the account's\n\n");
        File.CreateSymbolicLink(Path.Combine(Maildir, "cur", "4.link:2,"), secret);
        Directory.CreateSymbolicLink(Path.Combine(Maildir, ".Linked"), Maildir);
        Write("cur/5.good:2,", "Subject: good\n\n");
        Write("cur/6.esc\u001b[31m:2,", "Subject: n\0l\n\n");
        using (var large = new FileStream(Path.Combine(Maildir, "cur", "7.large:2,"), FileMode.CreateNew)) large.SetLength(0);
        await File.WriteAllBytesAsync(Path.Combine(Maildir, "cur", "7.large:2,"), Enumerable.Repeat((byte)'x', 52 << 20).ToArray(), Cancel);
        await AccountMail.AddAsync(_store.Path);

        var run = await RunAsync();

        Assert.Equal(ExitCode.Fault, run.Code);
        var faults = string.Join('\n', run.Json.GetProperty("faults").EnumerateArray().Select(static fault => fault.GetString()));
        Assert.Equal(7, run.Json.GetProperty("faultCount").GetInt64());
        foreach (var part in (string[])["1.nul:2,: it holds NUL", "2.empty:2,: it is empty", "3.folder:2,: it is a folder", "4.link:2,: it is a symbolic link", ".Linked: it is a symbolic link", "7.large:2,: it is larger than"])
            Assert.Contains(part, faults, StringComparison.Ordinal);
        Assert.DoesNotContain('\u001b', faults);
        Assert.Equal(["Subject: good\r\n\r\n"], await AccountMail.ReadTextsAsync(_store.Path, "INBOX"));
        Assert.Empty(await AccountMail.ReadTextsAsync(_store.Path, "Linked"));
    }

    [Fact]
    public async Task Folders_of_every_layout_have_their_names()
    {
        Write("cur/1.a:2,", "Subject: 1\n\n");
        Write(".Entw&APw-rfe.Alt/cur/1.a:2,", "Subject: 2\n\n");
        Write(".v1\\2e2/cur/1.a:2,", "Subject: 3\n\n");
        Write("Projects/2024/cur/1.a:2,", "Subject: 4\n\n");
        Write(".a\\2fb/new/1.a", "Subject: 5\n\n");
        await AccountMail.AddAsync(_store.Path);

        await Succeed();

        foreach (var (name, number) in ((string, int)[])[("INBOX", 1), ("Entwürfe/Alt", 2), ("v1.2", 3), ("Projects/2024", 4), ("a_b", 5)])
            Assert.Equal([$"Subject: {number}\r\n\r\n"], await AccountMail.ReadTextsAsync(_store.Path, name));
    }

    [Theory]
    [InlineData("subscriptions", "Work.Mine\nINBOX\n")]
    [InlineData("subscriptions", "V\t2\n\nWork\tMine\nINBOX\n")]
    [InlineData("courierimapsubscribed", "INBOX.Work.Mine\n")]
    public async Task Subscriptions_are_those_of_the_other_server(string file, string text)
    {
        Write(".Work.Mine/cur/1.a:2,", "Subject: 1\n\n");
        Write(".Other/cur/1.a:2,", "Subject: 2\n\n");
        Write(file, text);
        await AccountMail.AddAsync(_store.Path);

        await Succeed();

        var lines = await AccountMail.ReadAsync(_store.Path);
        Assert.Contains("Work/Mine None subscribed", lines);
        Assert.Contains("Other None -", lines);
    }

    [Fact]
    public async Task Keywords_come_by_the_file_of_Dovecot_and_those_that_are_none_are_left_out()
    {
        Write("cur/1.a:2,Sabcd", "Subject: 1\n\n");
        Write("dovecot-keywords", "0 $Forwarded\n1 has space\n3 todo\n99 no\nx\n");
        await AccountMail.AddAsync(_store.Path);

        var run = await Succeed();

        Assert.EndsWith("Seen $Forwarded todo", (await AccountMail.ReadAsync(_store.Path))[1], StringComparison.Ordinal);
        Assert.Contains("has space", Assert.Single(run.Json.GetProperty("notes").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_mailbox_for_the_same_takes_what_had_another_name_there()
    {
        Write(".Gesendet/cur/1.a:2,", "Subject: sent\n\n");
        Write("modus-mailboxes.json", """{ "mailboxes": [{ "name": "Gesendet", "file": ".Gesendet", "use": "Sent", "isSubscribed": true }] }""");
        await AccountMail.AddAsync(_store.Path);

        var run = await Succeed();

        Assert.Single(await AccountMail.ReadTextsAsync(_store.Path, "Sent"));
        Assert.Contains("Sent, which is for the same", Assert.Single(run.Json.GetProperty("notes").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_quota_ends_it_and_what_fits_is_there()
    {
        for (var i = 0; i < 5; i++) Write($"cur/{i + 1}.a:2,", $"Subject: {i}\n\n{new string('x', 1000)}\n");
        await AccountMail.AddAsync(_store.Path, quota: 2_500);

        var run = await RunAsync();
        await using (var store = await OpenedStore.OpenAsync(_store.Path, Cancel))
        {
            var account = await AccountMail.AddAsync(store);
            await store.Directory.ChangeAccountAsync(account.Id, new AccountChange { Quota = 0 }, Cancel);
        }

        var again = await Succeed();

        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.Contains("quota", run.Json.GetProperty("faults")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(2, run.Json.GetProperty("imported").GetInt64());
        Assert.Equal(3, again.Json.GetProperty("imported").GetInt64());
    }

    [Fact]
    public async Task Only_what_is_named_comes_and_below_what_is_named()
    {
        Write("cur/1.a:2,", "Subject: 1\n\n");
        Write(".Sent/cur/1.a:2,", "Subject: 2\n\n");
        await AccountMail.AddAsync(_store.Path);

        var unknown = await RunAsync("--mailbox", "Snet");
        await Succeed("--mailbox", "inbox", "--into", "Old");

        Assert.Equal(ExitCode.Fault, unknown.Code);
        Assert.Contains("Snet", unknown.Error, StringComparison.Ordinal);
        Assert.Single(await AccountMail.ReadTextsAsync(_store.Path, "Old/INBOX"));
        Assert.Empty(await AccountMail.ReadTextsAsync(_store.Path, "Old/Sent"));
        Assert.Empty(await AccountMail.ReadTextsAsync(_store.Path, "INBOX"));
    }

    [Fact]
    public async Task Two_imports_into_one_account_do_not_run_at_once()
    {
        Write("cur/1.a:2,", "Subject: 1\n\n");
        await AccountMail.AddAsync(_store.Path);
        CommandRun refused;
        long account;
        await using (var store = await OpenedStore.OpenAsync(_store.Path, Cancel)) account = (await AccountMail.AddAsync(store)).Id.Value;

        await using (ImportLock.Take(_store.Path, account)) refused = await RunAsync();
        await Succeed();

        Assert.Equal(ExitCode.Fault, refused.Code);
        Assert.Contains("Another import", refused.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("nowhere")]
    [InlineData("mail")]
    public async Task A_folder_that_is_no_Maildir_is_refused(string folder)
    {
        Directory.CreateDirectory(Maildir);
        await AccountMail.AddAsync(_store.Path);

        var run = await CommandRun.RunAsync("", "import", "maildir", Path.Combine(_source.Path, folder), AccountMail.Anna, "--data", _store.Path);

        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.Contains(Path.Combine(_source.Path, folder), run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Beside_a_running_server_the_import_is_the_same_and_its_steps_do_not_fill_the_log()
    {
        using var log = new LinesOfLog();
        await using var test = await TestServer.StartAsync(log.AddTo);
        await AccountMail.AddAsync(test.Server.Store);
        Write("cur/1.large:2,S", $"Subject: large\n\n{string.Concat(Enumerable.Repeat("a line of a message\n", 300_000))}");
        for (var i = 0; i < 1_200; i++) Write(string.Create(CultureInfo.InvariantCulture, $"cur/{2 + i}.a:2,"), $"Subject: {i}\n\n");
        Write("cur/5000.nul:2,", "Subject: \0\n\n");

        var run = await CommandRun.RunAsync("", "--config", test.ConfigurationFile, "import", "maildir", Maildir, AccountMail.Anna, "--json");
        var again = await CommandRun.RunAsync("", "--config", test.ConfigurationFile, "import", "maildir", Maildir, AccountMail.Anna, "--json");

        Assert.Equal(1_201, run.Json.GetProperty("imported").GetInt64());
        Assert.Equal(0, again.Json.GetProperty("imported").GetInt64());
        Assert.Equal(1_201, (await AccountMail.ReadAsync(test.Server.Store)).Count(static line => line.StartsWith("  ", StringComparison.Ordinal)));
        Assert.Equal(2, log.Lines.Count(static line => line.Contains("admin socket", StringComparison.Ordinal)));
    }

    private void Write(string path, string text, DateTime? changed = null)
    {
        var file = Path.Combine(Maildir, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        if (changed is { } time) File.SetLastWriteTimeUtc(file, time);
    }

    private Task<CommandRun> RunAsync(params string[] args) =>
        CommandRun.RunAsync("", ["import", "maildir", Maildir, AccountMail.Anna, "--data", _store.Path, "--json", .. args]);

    private async Task<CommandRun> Succeed(params string[] args)
    {
        var run = await RunAsync(args);
        Assert.True(run.Code == 0, $"{run.Code} {run.Error} {run.Out}");
        return run;
    }
}
