using BenchmarkDotNet.Attributes;
using Modus.Storage;

namespace Modus.Benchmarks.Storage;

/// <summary>Random reads of 16 KB messages from a hot store of 8,000: the bytes, and the rows.</summary>
[MemoryDiagnoser]
public class ReadBenchmarks
{
    private const int Messages = 8_000;

    private readonly byte[] _buffer = new byte[16 * 1024];
    private readonly Random _random = new(1);
    private StoreFixture _fixture = null!;
    private IReadOnlyList<MailboxMessage> _messages = [];

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _fixture = await StoreFixture.OpenAsync(1);
        await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < Messages / 32; i++) await _fixture.DeliverAsync(_fixture.Inboxes[0]);
        })));
        _messages = await _fixture.Store.Mail.ReadMessagesAsync(_fixture.Inboxes[0], UidRange.All, default, Messages, default);
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _fixture.DisposeAsync();

    [Benchmark]
    public async Task<int> OpenAndReadContent()
    {
        var content = _messages[_random.Next(_messages.Count)].Content;
        await using var reader = await _fixture.Store.Mail.OpenContentAsync(content, default);
        return await reader!.ReadAsync(0, _buffer, default);
    }

    [Benchmark]
    public ValueTask<Mailbox?> GetMailbox() => _fixture.Store.Mail.GetMailboxAsync(_fixture.Inboxes[0], default);

    [Benchmark]
    public ValueTask<IReadOnlyList<MailboxMessage>> ReadHundredRows() => _fixture.Store.Mail.ReadMessagesAsync(
        _fixture.Inboxes[0], UidRange.After(new Uid((uint)_random.Next(Messages - 100))), default, 100, default);

    [Benchmark]
    public ValueTask<IReadOnlyList<MailboxMessage>> AskWhatChangedWhenNothingDid() => _fixture.Store.Mail.ReadMessagesAsync(
        _fixture.Inboxes[0], UidRange.All, new ModSeq(long.MaxValue), int.MaxValue, default);
}
