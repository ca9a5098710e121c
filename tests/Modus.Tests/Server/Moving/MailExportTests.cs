using System.Globalization;
using System.Text;
using Modus.Server.Cli;
using Modus.Server.Composition;
using Modus.Server.Moving;
using Modus.Storage;
using Modus.Tests.Server.Composition;
using Xunit;

namespace Modus.Tests.Server.Moving;

public sealed class MailExportTests : IDisposable
{
    private static readonly DateTimeOffset Date = new(2024, 2, 29, 12, 30, 15, TimeSpan.FromHours(1));

    private readonly TemporaryFolder _store = new();
    private readonly TemporaryFolder _target = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Maildir => Path.Combine(_target.Path, "anna");

    public void Dispose()
    {
        _store.Dispose();
        _target.Dispose();
    }

    [Fact]
    public async Task A_folder_that_everybody_can_write_is_refused()
    {
        if (OperatingSystem.IsWindows()) return;
        await AccountMail.AddAsync(_store.Path);
        var open = Directory.CreateDirectory(Path.Combine(_store.Path, "open"));
        File.SetUnixFileMode(open.FullName, (UnixFileMode)0b111_111_111);
        var run = await CommandRun.RunAsync("", "export", AccountMail.Anna, "--to", open.FullName, "--data", _store.Path);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("chmod o-w", run.Error, StringComparison.Ordinal);
        Assert.Empty(Directory.EnumerateFileSystemEntries(open.FullName));
    }

    [Fact]
    public async Task A_message_is_exported_with_its_bytes_flags_keywords_and_date()
    {
        var content = "Subject: one\r\n\r\nbare\nline\r\n"u8.ToArray();
        await PutAsync("INBOX", content, MessageFlags.Seen | MessageFlags.Flagged, "$Forwarded", "todo");

        await Succeed();

        var file = Assert.Single(Directory.GetFiles(Path.Combine(Maildir, "cur")));
        Assert.Equal(content, await File.ReadAllBytesAsync(file, Cancel));
        Assert.EndsWith(string.Create(CultureInfo.InvariantCulture, $",S={content.Length},W={content.Length + 1}:2,FSab"), file, StringComparison.Ordinal);
        Assert.Equal(Date.UtcDateTime, File.GetLastWriteTimeUtc(file));
        Assert.Equal(["0 $Forwarded", "1 todo"], await File.ReadAllLinesAsync(Path.Combine(Maildir, "dovecot-keywords"), Cancel));
        Assert.Empty(Directory.GetFiles(Path.Combine(Maildir, "tmp")));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
    }

    [Fact]
    public async Task Messages_larger_than_a_reply_and_many_small_ones_are_exported_bit_exact()
    {
        var large = Large();
        await PutAsync("Archive/2024", large);
        for (var i = 0; i < 30; i++) await PutAsync("Archive/2024", Encoding.ASCII.GetBytes($"Subject: {i}\r\n\r\n{new string('x', 60_000)}\r\n"));

        await Succeed();

        var files = Directory.GetFiles(Path.Combine(Maildir, ".Archive.2024", "cur"));
        Assert.Equal(31, files.Length);
        Assert.Contains(files, file => File.ReadAllBytes(file).AsSpan().SequenceEqual(large));
        Assert.True(File.Exists(Path.Combine(Maildir, ".Archive.2024", "maildirfolder")));
    }

    [Fact]
    public async Task A_second_export_writes_only_what_is_new_whatever_became_of_the_flags()
    {
        await PutAsync("INBOX", "Subject: one\r\n\r\n"u8.ToArray());
        await Succeed();
        var file = Assert.Single(Directory.GetFiles(Path.Combine(Maildir, "cur")));
        File.Move(file, file + "RS");
        await PutAsync("INBOX", "Subject: two\r\n\r\n"u8.ToArray());

        var run = await Succeed();

        Assert.Equal(1, run.Json.GetProperty("exported").GetInt64());
        Assert.Equal(1, run.Json.GetProperty("alreadyThere").GetInt64());
        Assert.Equal(2, Directory.GetFiles(Path.Combine(Maildir, "cur")).Length);
    }

