using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Modus.Delivery.Remote;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Server.Composition;
using Modus.Storage;
using Modus.Testing.Smtp;
using Xunit;

namespace Modus.EndToEnd.Tests.Outbound;

/// <summary>
/// The contract of the queue: a server that sends is killed with SIGKILL at random moments, again and again. Every message arrives, to
/// the byte, and one arrives twice only where its end could not be known: the reply to the last dot was lost, on the wire or with the
/// process that was to write it down.
/// </summary>
public sealed class OutboundCrashTests
{
    private const int Messages = 800;
    private const int Lanes = 8;
    private const int DropsOneOf = 40;

    private static int Kills => int.TryParse(Environment.GetEnvironmentVariable("MODUS_CRASH_KILLS"), out var kills) ? kills : 5;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Nothing_is_lost_and_nothing_doubled_but_where_the_last_reply_was_lost()
    {
        await using var setup = await ModusServer.StartAsync(static c =>
        {
            c["listeners"] = new JsonArray(new JsonObject
            {
                ["protocol"] = "smtp", ["addresses"] = new JsonArray("127.0.0.1"), ["port"] = 0, ["tls"] = "on-demand",
            });
            c["http"] = new JsonObject { ["enabled"] = false };
            c["queue"] = new JsonObject { ["sending"] = true, ["firstRetry"] = "1s", ["connectionsPerDestination"] = Lanes };
        });
        await setup.StopAsync();

        using var sink = new Sink();
        await using var servers = new ScriptedSmtpServer(new ScriptedPeer { Tls = PeerTls.Works, AnswerContent = sink.Take });
        var sent = await FillAsync(setup.DataFolder, servers.Listen().Port);

        var random = new Random(20261125);
        for (var kill = 0; kill < Kills; kill++)
        {
            using var server = await ServerProcess.StartAsync(setup.ConfigurationFile, 1);
            await sink.WaitAsync(Math.Min(Messages, sink.Taken + random.Next(1, Messages / Kills)));
            await server.KillAsync();
        }

        using (var server = await ServerProcess.StartAsync(setup.ConfigurationFile, 1))
        {
            await sink.WaitAsync(Messages);
            await EmptyAsync(setup);
            Assert.Equal(0, await server.StopAsync());
        }

        Assert.Empty(sent.Keys.Except(sink.Counts.Keys));
        Assert.All(sink.Hashes, hash => Assert.Equal(sent[hash.Id], hash.Hash));
        var doubled = sink.Counts.Values.Sum(static count => count - 1);
        Assert.InRange(doubled, sink.Dropped, sink.Dropped + (Kills * Lanes));
        await using var store = await OpenedStore.OpenAsync(setup.DataFolder, Cancellation);
        Assert.Empty(await store.Queue.ListAsync(new QueueFilter(), Cancellation));
        Assert.Empty((await store.Maintenance.VerifyAsync(null, Cancellation)).Faults);
        TestContext.Current.TestOutputHelper?.WriteLine(
            $"{Kills} kills, {Messages} messages, {sink.Dropped} replies dropped, {doubled} arrived twice");
    }

    private static async Task<Dictionary<string, string>> FillAsync(string dataFolder, int port)
    {
        var sent = new Dictionary<string, string>();
        await using var store = await OpenedStore.OpenAsync(dataFolder, Cancellation);
        await new RouteTable(store.Settings, TimeProvider.System).SetAsync(
            new MailRoute { Domain = "sink.example", Hosts = [$"127.0.0.1:{port}"] }, "test", Cancellation);
        for (var n = 0; n < Messages; n++)
        {
            var id = $"m{n}";
            var size = n % 50 == 7 ? 300_000 : 100 + (n * 7919 % 20_000);
            var content = Encoding.ASCII.GetBytes(
                $"X-Crash: {id}\r\n\r\n{Convert.ToBase64String(RandomNumberGenerator.GetBytes(size), Base64FormattingOptions.InsertLineBreaks)}\r\n");
            sent[id] = Convert.ToHexString(SHA256.HashData(content));
            await using var writer = store.Delivery.BeginContent();
            System.Buffers.BuffersExtensions.Write(writer, content);
            var request = new DeliveryRequest
            {
                QueueId = QueueId.New(TimeProvider.System),
                InternalDate = TimeProvider.System.GetUtcNow(),
                Queue = new QueueRequest
                {
                    Envelope = new Envelope
                    {
                        ReversePath = new ReversePath(EmailAddress.Parse(ModusServer.Anna)),
                        Recipients = [new EnvelopeRecipient(new ForwardPath(EmailAddress.Parse($"r{n}@sink.example")))],
                    },
                    NotBefore = TimeProvider.System.GetUtcNow(),
                },
            };
            Assert.Equal(StoreOutcome.Done, (await store.Delivery.CommitAsync(writer, request, Cancellation)).Outcome);
        }

        return sent;
    }

    // The server itself is asked: the store is its alone while it runs.
    private static async Task EmptyAsync(ModusServer setup)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        do
        {
            await using var channel = await SocketChannel.TryConnectAsync(AdminSocket.PathIn(setup.DataFolder), Cancellation);
            var listed = await channel!.RunAsync(AdminOperations.ListQueue, new QueueQuery(null, null, null, 1), Cancellation);
            if (listed.Result is { Length: 0 }) return;
        }
        while (await look.WaitForNextTickAsync(patience.Token));
    }

    private sealed class Sink : IDisposable
    {
        private readonly ConcurrentDictionary<string, int> _counts = new();
        private readonly ConcurrentQueue<(string Id, string Hash)> _hashes = new();
        private readonly SemaphoreSlim _taken = new(0);
        private int _waitedFor;
        private int _dropped;

        public IReadOnlyDictionary<string, int> Counts => _counts;

        public IEnumerable<(string Id, string Hash)> Hashes => _hashes;

        public int Dropped => _dropped;

        /// <summary>How many different messages came.</summary>
        public int Taken => _counts.Count;

        /// <summary>Takes a message; of the first arrivals some go without a reply.</summary>
        public string? Take(SmtpReceived received)
        {
            var id = Encoding.ASCII.GetString(received.Content.AsSpan(9, received.Content.AsSpan().IndexOf((byte)'\r') - 9));
            _hashes.Enqueue((id, Convert.ToHexString(SHA256.HashData(received.Content))));
            var isFirst = _counts.AddOrUpdate(id, 1, static (_, count) => count + 1) == 1;
            if (isFirst) _taken.Release();
            if (!isFirst || int.Parse(id[1..], null) % DropsOneOf != 3) return null;
            Interlocked.Increment(ref _dropped);
            return ScriptedPeer.Drop;
        }

        public void Dispose() => _taken.Dispose();

        public async Task WaitAsync(int messages)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(120));
            for (; _waitedFor < messages; _waitedFor++) await _taken.WaitAsync(patience.Token);
        }
    }
}
