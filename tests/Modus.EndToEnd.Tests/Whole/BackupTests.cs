using System.Collections.Concurrent;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using MailKit.Net.Pop3;
using MailKit.Security;
using Modus.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Whole;

/// <summary><c>modus backup</c> as a process of its own beside a server that takes and deletes mail, and what is restored from it.</summary>
public sealed class BackupTests : IDisposable
{
    private const int Senders = 4;
    private const int Enough = 100; // messages before the backup begins

    private readonly string _place = Directory.CreateTempSubdirectory("modus-e2e-backup-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string Target => Path.Combine(_place, "backups");

    public void Dispose() => Directory.Delete(_place, recursive: true);

    [Fact]
    public async Task Whatever_was_acknowledged_before_the_backup_began_is_served_by_the_restored_folder()
    {
        await using var server = await ModusServer.StartAsync();
        var acknowledged = new ConcurrentDictionary<string, string>(); // subject to the hash of the body
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Cancellation);
        var enough = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var load = Enumerable.Range(0, Senders).Select(n => Task.Run(() => SendAsync(server, n, acknowledged, enough, stop.Token), Cancellation)).ToList();
        load.Add(Task.Run(() => DeleteAsync(server, stop.Token), Cancellation));
        await enough.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);

        var owed = acknowledged.ToDictionary(StringComparer.Ordinal);
        var made = await ModusAsync("backup", Target, "--config", server.ConfigurationFile, "--json");
        await stop.CancelAsync();
        await Task.WhenAll(load);
        await server.StopAsync();

