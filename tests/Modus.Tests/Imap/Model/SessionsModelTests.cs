using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Imap.Model;

/// <summary>
/// Several sessions on one mailbox do what comes to mind. What each client believes may lag behind, but never be wrong, and after a NOOP
/// it is the truth (RFC 9051 §7.5.1, RFC 2180 §3).
/// </summary>
public sealed class SessionsModelTests
{
    private const int Sessions = 3;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task Sessions_that_take_turns_agree_with_the_store_after_every_NOOP(int seed)
    {
        await using var kit = await ImapKit.StartAsync();
        var clients = await StartAsync(kit);
        var random = new Random(seed);
        for (var step = 0; step < 100; step++)
        {
            var client = clients[random.Next(Sessions)];
            await StepAsync(client, random);
            if (random.Next(4) == 0) await AssertUpToDateAsync(kit, client, $"seed {seed}, step {step}");
        }

        await EndAsync(kit, clients, $"seed {seed}");
    }

    [Theory]
    [InlineData(11)]
    [InlineData(12)]
    public async Task Sessions_at_the_same_time_never_believe_a_falsehood_and_agree_at_the_end(int seed)
    {
        await using var kit = await ImapKit.StartAsync();
        var clients = await StartAsync(kit);
        await Task.WhenAll(clients.Select((client, index) => Task.Run(async () =>
        {
            var random = new Random(seed + (index * 1000));
            for (var step = 0; step < 60; step++) await StepAsync(client, random);
        })));

        await EndAsync(kit, clients, $"seed {seed}");
    }

    private static async Task<MirrorClient[]> StartAsync(ImapKit kit)
    {
        await kit.Store.CreateAsync(kit.Anna.Id, "Other");
        for (var i = 0; i < 5; i++) await kit.DeliverAsync($"Subject: {i}\n\n\n");
        var clients = new MirrorClient[Sessions];
        for (var i = 0; i < Sessions; i++)
        {
            clients[i] = new MirrorClient(await kit.LogInAsync(), $"client {i}");
            await clients[i].SelectAsync("INBOX");
        }

        return clients;
    }

    private static async Task StepAsync(MirrorClient client, Random random)
    {
        var set = RandomSet(client, random, out var uids);
        switch (random.Next(13))
        {
            case 0 or 1:
                await client.RunAsync("APPEND INBOX (\\Flagged) {14+}\r\nSubject: x\r\n\r\n");
                break;
            case 2 or 3 when set is not null:
                await client.RunAsync($"STORE {set} {Sign(random)}FLAGS{(random.Next(3) == 0 ? ".SILENT" : "")} ({RandomFlags(random)})", keepsNumbers: true);
                await client.RunAsync($"FETCH {set} (UID FLAGS)", keepsNumbers: true); // silent changes are the client's own business
                break;
            case 4 when set is not null:
                await client.RunAsync($"UID STORE {uids} {Sign(random)}FLAGS ({RandomFlags(random)})");
                break;
            case 5:
                await client.RunAsync("EXPUNGE");
                break;
            case 6 when set is not null:
                await client.RunAsync($"UID EXPUNGE {uids}");
                break;
            case 7 when set is not null:
                await client.RunAsync($"{(random.Next(2) == 0 ? "COPY" : "MOVE")} {set} Other");
                break;
            case 8 when set is not null && client.Count < 30: // it would double for ever
                await client.RunAsync($"COPY {set} INBOX");
                break;
            case 9 when set is not null:
                await client.RunAsync($"FETCH {set} (UID FLAGS BODY[])", keepsNumbers: true);
                break;
            case 10:
                await client.RunAsync("SEARCH UNSEEN", keepsNumbers: true);
                break;
            case 11:
                await client.SelectAsync("INBOX");
                break;
            default:
                await client.RunAsync("NOOP");
                break;
        }

        await client.LearnAsync();
    }

    private static string Sign(Random random) => random.Next(3) switch { 0 => "+", 1 => "-", _ => "" };

    private static string RandomFlags(Random random) =>
        string.Join(' ', new[] { "\\Seen", "\\Deleted", "\\Answered", "$Work", "$Later" }.Where(_ => random.Next(3) == 0));

    private static string? RandomSet(MirrorClient client, Random random, out string uids)
    {
        uids = "";
        if (client.Count == 0) return null;
        var (a, b) = (random.Next(client.Count) + 1, random.Next(client.Count) + 1);
        uids = $"{client.UidAt(a)}:{client.UidAt(b)}";
        return random.Next(2) == 0 ? $"{a}" : $"{a}:{b}";
    }

    private static async Task AssertUpToDateAsync(ImapKit kit, MirrorClient client, string where)
    {
        await client.RunAsync("NOOP");
        await client.LearnAsync();
        await client.RunAsync("NOOP");
        var truth = (await kit.Store.MessagesAsync((await kit.MailboxAsync()).Id))
            .Select(static message => (message.Uid.Value, MirrorClient.Normalize(string.Join(' ', Names(message))))).ToList();
        Assert.True(truth.SequenceEqual(client.Messages), $"{where}, {client.Name}:\nstore  {string.Join(", ", truth)}\nclient {string.Join(", ", client.Messages)}");
    }

    private static IEnumerable<string> Names(MailboxMessage message) =>
        Enum.GetValues<MessageFlags>().Where(flag => flag != MessageFlags.None && message.Flags.HasFlag(flag)).Select(static flag => $"\\{flag}").Concat(message.Keywords);

    private static async Task EndAsync(ImapKit kit, MirrorClient[] clients, string where)
    {
        foreach (var client in clients) await AssertUpToDateAsync(kit, client, where);
        foreach (var client in clients) await client.DisposeAsync();
        Assert.Empty(kit.Faults.Lines);
        Assert.Empty(await kit.Store.Maintenance.FaultsAsync());
    }
}
