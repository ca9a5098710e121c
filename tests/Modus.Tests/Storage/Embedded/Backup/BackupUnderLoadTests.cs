using System.Collections.Concurrent;
using System.Security.Cryptography;
using Modus.Mail.Addresses;
using Modus.Storage;
using Modus.Storage.Embedded;
using Modus.Storage.Embedded.Backup;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Embedded.Backup;

/// <summary>Backups while mail is delivered, deleted and compacted: what was acknowledged before one began, and not deleted, is in it.</summary>
public sealed class BackupUnderLoadTests(ITestOutputHelper output)
{
    private const int Writers = 4;
    private const int Backups = 4;

    [Fact]
    public async Task Whatever_was_acknowledged_before_a_backup_began_is_in_it_bit_exact()
    {
        await using var room = await BackupRoom.OpenAsync();
        await using var store = await EmbeddedStoreUnderTest.OpenAsync(configure: static options => options with
        {
            SegmentSize = 256 * 1024, CheckpointPages = 100, CompactionInterval = TimeSpan.FromMilliseconds(20), DeadRatio = 0.2,
        });
        var seed = Random.Shared.Next();
        output.WriteLine($"seed {seed}");
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var inboxes = new List<MailboxId>();
        for (var i = 0; i < Writers; i++) inboxes.Add((await store.MailboxAsync((await store.AddAccountAsync($"w{i}")).Id)).Id);
        var ledger = new ConcurrentDictionary<string, bool>(); // hash: true while it is there, false once its deletion began
        var load = inboxes.Select((inbox, i) => Task.Run(() => LoadAsync(store, inbox, ledger, new Random(seed + i), stop.Token))).ToList();
        var generations = new List<(string Name, HashSet<string> Owed)>();
        try
        {
            for (var i = 0; i < Backups; i++)
            {
                while (ledger.Count < (i + 1) * 150) await Task.Yield();
                var acknowledged = ledger.Where(static entry => entry.Value).Select(static entry => entry.Key).ToList();
                using var hold = store.Maintenance.HoldDeletes();
                var report = await StoreBackup.RunAsync(
                    new BackupRequest { DataFolder = store.Options.Folder, Target = room.Target, Version = "1" }, null, TimeProvider.System, stop.Token);
                Assert.Empty(report.Faults);
                generations.Add((report.Generation, acknowledged.Where(hash => ledger[hash]).ToHashSet()));
            }
        }
        finally
        {
            await stop.CancelAsync();
            await Task.WhenAll(load);
        }

        foreach (var (name, owed) in generations)
        {
            Assert.Empty((await room.CheckAsync(name)).Faults);
            await using var restored = await room.OpenRestoredAsync(name);
            var there = await HashesAsync(restored);
            Assert.Empty(owed.Except(there));
            Assert.Empty(there.Except(ledger.Keys)); // and nothing that nobody sent
            Assert.Empty(await restored.Maintenance.FaultsAsync());
            output.WriteLine($"{name}: {owed.Count} owed, {there.Count} there");
        }
    }

    private static async Task LoadAsync(
        EmbeddedStoreUnderTest store, MailboxId inbox, ConcurrentDictionary<string, bool> ledger, Random random, CancellationToken stop)
    {
        var mine = new List<(string Hash, Uid Uid)>();
        while (!stop.IsCancellationRequested)
        {
            if (mine.Count > 20 || (mine.Count > 0 && random.Next(3) == 0))
            {
                var at = random.Next(mine.Count);
                ledger[mine[at].Hash] = false;
                await store.Mail.ExpungeAsync(inbox, [mine[at].Uid], default);
                mine.RemoveAt(at);
                continue;
            }

            var bytes = new byte[random.Next(16) == 0 ? random.Next(70_000, 200_000) : random.Next(16, 20_000)];
            random.NextBytes(bytes);
            var result = await store.Delivery.DeliverAsync(bytes, new DeliveryRequest
            {
                QueueId = QueueId.New(TimeProvider.System), InternalDate = DateTimeOffset.UtcNow, Mailboxes = [new MailboxTarget(inbox)],
            });
            Assert.True(result.IsDone);
            var hash = Convert.ToHexString(SHA256.HashData(bytes));
            mine.Add((hash, result.Value!.Messages[0].Uid));
            ledger[hash] = true;
        }
    }

    private static async Task<HashSet<string>> HashesAsync(EmbeddedStoreUnderTest store)
    {
        var hashes = new HashSet<string>();
        foreach (var account in await store.Directory.ListAccountsAsync(null, default))
        {
            foreach (var message in await store.MessagesAsync((await store.MailboxAsync(account.Id)).Id))
                hashes.Add(Convert.ToHexString(SHA256.HashData(await store.Mail.ReadAllAsync(message.Content) ?? [])));
        }

        return hashes;
    }
}
