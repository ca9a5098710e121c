using System.Text;
using Modus.Server.Cli;
using Modus.Server.Composition;
using Modus.Storage;
using Xunit;

namespace Modus.Tests.Server.Moving.Mbox;

public sealed class MboxTests : IDisposable
{
    private const string From = "From a@example.com Thu Feb 29 11:30:15 2024\n";

    private static readonly DateTimeOffset Date = new(2024, 2, 29, 12, 30, 15, TimeSpan.FromHours(1));

    private readonly TemporaryFolder _store = new();
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Folder => Path.Combine(_folder.Path, "mail");

    public void Dispose()
    {
        _store.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task A_mailbox_is_exported_quoted_with_flags_and_keywords()
    {
        using var other = new TemporaryFolder();
        await PutAsync(other.Path, "INBOX", "Return-Path: <ben@example.org>\r\nSubject: one\r\n\r\nFrom here\r\n>From there\r\n From not\r\nFromage\r\n\r\n", MessageFlags.Seen | MessageFlags.Flagged | MessageFlags.Answered, "todo", "$Forwarded");
        await PutAsync(other.Path, "INBOX", "Subject: two\r\n\r\nno end", MessageFlags.None);

        await ExportAsync(other.Path);

        Assert.Equal(
            "From ben@example.org Thu Feb 29 11:30:15 2024\nX-Keywords: todo $Forwarded\nX-Status: AF\nStatus: RO\n" +
            "Return-Path: <ben@example.org>\nSubject: one\n\n>From here\n>>From there\n From not\nFromage\n\n\n" +
            "From MAILER-DAEMON Thu Feb 29 11:30:15 2024\nStatus: O\nSubject: two\n\nno end\n\n",
            (await File.ReadAllTextAsync(Path.Combine(Folder, "INBOX.mbox"), Cancel)).Replace("$Forwarded todo", "todo $Forwarded", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_exported_comes_in_elsewhere_with_bytes_flags_keywords_dates_subscriptions_and_uses()
    {
        using var other = new TemporaryFolder();
        await PutAsync(other.Path, "INBOX", "Subject: one\r\n\r\nFrom here\r\n>From there\r\n>>>From deep\r\n\r\nFrom a@example.com Thu Feb 29 11:30:15 2024\r\n\r\n\r\n", MessageFlags.Seen | MessageFlags.Deleted, "todo");
        await PutAsync(other.Path, "INBOX", "Subject: no body\r\n\r\n", MessageFlags.Draft);
        await PutAsync(other.Path, "INBOX", " continues nothing\r\nSubject: odd\r\n\r\nx\r\n", MessageFlags.None);
        await PutAsync(other.Path, "INBOX", "Subject: long\r\n\r\n" + new string('x', 300_000) + "\r\nFrom \r\n", MessageFlags.None);
        await PutAsync(other.Path, "Work/B\u00fccher.v1", "Subject: two\r\n\r\n" + string.Concat(Enumerable.Repeat("line\r\n", 700_000)), MessageFlags.Flagged);
        await using (var store = await OpenedStore.OpenAsync(other.Path, Cancel))
        {
            var account = await AccountMail.AddAsync(store);
            await store.Mail.CreateMailboxAsync(account.Id, MailboxName.Parse("Important ones"), SpecialUse.Important, Cancel);
            await store.Mail.SetSubscribedAsync(account.Id, MailboxName.Parse("Work/B\u00fccher.v1"), true, Cancel);
        }

        await AccountMail.AddAsync(_store.Path);
        await ExportAsync(other.Path);
        await ImportAsync();
        var again = await ImportAsync();

        Assert.Equal(await AccountMail.ReadAsync(other.Path), await AccountMail.ReadAsync(_store.Path));
        Assert.Equal(0, again.Json.GetProperty("imported").GetInt64());
        Assert.Equal(5, again.Json.GetProperty("alreadyThere").GetInt64());
    }

    [Fact]
    public async Task Messages_are_divided_by_From_lines_behind_empty_ones_alone()
    {
        var texts = await ReadAsync(From + "Subject: 1\n\nbody\nFrom a@example.com Thu Feb 29 11:30:15 2024\n\nFrom now on\n\n" + From + "Subject: 2\n\n" + From + "Subject: 3\n\nend");

        Assert.Equal(
            ["Subject: 1\r\n\r\nbody\r\nFrom a@example.com Thu Feb 29 11:30:15 2024\r\n\r\nFrom now on\r\n", "Subject: 2\r\n\r\n", "Subject: 3\r\n\r\nend"], texts);
    }

    [Theory]
    [InlineData(49, new[] { "Subject: 1\r\n\r\n>From is not quoted\r\n\r\nFrom a@example.com Thu Feb 29 11:30:15 2024\r\n", "Subject: 2\r\n\r\n" })]
    [InlineData(10, new[] { "Subject: 1\r\n\r\nFrom is not quoted\r\n", "\r\n", "Subject: 2\r\n\r\n" })]
    public async Task Content_Length_is_believed_when_a_message_ends_there(int length, string[] texts)
    {
        const string body = ">From is not quoted\n\n" + From;
        if (length == 49) length = body.Length;

        Assert.Equal(texts, (await ReadAsync($"{From}Content-Length: {length}\nSubject: 1\n\n{body}\n{From}Subject: 2\n\n")).Select(static text => text));
    }

    [Fact]
    public async Task Flags_and_keywords_come_from_the_fields_of_Pine_Dovecot_and_Thunderbird()
    {
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(
            Path.Combine(Folder, "Mixed"),
            From + "Subject: 1\nStatus: RO\nX-Status: AFTD\nX-Keywords: todo  later   \nX-UID: 5\n\n1\n\n" +
            From + "X-Mozilla-Status: 1007\nX-Mozilla-Status2: 00000000\nX-Mozilla-Keys: $label1       \n\t \nSubject: 2\n\n2\n\n" +
            From + "X-Mozilla-Status: 0009\nSubject: deleted\n\n3\n\n" +
            From + "X-IMAP: 1 2\nSubject: DON'T DELETE THIS MESSAGE -- FOLDER INTERNAL DATA\n\n4\n\n",
            Cancel);
        await AccountMail.AddAsync(_store.Path);

        var run = await ImportAsync();

        var lines = (await AccountMail.ReadAsync(_store.Path)).SkipWhile(static line => !line.StartsWith("Mixed", StringComparison.Ordinal)).Skip(1).Take(2).ToArray();
        Assert.EndsWith("Seen, Answered, Flagged, Deleted, Draft later todo", lines[0], StringComparison.Ordinal);
        Assert.EndsWith("Seen, Answered, Flagged $Forwarded $label1", lines[1], StringComparison.Ordinal);
        Assert.Equal(["Subject: 1\r\n\r\n1\r\n", "Subject: 2\r\n\r\n2\r\n"], await AccountMail.ReadTextsAsync(_store.Path, "Mixed"));
        Assert.Contains("2 left out", Assert.Single(run.Json.GetProperty("notes").EnumerateArray()).GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_have_the_names_that_mail_programs_give_them()
    {
        foreach (var path in (string[])["Inbox", "Sent", "Work.sbd/Mine", "Apple.mbox/mbox", "Old.mbox", "Sent.msf"])
        {
            var file = Path.Combine(Folder, path);
            Directory.CreateDirectory(Path.GetDirectoryName(file)!);
            await File.WriteAllTextAsync(file, $"{From}Subject: {path}\n\n", Cancel);
        }

        await File.WriteAllTextAsync(Path.Combine(Folder, "notes.txt"), "no mail", Cancel);
        await File.WriteAllTextAsync(Path.Combine(Folder, "Odd.mbox"), "From a@b Thursday, Jan 1 2020\nSubject: 1\n\n", Cancel);
        File.CreateSymbolicLink(Path.Combine(Folder, "Linked"), Path.Combine(Folder, "Sent"));
        await AccountMail.AddAsync(_store.Path);

        var run = await RunAsync("import", "mbox", Folder, AccountMail.Anna, "--json");

        Assert.Equal(ExitCode.Fault, run.Code);
        var faults = string.Join('\n', run.Json.GetProperty("faults").EnumerateArray().Select(static fault => fault.GetString()));
        Assert.Equal(2, run.Json.GetProperty("faultCount").GetInt64());
        Assert.Contains("Linked: it is a symbolic link", faults, StringComparison.Ordinal);
        Assert.Contains("Odd.mbox: its first line", faults, StringComparison.Ordinal);
        foreach (var (name, path) in ((string, string)[])[("INBOX", "Inbox"), ("Sent", "Sent"), ("Work/Mine", "Work.sbd/Mine"), ("Apple", "Apple.mbox/mbox"), ("Old", "Old.mbox")])
            Assert.Equal([$"Subject: {path}\r\n\r\n"], await AccountMail.ReadTextsAsync(_store.Path, name));
        Assert.Contains("notes.txt", Assert.Single(run.Json.GetProperty("notes").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.Equal(5, run.Json.GetProperty("imported").GetInt64());
    }

    [Fact]
    public async Task A_single_file_goes_where_it_is_told()
    {
        await AccountMail.AddAsync(_store.Path);
        var file = _folder.Write("anna", $"{From}Subject: 1\n\n");

        Assert.Equal(ExitCode.Done, (await RunAsync("import", "mbox", file, AccountMail.Anna, "--as", "INBOX")).Code);
        Assert.Equal(ExitCode.Done, (await RunAsync("import", "mbox", file, AccountMail.Anna)).Code);
        var folder = await RunAsync("import", "mbox", _folder.Path, AccountMail.Anna, "--as", "INBOX");
        var none = await RunAsync("import", "mbox", _folder.Write("none", "no mail"), AccountMail.Anna);

        Assert.Single(await AccountMail.ReadTextsAsync(_store.Path, "INBOX"));
        Assert.Single(await AccountMail.ReadTextsAsync(_store.Path, "anna"));
        Assert.Contains("--as", folder.Error, StringComparison.Ordinal);
        Assert.Contains("no mbox file", none.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_mbox_is_written_anew_by_each_export_and_a_broken_one_leaves_the_old()
    {
        using var other = new TemporaryFolder();
        await PutAsync(other.Path, "INBOX", "Subject: one\r\n\r\n", MessageFlags.None);
        await ExportAsync(other.Path);
        await PutAsync(other.Path, "INBOX", "Subject: two\r\n\r\n", MessageFlags.None);
        await File.WriteAllTextAsync(Path.Combine(Folder, "INBOX.mbox.new"), "of an export that was broken off", Cancel);

        await ExportAsync(other.Path);

        Assert.Equal(2, (await File.ReadAllLinesAsync(Path.Combine(Folder, "INBOX.mbox"), Cancel)).Count(static line => line.StartsWith("From ", StringComparison.Ordinal)));
        Assert.Empty(Directory.GetFiles(Folder, "*.new"));
    }

    [Fact]
    public async Task A_damaged_message_leaves_no_trace_in_the_file()
    {
        using var other = new TemporaryFolder();
        await PutAsync(other.Path, "INBOX", "Subject: one\r\n\r\n", MessageFlags.None);
        await PutAsync(other.Path, "INBOX", "Subject: two\r\n\r\nneedle\r\n" + new string('x', 3_000_000) + "\r\n", MessageFlags.None);
        await PutAsync(other.Path, "INBOX", "Subject: three\r\n\r\n", MessageFlags.None);
        foreach (var segment in Directory.GetFiles(Path.Combine(other.Path, "segments")))
        {
            var bytes = await File.ReadAllBytesAsync(segment, Cancel);
            if (bytes.AsSpan().IndexOf("needle"u8) is not (>= 0 and var at)) continue;
            bytes[at] ^= 1;
            await File.WriteAllBytesAsync(segment, bytes, Cancel);
        }

        var run = await RunAsync("export", AccountMail.Anna, "--to", Folder, "--format", "mbox", "--data", other.Path);

        Assert.Equal(ExitCode.Fault, run.Code);
        const string from = "From MAILER-DAEMON Thu Feb 29 11:30:15 2024\nStatus: O\n";
        Assert.Equal($"{from}Subject: one\n\n\n{from}Subject: three\n\n\n", await File.ReadAllTextAsync(Path.Combine(Folder, "INBOX.mbox"), Cancel));
    }

    private static async Task PutAsync(string folder, string mailbox, string text, MessageFlags flags, params string[] keywords)
    {
        await using var store = await OpenedStore.OpenAsync(folder, Cancel);
        await AccountMail.PutAsync(store, mailbox, Encoding.ASCII.GetBytes(text), Date, flags, keywords);
    }

    private async Task<string[]> ReadAsync(string mbox)
    {
        await AccountMail.AddAsync(_store.Path);
        var run = await RunAsync("import", "mbox", _folder.Write("file", mbox), AccountMail.Anna, "--as", "Read");
        Assert.True(run.Code == 0, run.Error + run.Out);
        return await AccountMail.ReadTextsAsync(_store.Path, "Read");
    }

    private async Task ExportAsync(string data)
    {
        var run = await RunAsync("export", AccountMail.Anna, "--to", Folder, "--format", "mbox", "--data", data);
        Assert.True(run.Code == 0, run.Error + run.Out);
    }

    private async Task<CommandRun> ImportAsync()
    {
        var run = await RunAsync("import", "mbox", Folder, AccountMail.Anna, "--json");
        Assert.True(run.Code == 0, run.Error + run.Out);
        return run;
    }

    private Task<CommandRun> RunAsync(params string[] args) =>
        CommandRun.RunAsync("", args.Contains("--data") ? args : [.. args, "--data", _store.Path]);
}
