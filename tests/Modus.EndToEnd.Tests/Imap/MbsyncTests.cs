using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Imap;

/// <summary>mbsync (isync) keeps a Maildir and an account the same, both ways. It logs in by SCRAM and compresses on its own.</summary>
public sealed class MbsyncTests(ImapServer imap) : IClassFixture<ImapServer>, IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modus-mbsync-");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Maildir => Path.Combine(_folder.FullName, "mail");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("IMAPS", TlsMode.Implicit)]
    [InlineData("STARTTLS", TlsMode.OnDemand)]
    public async Task Both_sides_become_the_same_and_a_second_run_changes_nothing(string encryption, TlsMode mode)
    {
        var address = await imap.NewAccountAsync();
        await imap.DeliverAsync(address, Mails.Plain("one"), Mails.Dots(), Mails.EightBit(), Mails.Plain("two"));
        using var client = await imap.LogInAsync(address);
        await client.GetFolder(client.PersonalNamespaces[0]).CreateAsync("work", isMessageFolder: true, Cancellation);
        await client.Inbox.OpenAsync(FolderAccess.ReadWrite, Cancellation);
        await client.Inbox.AddFlagsAsync(0, MessageFlags.Seen | MessageFlags.Flagged, silent: true, Cancellation);
        await client.Inbox.CopyToAsync([new UniqueId(1), new UniqueId(3)], await client.GetFolderAsync("work", Cancellation), Cancellation);
        await WriteConfigurationAsync(address, encryption, imap.Server.Port("imap", mode));

        // Down: folders, messages to the byte (mbsync writes LF), flags.
        await SyncAsync();
        Assert.Equal(4, Files("INBOX").Count);
        Assert.Equal(2, Files("work").Count);
        Assert.True(Directory.Exists(Path.Combine(Maildir, "Drafts")));
        Assert.Contains(Files("INBOX"), file => file.EndsWith(",FS", StringComparison.Ordinal));
        Assert.Equal(
            [.. new[] { Mails.Plain("one"), Mails.Dots(), Mails.EightBit(), Mails.Plain("two") }.Select(mail => Mails.Hash(WithoutCr(mail))).Order(StringComparer.Ordinal)],
            Files("INBOX").Select(file => Mails.Hash(WithoutTuid(File.ReadAllBytes(file)))).Order(StringComparer.Ordinal));
        await AssertAtRestAsync();

        // Up: a new message, a flag, an expunge, a new folder.
        WriteMail("INBOX", "local", ":2,S");
        WriteMail("neu", "inside", ":2,F");
        var flagged = Files("INBOX").Single(file => File.ReadAllText(file).Contains("Subject: two", StringComparison.Ordinal));
        Mark(flagged, "R");
        Mark(Files("INBOX").Single(file => file.EndsWith(",FS", StringComparison.Ordinal)), "T");
        await SyncAsync();
        await client.Inbox.CheckAsync(Cancellation);
        var summaries = await client.Inbox.FetchAsync(0, -1, MessageSummaryItems.Flags | MessageSummaryItems.Envelope | MessageSummaryItems.UniqueId, Cancellation);
        Assert.Equal(["dots", "8bit", "two", "local"], summaries.Select(summary => summary.Envelope!.Subject));
        Assert.Equal(
            [MessageFlags.None, MessageFlags.None, MessageFlags.Answered, MessageFlags.Seen], summaries.Select(summary => summary.Flags & ~MessageFlags.Recent));
        var made = await client.GetFolderAsync("neu", Cancellation);
        await made.StatusAsync(StatusItems.Count, Cancellation);
        Assert.Equal(1, made.Count);
        await AssertAtRestAsync();

        // Both at once: others flag, expunge and send.
        await client.Inbox.AddFlagsAsync(summaries[1].UniqueId, MessageFlags.Seen, silent: true, Cancellation);
        await client.Inbox.AddFlagsAsync(summaries[0].UniqueId, MessageFlags.Deleted, silent: true, Cancellation);
        await client.Inbox.ExpungeAsync([summaries[0].UniqueId], Cancellation);
        await imap.DeliverAsync(address, Mails.Plain("three"));
        WriteMail("INBOX", "local two", ":2,");
        await SyncAsync();
        Assert.Equal(
            ["8bit", "local", "local two", "three", "two"], Files("INBOX").Select(Subject).Order(StringComparer.Ordinal));
        await client.Inbox.CheckAsync(Cancellation);
        Assert.Equal(5, (await client.Inbox.SearchAsync(SearchQuery.All, Cancellation)).Count);
        await AssertAtRestAsync();
    }

    private async Task SyncAsync()
    {
        var (exit, said) = await OutsideProgram.RunAsync("mbsync", ["-c", Path.Combine(_folder.FullName, "rc"), "-a"]);
        Assert.True(exit == 0, said);
    }

    // A run that finds nothing to do leaves every file and every message as it was.
    private async Task AssertAtRestAsync()
    {
        var before = Directory.EnumerateFiles(Maildir, "*", SearchOption.AllDirectories).Where(IsMail).Order(StringComparer.Ordinal).ToList();
        var (exit, said) = await OutsideProgram.RunAsync("mbsync", ["-V", "-c", Path.Combine(_folder.FullName, "rc"), "-a"]);
        Assert.True(exit == 0, said);
        Assert.Equal(before, Directory.EnumerateFiles(Maildir, "*", SearchOption.AllDirectories).Where(IsMail).Order(StringComparer.Ordinal));
    }

    private Task WriteConfigurationAsync(string address, string encryption, int port)
    {
        Directory.CreateDirectory(Maildir);
        // The certificate itself, and not its authority: mbsync looks for host names only, and 127.0.0.1 is none.
        return File.WriteAllTextAsync(
            Path.Combine(_folder.FullName, "rc"),
            $"""
            IMAPStore far
            Host 127.0.0.1
            Port {port}
            User {address}
            Pass "{ModusServer.Password}"
            SSLType {encryption}
            CertificateFile {imap.Server.Folder}/mail.alpha.test-ecdsa.crt

            MaildirStore near
            Path {Maildir}/
            Inbox {Maildir}/INBOX
            SubFolders Verbatim

            Channel all
            Far :far:
            Near :near:
            Patterns *
            Create Both
            Expunge Both
            SyncState *

            """,
            Cancellation);
    }

    private void WriteMail(string folder, string subject, string flags)
    {
        foreach (var part in new[] { "cur", "new", "tmp" }) Directory.CreateDirectory(Path.Combine(Maildir, folder, part));
        File.WriteAllBytes(Path.Combine(Maildir, folder, "cur", $"{Guid.NewGuid():N}{flags}"), WithoutCr(Mails.Plain(subject)));
    }

    private static void Mark(string file, string flag)
    {
        var name = Path.GetFileName(file);
        var (front, flags) = (name[..name.LastIndexOf(',')], name[(name.LastIndexOf(',') + 1)..]);
        var target = Path.Combine(Path.GetDirectoryName(Path.GetDirectoryName(file))!, "cur");
        File.Move(file, Path.Combine(target, $"{front},{string.Concat((flags + flag).Order())}"));
    }

    private static string Subject(string file) =>
        File.ReadLines(file).First(line => line.StartsWith("Subject: ", StringComparison.Ordinal))["Subject: ".Length..];

    private List<string> Files(string folder) => [.. Directory.EnumerateFiles(Path.Combine(Maildir, folder), "*", SearchOption.AllDirectories).Where(IsMail)];

    private static bool IsMail(string file) => Path.GetFileName(Path.GetDirectoryName(file)) is "cur" or "new";

    // mbsync marks what it stores with a header field of its own.
    private static ReadOnlySpan<byte> WithoutTuid(ReadOnlySpan<byte> mail)
    {
        var start = mail.IndexOf("X-TUID: "u8);
        var end = start + mail[start..].IndexOf((byte)'\n') + 1;
        return (byte[])[.. mail[..start], .. mail[end..]];
    }

    private static byte[] WithoutCr(byte[] mail) => [.. mail.Where((octet, at) => octet != '\r' || at + 1 == mail.Length || mail[at + 1] != '\n')];
}