    [Fact]
    public async Task An_export_that_was_broken_off_shows_it_and_is_taken_up_again()
    {
        await PutAsync("INBOX", "Subject: one\r\n\r\n"u8.ToArray());
        await PutAsync("Sent", "Subject: two\r\n\r\n"u8.ToArray());
        Directory.CreateDirectory(Maildir);
        await File.WriteAllTextAsync(Path.Combine(Maildir, ".Sent"), "in the way", Cancel);

        var broken = await RunAsync();

        Assert.Equal(ExitCode.Fault, broken.Code);
        Assert.True(File.Exists(Path.Combine(Maildir, MailExport.Unfinished)));

        File.Delete(Path.Combine(Maildir, ".Sent"));
        var run = await Succeed();

        Assert.Equal(1, run.Json.GetProperty("exported").GetInt64());
        Assert.False(File.Exists(Path.Combine(Maildir, MailExport.Unfinished)));
    }

    [Fact]
    public async Task A_part_that_is_exported_whole_does_not_make_a_broken_export_whole()
    {
        await PutAsync("INBOX", "Subject: one\r\n\r\n"u8.ToArray());
        await PutAsync("Sent", "Subject: two\r\n\r\n"u8.ToArray());
        await Succeed("--mailbox", "Sent");
        var afterPart = File.Exists(Path.Combine(Maildir, MailExport.Unfinished));
        await File.WriteAllTextAsync(Path.Combine(Maildir, MailExport.Unfinished), "", Cancel);

        await Succeed("--mailbox", "Sent");
        var afterBroken = File.Exists(Path.Combine(Maildir, MailExport.Unfinished));
        await Succeed();

        Assert.False(afterPart);
        Assert.True(afterBroken);
        Assert.False(File.Exists(Path.Combine(Maildir, MailExport.Unfinished)));
    }

    [Fact]
    public async Task Subscriptions_and_uses_stand_beside_the_folders()
    {
        await PutAsync("Work/B\u00fccher", "Subject: one\r\n\r\n"u8.ToArray());

        await Succeed();

        Assert.Equal(["INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash"], await File.ReadAllLinesAsync(Path.Combine(Maildir, "subscriptions"), Cancel));
        var read = MailboxesFile.Read(Maildir)!;
        Assert.Contains(new MailboxEntry("Sent", ".Sent", SpecialUse.Sent, IsSubscribed: true), read.Mailboxes);
        Assert.Contains(new MailboxEntry("Work/B\u00fccher", ".Work.B&APw-cher", SpecialUse.None, IsSubscribed: false), read.Mailboxes);
    }

    [Fact]
    public async Task No_name_of_a_mailbox_leads_out_of_the_folder()
    {
        foreach (var name in (string[])["../../../escape", "..", "a/../b", "cur", "tmp", "~root", "x\\..\\y"])
            await PutAsync(name, "Subject: nasty\r\n\r\n"u8.ToArray());

        var run = await Succeed();

        Assert.Equal(7, run.Json.GetProperty("exported").GetInt64());
        Assert.Equal([Maildir], Directory.GetFileSystemEntries(_target.Path));
        Assert.Equal(7, Directory.GetFiles(Maildir, "*:2,", SearchOption.AllDirectories).Length);
    }

    [Fact]
    public async Task A_name_too_long_for_a_folder_is_said_and_the_rest_is_exported()
    {
        await PutAsync(new string('x', 300), "Subject: long\r\n\r\n"u8.ToArray());
        await PutAsync("INBOX", "Subject: one\r\n\r\n"u8.ToArray());

        var run = await RunAsync();

        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.Contains("too long", run.Json.GetProperty("faults")[0].GetString(), StringComparison.Ordinal);
        Assert.Equal(1, run.Json.GetProperty("exported").GetInt64());
        Assert.True(File.Exists(Path.Combine(Maildir, MailExport.Unfinished)));
    }

