using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MailKit;
using MailKit.Net.Imap;
using MimeKit;
using Modus.Server.Cli;
using Modus.Server.Composition;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Moving;

/// <summary><c>modus import imap</c>: from a Dovecot, and from another Modus.</summary>
public sealed class ImapImportTests : IAsyncLifetime
{
    private static readonly DateTimeOffset Date = new(2021, 5, 6, 7, 8, 9, TimeSpan.FromHours(2));

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modus-imap-import-");
    private DovecotServer? _dovecot;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_folder.FullName, "data");

    private string PasswordFile => Path.Combine(_folder.FullName, "password");

    private DovecotServer Dovecot => _dovecot!;

    public async ValueTask InitializeAsync()
    {
        _dovecot = await DovecotServer.StartAsync();
        await File.WriteAllTextAsync(PasswordFile, DovecotServer.Password + "\n", Cancel);
        await using var store = await OpenedStore.OpenAsync(Data, Cancel);
        await MovedMail.AddAccountAsync(store);
    }

    public async ValueTask DisposeAsync()
    {
        if (_dovecot is not null) await _dovecot.DisposeAsync();
        _folder.Delete(recursive: true);
    }

    [Fact]
    public async Task Everything_comes_from_a_Dovecot_and_again_only_what_is_new()
    {
        var expected = new List<string>();
        using (var client = await Dovecot.LogInAsync())
        {
            expected.Add(await AppendAsync(client, "INBOX", "one", MessageFlags.Seen | MessageFlags.Flagged, "$Forwarded", "todo"));
            expected.Add(await AppendAsync(client, "INBOX", "two", MessageFlags.None));
            expected.Add(await AppendAsync(client, "INBOX", "large " + new string('x', 3_500_000), MessageFlags.Answered | MessageFlags.Draft | MessageFlags.Deleted));
            expected.Add((await AppendAsync(client, "Gesendet", "sent", MessageFlags.Seen)).Replace("Gesendet", "Sent", StringComparison.Ordinal));
            for (var i = 0; i < 150; i++) expected.Add(await AppendAsync(client, "Work/B\u00fccher & more", $"number {i}", MessageFlags.None));
            await AppendAsync(client, "Everything", "shown elsewhere", MessageFlags.None);
            await (await client.GetFolderAsync("Work/B\u00fccher & more", Cancel)).SubscribeAsync(Cancel);
        }

        var run = await SucceedAsync(ImplicitServer, "--pin", $"sha256:{Dovecot.Pin}");
        var again = await SucceedAsync(ImplicitServer, "--pin", $"sha256:{Dovecot.Pin}");
        string added;
        using (var client = await Dovecot.LogInAsync()) added = await AppendAsync(client, "INBOX", "new", MessageFlags.None);
        var third = await SucceedAsync(ImplicitServer, "--pin", $"sha256:{Dovecot.Pin}");

        Assert.Equal(expected.Count, run.GetProperty("imported").GetInt32());
        Assert.Equal((0, 0), (again.GetProperty("imported").GetInt32(), again.GetProperty("alreadyThere").GetInt32()));
        Assert.Equal((1, 0), (third.GetProperty("imported").GetInt32(), third.GetProperty("alreadyThere").GetInt32()));
        Assert.Equal(expected.Append(added).Order(StringComparer.Ordinal), (await MovedMail.ReadAsync(Data)).Order(StringComparer.Ordinal));
        await using var store = await OpenedStore.OpenAsync(Data, Cancel);
        var boxes = await store.Mail.ListMailboxesAsync(await MovedMail.AddAccountAsync(store), Cancel);
        Assert.True(boxes.Single(static box => box.Name.Value == "Work/B\u00fccher & more").Subscribed);
        Assert.DoesNotContain(boxes, static box => box.Name.Value == "Everything");
        using var look = await Dovecot.LogInAsync();
        await look.Inbox.OpenAsync(FolderAccess.ReadOnly, Cancel);
        Assert.Equal(3, (await look.Inbox.SearchAsync(MailKit.Search.SearchQuery.NotSeen, Cancel)).Count); // nothing was marked as read
    }

    [Fact]
    public async Task What_was_deleted_here_does_not_come_back_though_the_other_server_numbers_anew()
    {
        using (var client = await Dovecot.LogInAsync())
        {
            await AppendAsync(client, "Old", "one", MessageFlags.None);
            await AppendAsync(client, "Old", "two", MessageFlags.None);
        }

        await SucceedAsync(ImplicitServer, "--pin", $"sha256:{Dovecot.Pin}");
        await using (var store = await OpenedStore.OpenAsync(Data, Cancel))
        {
            var old = await store.Mail.FindMailboxAsync(await MovedMail.AddAccountAsync(store), Modus.Storage.MailboxName.Parse("Old"), Cancel);
            await store.Mail.ExpungeAsync(old!.Id, [new Modus.Storage.Uid(1)], Cancel);
        }

        using (var client = await Dovecot.LogInAsync())
        {
            await (await client.GetFolderAsync("Old", Cancel)).DeleteAsync(Cancel);
            await AppendAsync(client, "Old", "one", MessageFlags.None);
            await AppendAsync(client, "Old", "two", MessageFlags.None);
        }

        var run = await SucceedAsync(ImplicitServer, "--pin", $"sha256:{Dovecot.Pin}");

        Assert.Equal((0, 2), (run.GetProperty("imported").GetInt32(), run.GetProperty("alreadyThere").GetInt32()));
        Assert.Single(await MovedMail.ReadAsync(Data));
    }

    [Fact]
    public async Task Nothing_is_sent_to_a_server_whose_certificate_is_not_trusted()
    {
        var unknown = await RunAsync(ImplicitServer);
        var wrong = await RunAsync(ImplicitServer, "--pin", $"sha256:{new string('0', 64)}");
        var wrongByStartTls = await RunAsync($"127.0.0.1:{Dovecot.Port}", "--starttls", "--pin", $"sha256:{new string('0', 64)}");
        var right = await RunAsync($"127.0.0.1:{Dovecot.Port}", "--starttls", "--pin", $"SHA256:{string.Join(':', Dovecot.Pin.Chunk(2).Select(static pair => new string(pair)))}");

        Assert.All([unknown, wrong, wrongByStartTls], static run => Assert.Equal(ExitCode.Fault, run.Code));
        Assert.All([unknown, wrong, wrongByStartTls], static run => Assert.Contains("--pin", run.Output, StringComparison.Ordinal));
        Assert.True(right.Code == 0, right.Output);
    }

    [Fact]
    public async Task A_wrong_password_is_said()
    {
        await File.WriteAllTextAsync(PasswordFile, "guessed\n", Cancel);

        var run = await RunAsync(ImplicitServer, "--pin", $"sha256:{Dovecot.Pin}");

        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.Contains("does not let anna in", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_breaks_again_and_again_only_takes_longer()
    {
        var expected = new List<string>();
        using (var client = await Dovecot.LogInAsync())
            for (var i = 0; i < 12; i++) expected.Add(await AppendAsync(client, "INBOX", $"number {i} {new string('x', 200_000)}", MessageFlags.None));
        await using var proxy = new CuttingProxy(Dovecot.ImplicitPort, cutAfter: 1_500_000);

        var run = await SucceedAsync($"127.0.0.1:{proxy.Port}", "--pin", $"sha256:{Dovecot.Pin}");

        Assert.InRange(proxy.Cuts, 1, 20);
        Assert.Equal(12, run.GetProperty("imported").GetInt32());
        Assert.Equal(expected.Order(StringComparer.Ordinal), (await MovedMail.ReadAsync(Data)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task An_account_of_another_Modus_comes_with_all_its_mailboxes()
    {
        await using var other = await ModusServer.StartAsync();
        var account = (await other.Running.Store.Directory.FindAccountAsync(Modus.Mail.Addresses.EmailAddress.Parse(ModusServer.Anna), Cancel))!.Id;
        using (var client = new ImapClient { ServerCertificateValidationCallback = static (_, _, _, _) => true })
        {
            await client.ConnectAsync("127.0.0.1", other.Port("imap", TlsMode.Implicit), MailKit.Security.SecureSocketOptions.SslOnConnect, Cancel);
            await client.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancel);
            await AppendAsync(client, "INBOX", "one", MessageFlags.Seen, "todo");
            await AppendAsync(client, "Sent", "two", MessageFlags.Seen | MessageFlags.Flagged);
            await AppendAsync(client, "Entw\u00fcrfe/2024", "three " + new string('y', 2_200_000), MessageFlags.Draft);
        }

        await File.WriteAllTextAsync(PasswordFile, ModusServer.Password, Cancel);
        using var certificate = System.Security.Cryptography.X509Certificates.X509CertificateLoader.LoadCertificateFromFile(Path.Combine(other.Folder, "mail.alpha.test-ecdsa.crt"));
        var pin = Convert.ToHexString(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
        var (code, output) = await MovedMail.RunAsync(
            "import", "imap", $"127.0.0.1:{other.Port("imap", TlsMode.Implicit)}", MovedMail.Anna, "--user", ModusServer.Anna, "--password-file", PasswordFile, "--pin", $"sha256:{pin}", "--data", Data);

        Assert.True(code == 0, output);
        Assert.Equal(await MovedMail.ReadAsync(other.Running.Store, account), await MovedMail.ReadAsync(Data));
    }

    private string ImplicitServer => $"127.0.0.1:{Dovecot.ImplicitPort}";

    // What the message will be here: mailbox, sum, date, flags and keywords.
    private static async Task<string> AppendAsync(ImapClient client, string mailbox, string text, MessageFlags flags, params string[] keywords)
    {
        var folder = mailbox == "INBOX" ? client.Inbox : await FolderAsync(client, mailbox);
        var message = new MimeMessage(
            [new MailboxAddress("Anna", "anna@example.com")], [new MailboxAddress("Ben", "ben@example.org")], text[..Math.Min(20, text.Length)],
            new TextPart("plain") { Text = string.Join("\r\n", text.Chunk(76).Select(static line => new string(line))) + "\r\n" })
        {
            Date = Date,
            MessageId = $"{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)))[..16]}@example.org", // the same text is the same message
        };
        var bytes = new MemoryStream();
        await message.WriteToAsync(new FormatOptions { NewLineFormat = NewLineFormat.Dos }, bytes, Cancel);
        await folder.AppendAsync(new FormatOptions { NewLineFormat = NewLineFormat.Dos }, new AppendRequest(message, flags, keywords, Date), Cancel);
        return $"{mailbox} {Convert.ToHexStringLower(SHA256.HashData(bytes.ToArray()))[..16]} {Date.ToUnixTimeSeconds()} {flags} {string.Join(' ', keywords.Order(StringComparer.Ordinal))}";
    }

    private static async Task<IMailFolder> FolderAsync(ImapClient client, string mailbox)
    {
        var folder = client.GetFolder(client.PersonalNamespaces[0]);
        foreach (var level in mailbox.Split('/'))
        {
            var below = (await folder.GetSubfoldersAsync(subscribedOnly: false, Cancel)).FirstOrDefault(one => one.Name == level);
            folder = below is null || below.Attributes.HasFlag(FolderAttributes.NonExistent) ? (await folder.CreateAsync(level, isMessageFolder: true, Cancel))! : below;
        }

        return folder;
    }

    private Task<(int Code, string Output)> RunAsync(string server, params string[] more) => MovedMail.RunAsync(
        ["import", "imap", server, MovedMail.Anna, "--user", DovecotServer.User, "--password-file", PasswordFile, "--data", Data, "--json", .. more]);

    private async Task<JsonElement> SucceedAsync(string server, params string[] more)
    {
        var (code, output) = await RunAsync(server, more);
        Assert.True(code == 0, output);
        return JsonDocument.Parse(output).RootElement;
    }
}