        Assert.Empty(made.GetProperty("faults").EnumerateArray());
        Assert.Empty((await ModusAsync("backup", "check", Target, "--json")).GetProperty("faults").EnumerateArray());
        var folder = Path.Combine(_place, "restored");
        await ModusAsync("restore", Target, folder, "--hold-queue", "--json");
        var served = await ServeAsync(server.ConfigurationFile, folder);
        Assert.True(owed.Count >= Enough);
        Assert.All(owed, pair => Assert.Equal(pair.Value, served[pair.Key]));
    }

    [Fact]
    public async Task A_backup_killed_in_the_middle_leaves_the_earlier_one_whole_and_the_next_one_works()
    {
        await using var server = await ModusServer.StartAsync();
        await SendAsync(server, "first", 20_000);
        var first = await ModusAsync("backup", Target, "--config", server.ConfigurationFile, "--json");
        var hashes = new Dictionary<string, string>();
        for (var i = 0; i < 24; i++) hashes.Add($"m{i}", await SendAsync(server, $"m{i}", 3_000_000));

        var killed = await KillBackupAsync(server.ConfigurationFile, moreThan: 4);
        await SendAsync(server, "after", 1000); // the server goes on
        var listed = await ModusAsync("backup", "list", Target, "--json");
        var check = await ModusAsync("backup", "check", Target, "--json");
        var next = await ModusAsync("backup", Target, "--config", server.ConfigurationFile, "--json");
        await server.StopAsync();

        Assert.True(killed, "the backup ended before it could be killed");
        Assert.Equal(first.GetProperty("generation").GetString(), check.GetProperty("generation").GetString());
        Assert.Empty(check.GetProperty("faults").EnumerateArray());
        Assert.All(listed.EnumerateArray().Skip(1), static one => Assert.Contains("never finished", one.GetProperty("fault").GetString(), StringComparison.Ordinal));
        Assert.True(next.GetProperty("newSegments").GetInt32() < 24, "what the killed backup had copied was copied again");
        var folder = Path.Combine(_place, "restored");
        await ModusAsync("restore", Target, folder, "--json");
        var served = await ServeAsync(server.ConfigurationFile, folder);
        Assert.All(hashes, pair => Assert.Equal(pair.Value, served[pair.Key]));
        Assert.Contains("after", served.Keys);
    }

    private static async Task SendAsync(
        ModusServer server, int number, ConcurrentDictionary<string, string> acknowledged, TaskCompletionSource enough, CancellationToken stop)
    {
        await using var client = await RawSmtp.ConnectAsync(server.Port("smtp", TlsMode.OnDemand));
        for (var i = 0; !stop.IsCancellationRequested; i++)
        {
            var subject = $"{number}-{i}";
            acknowledged[subject] = await SendAsync(client, subject, i % 10 == 9 ? 200_000 : 4_000);
            if (acknowledged.Count >= Enough) enough.TrySetResult();
        }
    }

    private static async Task<string> SendAsync(ModusServer server, string subject, int length)
    {
        await using var client = await RawSmtp.ConnectAsync(server.Port("smtp", TlsMode.OnDemand));
        return await SendAsync(client, subject, length);
    }

    private static async Task<string> SendAsync(RawSmtp client, string subject, int length)
    {
        var body = new StringBuilder();
        while (body.Length < length) body.Append(RandomNumberGenerator.GetHexString(76)).Append("\r\n");
        await client.BeginAsync(ModusServer.Anna);
        Assert.StartsWith("250", await client.DataAsync(Encoding.ASCII.GetBytes($"Subject: {subject}\r\n\r\n{body}")), StringComparison.Ordinal);
        return HashOf(body.ToString());
    }

    // A second account's mail comes and goes, and what it leaves behind is compacted, so that files vanish under the backup.
    private static async Task DeleteAsync(ModusServer server, CancellationToken stop)
    {
        const string Ben = "ben@alpha.test";
        await server.AddAccountAsync(Ben);
        await using var client = await RawSmtp.ConnectAsync(server.Port("smtp", TlsMode.OnDemand));
        while (!stop.IsCancellationRequested)
        {
            await client.BeginAsync(Ben);
            await client.DataAsync(Encoding.ASCII.GetBytes($"Subject: gone\r\n\r\n{string.Concat(Enumerable.Repeat(new string('x', 76) + "\r\n", 3000))}"));
            var messages = await server.ListInboxAsync(Ben);
            var account = await server.Running.Store.Directory.FindAccountAsync(Modus.Mail.Addresses.EmailAddress.Parse(Ben), CancellationToken.None);
            var inbox = await server.Running.Store.Mail.FindMailboxAsync(account!.Id, MailboxName.Inbox, CancellationToken.None);
            await server.Running.Store.Mail.ExpungeAsync(inbox!.Id, [.. messages.Select(static one => one.Uid)], CancellationToken.None);
            await server.Running.Store.Maintenance.CompactAsync(CancellationToken.None);
        }
    }

    private static ProcessStartInfo Start(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, "modus.dll"), .. arguments])
        {
            RedirectStandardOutput = true, RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(static name => name.StartsWith("MODUS_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name);
        return start;
    }

    private static async Task<JsonElement> ModusAsync(params string[] arguments)
    {
        using var process = Process.Start(Start(arguments))!;
        var errors = process.StandardError.ReadToEndAsync(Cancellation);
        var said = await process.StandardOutput.ReadToEndAsync(Cancellation);
        await process.WaitForExitAsync(Cancellation);
        Assert.True(process.ExitCode == 0, $"{string.Join(' ', arguments)}: {process.ExitCode} {await errors}{said}");
        return JsonDocument.Parse(said).RootElement;
    }

    // SIGKILL as soon as more segments than so many are in the target.
    private async Task<bool> KillBackupAsync(string configuration, int moreThan)
    {
        using var process = Process.Start(Start("backup", Target, "--config", configuration))!;
        while (!process.HasExited && Directory.GetFiles(Path.Combine(Target, "segments"), "*.seg").Length <= moreThan) await Task.Yield();
        var isRunning = !process.HasExited;
        process.Kill();
        await process.WaitForExitAsync(Cancellation);
        return isRunning;
    }

    /// <summary>Starts a server on a data folder, and reads Anna's mail by POP3: subject and hash of the body.</summary>
    private async Task<Dictionary<string, string>> ServeAsync(string configurationFile, string dataFolder)
    {
        var configuration = JsonNode.Parse(await File.ReadAllTextAsync(configurationFile, Cancellation))!.AsObject();
        configuration["dataFolder"] = dataFolder;
        configuration["listeners"] = new JsonArray(new JsonObject
        {
            ["protocol"] = "pop3", ["addresses"] = new JsonArray("127.0.0.1"), ["port"] = 0, ["tls"] = "implicit",
        });
        configuration["http"] = new JsonObject { ["enabled"] = false };
        var file = Path.Combine(_place, "restored.json");
        await File.WriteAllTextAsync(file, configuration.ToJsonString(), Cancellation);
        using var server = await ServerProcess.StartAsync(file, 1);
        using var pop3 = new Pop3Client { ServerCertificateValidationCallback = static (_, _, _, _) => true, Timeout = 60_000 };
        await pop3.ConnectAsync("127.0.0.1", server.Ports[0], SecureSocketOptions.SslOnConnect, Cancellation);
        await pop3.AuthenticateAsync(ModusServer.Anna, ModusServer.Password, Cancellation);
        var found = new Dictionary<string, string>();
        for (var i = 0; i < pop3.Count; i++)
        {
            using var stream = await pop3.GetStreamAsync(i, false, Cancellation);
            using var reader = new StreamReader(stream, Encoding.ASCII);
            var text = await reader.ReadToEndAsync(Cancellation);
            var end = text.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            var subject = text[..end].Split("\r\n").Single(static line => line.StartsWith("Subject: ", StringComparison.Ordinal))["Subject: ".Length..];
            found.Add(subject, HashOf(text[(end + 4)..]));
        }

        await pop3.DisconnectAsync(true, Cancellation);
        Assert.Equal(0, await server.StopAsync());
        return found;
    }

    private static string HashOf(string body) => Convert.ToHexString(SHA256.HashData(Encoding.ASCII.GetBytes(body)));
}