    [Fact]
    public async Task Keywords_beyond_the_letters_are_said()
    {
        await PutAsync("INBOX", "Subject: many\r\n\r\n"u8.ToArray(), MessageFlags.None, [.. Enumerable.Range(0, 27).Select(static i => $"k{i:d2}")]);

        var run = await Succeed();

        Assert.Contains("k26", Assert.Single(run.Json.GetProperty("notes").EnumerateArray()).GetString(), StringComparison.Ordinal);
        Assert.EndsWith(":2,abcdefghijklmnopqrstuvwxyz", Assert.Single(Directory.GetFiles(Path.Combine(Maildir, "cur"))), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_the_mailboxes_that_are_named_are_exported_and_unknown_ones_refused()
    {
        await PutAsync("INBOX", "Subject: one\r\n\r\n"u8.ToArray());
        await PutAsync("Sent", "Subject: two\r\n\r\n"u8.ToArray());

        var unknown = await RunAsync("--mailbox", "Snet");
        var run = await Succeed("--mailbox", "Sent");

        Assert.Equal(ExitCode.Fault, unknown.Code);
        Assert.Contains("Snet", unknown.Error, StringComparison.Ordinal);
        Assert.Equal(1, run.Json.GetProperty("mailboxes").GetInt32());
        Assert.False(Directory.Exists(Path.Combine(Maildir, "cur")));
    }

    [Fact]
    public async Task Damaged_messages_are_said_and_the_others_exported()
    {
        await PutAsync("INBOX", "Subject: small\r\n\r\nneedle\r\n"u8.ToArray());
        await PutAsync("INBOX", Large());
        await PutAsync("INBOX", "Subject: whole\r\n\r\n"u8.ToArray());
        Damage("needle"u8);
        Damage("line 40000 of"u8);

        var run = await RunAsync();

        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.Equal(1, run.Json.GetProperty("exported").GetInt64());
        Assert.Equal(
            ["INBOX: message with UID 1 is damaged", "INBOX: message with UID 2 is damaged"],
            run.Json.GetProperty("faults").EnumerateArray().Select(static fault => fault.GetString()![..36]));
        Assert.Empty(Directory.GetFiles(Path.Combine(Maildir, "tmp")));
    }

    [Fact]
    public async Task Beside_a_running_server_the_export_is_the_same()
    {
        using var log = new LinesOfLog();
        await using var test = await TestServer.StartAsync(log.AddTo);
        var large = Large();
        await AccountMail.PutAsync(test.Server.Store, "INBOX", large, Date, MessageFlags.Seen);

        var run = await CommandRun.RunAsync("", "--config", test.ConfigurationFile, "export", "anna@example.com", "--to", Maildir, "--json");

        Assert.True(run.Code == 0, run.Error);
        Assert.Equal(large, await File.ReadAllBytesAsync(Assert.Single(Directory.GetFiles(Path.Combine(Maildir, "cur"))), Cancel));
        Assert.Single(log.Lines, static line => line.Contains("admin socket", StringComparison.Ordinal));
    }

    private static byte[] Large()
    {
        var text = new StringBuilder("Subject: large\r\n\r\n");
        for (var i = 0; i < 50_000; i++) text.Append(CultureInfo.InvariantCulture, $"line {i} of a message that comes in pieces, each checked\r\n");
        return Encoding.ASCII.GetBytes(text.ToString());
    }

    private void Damage(ReadOnlySpan<byte> text)
    {
        foreach (var file in Directory.GetFiles(Path.Combine(_store.Path, "segments")))
        {
            var bytes = File.ReadAllBytes(file);
            if (bytes.AsSpan().IndexOf(text) is not (>= 0 and var at)) continue;
            bytes[at] ^= 1;
            File.WriteAllBytes(file, bytes);
            return;
        }

        Assert.Fail("Nothing to damage.");
    }

    private Task<CommandRun> RunAsync(params string[] args) =>
        CommandRun.RunAsync("", ["export", "anna@example.com", "--to", Maildir, "--data", _store.Path, "--json", .. args]);

    private async Task<CommandRun> Succeed(params string[] args)
    {
        var run = await RunAsync(args);
        Assert.True(run.Code == 0, $"{run.Code} {run.Error} {run.Out}");
        return run;
    }

    private async Task PutAsync(string mailbox, byte[] content, MessageFlags flags = MessageFlags.None, params string[] keywords)
    {
        await using var store = await OpenedStore.OpenAsync(_store.Path, Cancel);
        await AccountMail.PutAsync(store, mailbox, content, Date, flags, keywords);
    }
}
