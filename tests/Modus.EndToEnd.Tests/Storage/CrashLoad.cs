using System.Buffers;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Storage;
using Modus.Storage.Embedded;
using Modus.Testing.Storage;

namespace Modus.EndToEnd.Tests.Storage;

/// <summary>
/// The process that gets killed: eight writers deliver, queue, expunge and compact as fast as they can, and say on
/// standard output what they are about to do and what was acknowledged. A line in the pipe survives the process.
/// </summary>
internal sealed class CrashLoad
{
    public const string Verb = "crash-load";
    public const int Writers = 8;
    public const int TokenLength = 13; // that of a queue id, which serves as the token

    /// <summary>Small files and short logs, so that a second of load meets every seam of the engine.</summary>
    public static EmbeddedStoreOptions Options(string folder) => new()
    {
        Folder = folder, SpillThreshold = 64 * 1024, SegmentSize = 1024 * 1024, CheckpointPages = 200,
        CompactionInterval = TimeSpan.FromMilliseconds(50), DeadRatio = 0.3,
    };

    private readonly EmbeddedStore _store;
    private readonly Stream _out = Console.OpenStandardOutput();
    private readonly Lock _gate = new();

    private CrashLoad(EmbeddedStore store) => _store = store;

    public static async Task<int> RunAsync(string folder, int seed)
    {
        var load = new CrashLoad(await EmbeddedStore.OpenAsync(Options(folder)));
        await load._store.Directory.AddDomainAsync(new LocalDomain(Domain.Parse("example.org")), default);
        await Task.WhenAll(Enumerable.Range(0, Writers).Select(i => Task.Run(() => load.WriteAsync(i, new Random(seed + i)))));
        return 0;
    }

    private async Task WriteAsync(int number, Random random)
    {
        var mailbox = await MailboxAsync($"w{number}");
        var shared = await MailboxAsync("shared");
        var mine = new List<(string Token, Uid Uid)>();
        while (true)
        {
            var dice = random.Next(100);
            if (dice < 40 && mine.Count > 0) await ExpungeAsync(mailbox, mine, random.Next(mine.Count));
            else if (dice == 40) await _store.Maintenance.CompactAsync(default);
            else await DeliverAsync(mailbox, dice > 90 ? shared : null, dice % 8 == 0, mine, random);
        }
    }

    private async Task<MailboxId> MailboxAsync(string name)
    {
        var address = EmailAddress.Parse(name + "@example.org");
        await _store.Directory.AddAccountAsync(new NewAccount(address, StoreKit.Verifier), default);
        var account = await _store.Directory.FindAccountAsync(address, default);
        return (await _store.Mail.FindMailboxAsync(account!.Id, MailboxName.Inbox, default))!.Id;
    }

    private async Task DeliverAsync(MailboxId mailbox, MailboxId? second, bool queued, List<(string, Uid)> mine, Random random)
    {
        var id = QueueId.New(TimeProvider.System);
        var bytes = new byte[TokenLength + Length(random)];
        random.NextBytes(bytes);
        Encoding.ASCII.GetBytes(id.Value, bytes);
        MailboxTarget[] targets = second is { } other ? [new(mailbox), new(other)] : [new(mailbox)];
        var hash = Convert.ToHexString(SHA256.HashData(bytes));
        Say(string.Create(CultureInfo.InvariantCulture, $"begin {id} {hash} {targets.Length} {(queued ? 1 : 0)}"));

        var result = await _store.Delivery.DeliverAsync(bytes, new DeliveryRequest
        {
            QueueId = id, InternalDate = DateTimeOffset.UtcNow, Mailboxes = targets,
            Queue = queued ? new QueueRequest { Envelope = StoreKit.EnvelopeTo("r@example.net"), NotBefore = DateTimeOffset.UtcNow } : null,
        });
        if (!result.IsDone) throw new InvalidOperationException($"delivery: {result.Outcome}");
        Say($"done {id}");
        if (targets.Length == 1 && !queued) mine.Add((id.Value, result.Value.Messages[0].Uid));
    }

    private async Task ExpungeAsync(MailboxId mailbox, List<(string Token, Uid Uid)> mine, int index)
    {
        var (token, uid) = mine[index];
        mine.RemoveAt(index);
        Say($"expunge {token}");
        var result = await _store.Mail.ExpungeAsync(mailbox, [uid], default);
        if (result.Value?.Count != 1) throw new InvalidOperationException($"expunge of {token}: {result.Outcome}");
        Say($"gone {token}");
    }

    private static int Length(Random random) => random.Next(20) switch
    {
        0 => random.Next(100_000, 800_000), // a file of its own
        < 4 => random.Next(20_000, 64_000),
        _ => random.Next(0, 16_000),
    };

    // The dot at the end tells a whole line from one that the kill cut.
    private void Say(string line)
    {
        var bytes = Encoding.ASCII.GetBytes(line + " .\n");
        lock (_gate) _out.Write(bytes);
    }
}
