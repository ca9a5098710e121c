using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Modus.Server.Composition;
using Xunit;

namespace Modus.EndToEnd.Tests.Moving;

/// <summary>Export and import that are killed, again and again, and then run to their end: everything is there, and nothing twice.</summary>
public sealed class BrokenOffTests : IDisposable
{
    private const int Messages = 1_500;
    private const long MoreThanOneUpload = 2_500_000; // so that one is committed, and another is not

    private static readonly DateTimeOffset Date = DateTimeOffset.FromUnixTimeSeconds(1_700_000_000);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modus-broken-");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string Data => Path.Combine(_folder.FullName, "data");

    private string Maildir => Path.Combine(_folder.FullName, "mail");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task An_import_without_a_server()
    {
        WriteMaildir();
        await using (var store = await OpenedStore.OpenAsync(Data, Cancel)) await MovedMail.AddAccountAsync(store);
        string[] command = ["import", "maildir", Maildir, MovedMail.Anna, "--data", Data, "--json"];

        for (var kill = 1; kill <= 2; kill++) await KillWhenAsync(command, Segments, MoreThanOneUpload);
        var before = (await MovedMail.ReadAsync(Data)).Length;
        var (code, output) = await MovedMail.RunAsync(command);

        Assert.True(code == 0, output);
        var report = JsonDocument.Parse(output).RootElement;
        Assert.Equal(before, report.GetProperty("alreadyThere").GetInt32());
        Assert.InRange(before, 1, Messages - 1);
        AssertOnce(await MovedMail.ReadAsync(Data));
    }

    [Fact]
    public async Task An_import_beside_a_server()
    {
        WriteMaildir();
        await using var server = await ModusServer.StartAsync();
        var account = (await server.Running.Store.Directory.FindAccountAsync(Modus.Mail.Addresses.EmailAddress.Parse(ModusServer.Anna), Cancel))!.Id;
        string[] command = ["import", "maildir", Maildir, ModusServer.Anna, "--config", server.ConfigurationFile, "--json"];
        long InStore() => server.Running.Store.Mail.ListMailboxesAsync(account, Cancel).AsTask().GetAwaiter().GetResult().Sum(static box => box.Messages);

        for (var kill = 1; kill <= 3; kill++) await KillWhenAsync(command, InStore);
        var before = InStore();
        var (code, output) = await MovedMail.RunAsync(command);

        Assert.True(code == 0, output);
        Assert.InRange(before, 1, Messages - 1);
        AssertOnce(await MovedMail.ReadAsync(server.Running.Store, account));
    }

    [Fact]
    public async Task An_import_by_IMAP()
    {
        WriteMaildir();
        await using var dovecot = await DovecotServer.StartAsync(Maildir);
        var password = Path.Combine(_folder.FullName, "password");
        await File.WriteAllTextAsync(password, DovecotServer.Password, Cancel);
        await using (var store = await OpenedStore.OpenAsync(Data, Cancel)) await MovedMail.AddAccountAsync(store);
        string[] command =
        [
            "import", "imap", $"127.0.0.1:{dovecot.ImplicitPort}", MovedMail.Anna, "--user", DovecotServer.User, "--password-file", password,
            "--pin", $"sha256:{dovecot.Pin}", "--data", Data, "--json",
        ];

        for (var kill = 1; kill <= 2; kill++) await KillWhenAsync(command, Segments, MoreThanOneUpload);
        var before = (await MovedMail.ReadAsync(Data)).Length;
        var (code, output) = await MovedMail.RunAsync(command);

        Assert.True(code == 0, output);
        Assert.Equal(Messages - before, JsonDocument.Parse(output).RootElement.GetProperty("imported").GetInt32());
        Assert.InRange(before, 1, Messages - 1);
        AssertOnce(await MovedMail.ReadAsync(Data));
    }

    [Fact]
    public async Task An_export()
    {
        await using (var store = await OpenedStore.OpenAsync(Data, Cancel))
            for (var i = 0; i < 400; i++) await MovedMail.PutAsync(store, "INBOX", Text(i), Date.AddSeconds(i));
        string[] command = ["export", MovedMail.Anna, "--to", Maildir, "--data", Data, "--json"];
        var cur = Path.Combine(Maildir, "cur");

        for (var kill = 1; kill <= 3; kill++) await KillWhenAsync(command, () => Directory.Exists(cur) ? Directory.GetFiles(cur).Length : 0);
        var before = Directory.GetFiles(cur).Length;
        var isMarked = File.Exists(Path.Combine(Maildir, "modus-export.unfinished"));
        var (code, output) = await MovedMail.RunAsync(command);

        Assert.True(code == 0, output);
        Assert.InRange(before, 1, 399);
        Assert.True(isMarked);
        Assert.False(File.Exists(Path.Combine(Maildir, "modus-export.unfinished")));
        Assert.Empty(Directory.GetFiles(Path.Combine(Maildir, "tmp")));
        var texts = Directory.GetFiles(cur).Select(File.ReadAllText).Order(StringComparer.Ordinal);
        Assert.Equal(Enumerable.Range(0, 400).Select(static i => Encoding.ASCII.GetString(Text(i))).Order(StringComparer.Ordinal), texts);
    }

    // Starts a command, and kills it as soon as the measure has grown by more than that.
    private static async Task KillWhenAsync(string[] command, Func<long> measure, long growth = 0)
    {
        var before = measure();
        string[] arguments = [Path.Combine(AppContext.BaseDirectory, "modus.dll"), .. command];
        using var process = Process.Start(new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true, RedirectStandardError = true })!;
        while (!process.HasExited && measure() <= before + growth) await Task.Yield();
        if (!process.HasExited) process.Kill();
        await process.WaitForExitAsync(Cancel);
    }

    private static void AssertOnce(string[] lines)
    {
        Assert.Equal(Messages, lines.Length);
        Assert.Equal(Messages, lines.Distinct(StringComparer.Ordinal).Count());
    }

    // Files come and go while the store is opened.
    private long Segments()
    {
        try
        {
            return new DirectoryInfo(Path.Combine(Data, "segments")).EnumerateFiles().Sum(static file => file.Length);
        }
        catch (IOException)
        {
            return 0;
        }
    }

    private void WriteMaildir()
    {
        var cur = Directory.CreateDirectory(Path.Combine(Maildir, "cur")).FullName;
        for (var i = 0; i < Messages; i++)
            File.WriteAllBytes(Path.Combine(cur, string.Create(CultureInfo.InvariantCulture, $"{1_700_000_000 + i}.a.host:2,S")), Text(i));
    }

    // Some are larger than what stays in memory.
    private static byte[] Text(int number) => Encoding.ASCII.GetBytes(
        $"Subject: {number}\r\n\r\n{string.Concat(Enumerable.Repeat($"line of {number}\r\n", number % 100 == 7 ? 20_000 : 300))}");
}
