using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using Modus.Mail.Addresses;
using Modus.Server.Composition;
using Modus.Storage;
using Xunit;

namespace Modus.EndToEnd.Tests.Whole;

/// <summary>
/// The contract of a 250: a server under load is killed with SIGKILL at random moments, again and again on the same store.
/// Afterwards every acknowledged message is there exactly once and to the byte, and the store verifies.
/// </summary>
public sealed class CrashTests
{
    private const int Senders = 8;

    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("MODUS_CRASH_KILLS"), out var kills) ? kills : 5;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_acknowledged_is_lost_or_doubled_however_often_the_server_is_killed()
    {
        await using var setup = await ModusServer.StartAsync(c =>
        {
            c["listeners"] = new System.Text.Json.Nodes.JsonArray(new System.Text.Json.Nodes.JsonObject
            {
                ["protocol"] = "smtp", ["addresses"] = new System.Text.Json.Nodes.JsonArray("127.0.0.1"), ["port"] = 0, ["tls"] = "on-demand",
            });
            c["http"] = new System.Text.Json.Nodes.JsonObject { ["enabled"] = false };
        });
        await setup.StopAsync();

        var sent = new ConcurrentDictionary<string, string>();
        var acknowledged = new ConcurrentDictionary<string, string>();
        var random = new Random(20261123);
        for (var kill = 0; kill < Kills; kill++)
        {
            using var server = await ServerProcess.StartAsync(setup.ConfigurationFile, 1);
            var killAt = acknowledged.Count + random.Next(1, 400);
            var moment = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            var senders = Enumerable.Range(0, Senders)
                .Select(n => Task.Run(() => SendUntilDeadAsync(server.Ports[0], $"{kill}-{n}", sent, acknowledged, killAt, moment), Cancellation))
                .ToArray();
            await moment.Task.WaitAsync(TimeSpan.FromSeconds(60), Cancellation);
            await server.KillAsync();
            await Task.WhenAll(senders);
        }

        await using var store = await OpenedStore.OpenAsync(setup.DataFolder, Cancellation);
        var found = await ReadAllAsync(store);
        var lost = acknowledged.Keys.Where(id => !found.ContainsKey(id)).ToArray();
        Assert.Empty(lost);
        Assert.All(found, pair =>
        {
            Assert.Equal(1, pair.Value.Count);
            Assert.Equal(sent[pair.Key], pair.Value.Hash);
        });
        var report = await store.Maintenance.VerifyAsync(null, Cancellation);
        Assert.Empty(report.Faults);
        Assert.Equal(found.Count, report.Messages);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Kills} kills, {sent.Count} sent, {acknowledged.Count} acknowledged, {found.Count} found");
    }

    private static async Task SendUntilDeadAsync(
        int port, string sender, ConcurrentDictionary<string, string> sent, ConcurrentDictionary<string, string> acknowledged, int killAt, TaskCompletionSource moment)
    {
        try
        {
            await using var client = await RawSmtp.ConnectAsync(port);
            for (var n = 0; ; n++)
            {
                var id = $"{sender}-{n}";
                var size = n % 50 == 7 ? 700_000 : 100 + (n * 7919 % 30_000); // some are spilled to files of their own
                var content = Encoding.ASCII.GetBytes($"X-Crash: {id}\r\n\r\n{Convert.ToBase64String(RandomNumberGenerator.GetBytes(size), Base64FormattingOptions.InsertLineBreaks)}\r\n");
                sent[id] = Convert.ToHexString(SHA256.HashData(content));
                await client.BeginAsync(ModusServer.Anna);
                var reply = await client.DataAsync(content);
                if (!reply.StartsWith("250", StringComparison.Ordinal)) throw new InvalidOperationException(reply);
                acknowledged[id] = reply;
                if (acknowledged.Count >= killAt) moment.TrySetResult();
            }
        }
        catch (Exception dead) when (dead is IOException or SocketException)
        {
            // Killed, as it should be.
        }
    }

    private static async Task<Dictionary<string, (int Count, string Hash)>> ReadAllAsync(OpenedStore store)
    {
        var account = await store.Directory.FindAccountAsync(EmailAddress.Parse(ModusServer.Anna), Cancellation);
        var inbox = await store.Mail.FindMailboxAsync(account!.Id, MailboxName.Inbox, Cancellation);
        var found = new Dictionary<string, (int Count, string Hash)>();
        var range = UidRange.All;
        while (await store.Mail.ReadMessagesAsync(inbox!.Id, range, default, 500, Cancellation) is { Count: > 0 } page)
        {
            foreach (var message in page)
            {
                await using var reader = await store.Mail.OpenContentAsync(message.Content, Cancellation);
                var bytes = new byte[reader!.Length];
                for (var at = 0; at < bytes.Length;) at += await reader.ReadAsync(at, bytes.AsMemory(at), Cancellation);
                var start = bytes.AsSpan().IndexOf("X-Crash: "u8);
                var content = bytes.AsSpan(start);
                var id = Encoding.ASCII.GetString(content[9..content.IndexOf((byte)'\r')]);
                var count = found.TryGetValue(id, out var known) ? known.Count + 1 : 1;
                found[id] = (count, Convert.ToHexString(SHA256.HashData(content)));
            }

            range = UidRange.After(page[^1].Uid);
        }

        return found;
    }
}
