using BenchmarkDotNet.Attributes;
using Modus.Storage;

namespace Modus.Benchmarks.Storage;

/// <summary>
/// A mailbox of 1,000,000 messages, also with holes: opened cold (a store just opened), opened again with and without
/// changes, and asked for 100 changes.
/// </summary>
[MemoryDiagnoser]
public class OpenMailboxBenchmarks
{
    private const int Messages = 1_000_000;
    private const int CopiedAtOnce = 1_000;

    private StoreFixture _fixture = null!;
    private MailboxId _mailbox;
    private ModSeq _since;

    /// <summary>How many of the messages were expunged again, evenly spread.</summary>
    [Params(0, 100_000)]
    public int Holes { get; set; }

    private IMailStore Mail => _fixture.Store.Mail;

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _fixture = await StoreFixture.OpenAsync(1);
        var source = _fixture.Inboxes[0];
        await Task.WhenAll(Enumerable.Range(0, CopiedAtOnce).Select(_ => _fixture.DeliverAsync(source)));
        var account = (await Mail.GetMailboxAsync(source, default))!.Account;
        _mailbox = (await Mail.CreateMailboxAsync(account, MailboxName.Parse("Million"), SpecialUse.None, default)).Value!.Id;
        Uid[] uids = [.. Enumerable.Range(1, CopiedAtOnce).Select(static uid => new Uid((uint)uid))];
        for (var i = 0; i < Messages / CopiedAtOnce; i++) await Mail.CopyAsync(source, uids, _mailbox, wholly: true, default);

        var gone = Enumerable.Range(0, Holes).Select(i => new Uid((uint)((long)i * Messages / Holes) + 1));
        foreach (var some in gone.Chunk(CopiedAtOnce * 10)) await Mail.ExpungeAsync(_mailbox, some, default);
        _since = (await Mail.GetMailboxAsync(_mailbox, default))!.HighestModSeq;
        var there = (await Mail.OpenMailboxAsync(_mailbox, default))!.Uids;
        Uid[] changed = [.. Enumerable.Range(0, 100).Select(i => there[(i * (there.Count / 100)) + 1])];
        foreach (var uid in changed)
            await Mail.ChangeFlagsAsync(_mailbox, [uid], new FlagChange(FlagChangeKind.Add, MessageFlags.Seen, []), default);
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _fixture.DisposeAsync();

    [IterationSetup(Target = nameof(Cold))]
    public void Forget() => _fixture.ReopenAsync().GetAwaiter().GetResult();

    [IterationSetup(Target = nameof(WarmAfterChanges))]
    public void Change() => ChangeAsync().GetAwaiter().GetResult();

    [Benchmark]
    public async Task<int> Cold() => (await Mail.OpenMailboxAsync(_mailbox, default))!.Uids.Count;

    [Benchmark]
    public async Task<int> Warm() => (await Mail.OpenMailboxAsync(_mailbox, default))!.Uids.Count;

    [Benchmark]
    public async Task<int> WarmAfterChanges() => (await Mail.OpenMailboxAsync(_mailbox, default))!.Uids.Count;

    [Benchmark]
    public async Task<int> HundredChanges() => (await Mail.ReadChangesAsync(_mailbox, _since, _since, 1_000, default))!.Changed.Count;

    // One message in the middle goes and one comes.
    private async Task ChangeAsync()
    {
        var there = (await Mail.OpenMailboxAsync(_mailbox, default))!.Uids;
        await Mail.ExpungeAsync(_mailbox, [there[there.Count / 2]], default);
        await _fixture.DeliverAsync(_mailbox);
    }
}
