using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Modus.Storage;
using Modus.Storage.Embedded;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.EndToEnd.Tests.Storage;

/// <summary>What the killed process said, held against what the store has.</summary>
internal sealed class CrashLedger
{
    private enum Standing
    {
        Begun,
        Acknowledged,
        Leaving,
        Gone,
    }

    private readonly Dictionary<string, Entry> _entries = [];

    public int Acknowledged { get; private set; }

    public int Expunged { get; private set; }

    public void Read(string line)
    {
        if (!line.EndsWith(" .", StringComparison.Ordinal)) return;
        var words = line.Split(' ');
        switch (words[0])
        {
            case "begin":
                _entries.Add(words[1], new Entry(words[2], int.Parse(words[3], CultureInfo.InvariantCulture), words[4] == "1"));
                break;
            case "done":
                _entries[words[1]].Standing = Standing.Acknowledged;
                Acknowledged++;
                break;
            case "expunge":
                _entries[words[1]].Standing = Standing.Leaving;
                break;
            case "gone":
                _entries[words[1]].Standing = Standing.Gone;
                Expunged++;
                break;
            default:
                Assert.Fail($"the load said: {line}");
                break;
        }
    }

    /// <summary>Compares, then settles what was in flight by what is there.</summary>
    public async Task CompareAsync(EmbeddedStore store)
    {
        var inMailboxes = await ReadMailboxesAsync(store);
        var queued = (await store.Queue.ListAsync(new QueueFilter { Limit = int.MaxValue }, default))
            .GroupBy(static entry => entry.QueueId.Value).ToDictionary(static group => group.Key, static group => group.Count());

        Assert.Empty(inMailboxes.Keys.Except(_entries.Keys));
        Assert.Empty(queued.Keys.Except(_entries.Keys));
        foreach (var (token, entry) in _entries.ToList())
        {
            var hashes = inMailboxes.GetValueOrDefault(token, []);
            var isThere = hashes.Count > 0;
            if (entry.Standing == Standing.Acknowledged) Assert.True(isThere, $"{token} was acknowledged and is lost");
            if (entry.Standing == Standing.Gone) Assert.False(isThere, $"{token} was expunged and is back");
            Assert.All(hashes, hash => Assert.Equal(entry.Hash, hash));
            Assert.Equal(isThere ? entry.Copies : 0, hashes.Count);
            Assert.Equal(isThere && entry.IsQueued ? 1 : 0, queued.GetValueOrDefault(token));
            if (isThere) entry.Standing = Standing.Acknowledged;
            else _entries.Remove(token);
        }

        var report = await store.Maintenance.VerifyAsync(null, default);
        Assert.Empty(report.Faults);
        Assert.Equal(inMailboxes.Count, report.Contents);
    }

    private static async Task<Dictionary<string, List<string>>> ReadMailboxesAsync(EmbeddedStore store)
    {
        var found = new Dictionary<string, List<string>>();
        foreach (var account in await store.Directory.ListAccountsAsync(null, default))
        {
            foreach (var mailbox in await store.Mail.ListMailboxesAsync(account.Id, default))
            {
                foreach (var message in await store.Mail.ReadMessagesAsync(mailbox.Id, UidRange.All, default, int.MaxValue, default))
                {
                    var bytes = await store.Mail.ReadAllAsync(message.Content);
                    Assert.NotNull(bytes);
                    var token = Encoding.ASCII.GetString(bytes, 0, CrashLoad.TokenLength);
                    if (!found.TryGetValue(token, out var hashes)) found.Add(token, hashes = []);
                    hashes.Add(Convert.ToHexString(SHA256.HashData(bytes)));
                }
            }
        }

        return found;
    }

    private sealed class Entry(string hash, int copies, bool isQueued)
    {
        public string Hash => hash;

        public int Copies => copies;

        public bool IsQueued => isQueued;

        public Standing Standing { get; set; } = Standing.Begun;
    }
}
