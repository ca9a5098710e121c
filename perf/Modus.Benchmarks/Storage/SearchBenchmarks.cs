using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Modus.Mail.Text;
using Modus.Storage;

namespace Modus.Benchmarks.Storage;

/// <summary>
/// Text searches in an index of 20,000 messages of 3 KB: a word that one has, one that half have, and beginnings of terms. The
/// set-up delivers and indexes them, which takes most of a minute.
/// </summary>
[MemoryDiagnoser]
public class SearchBenchmarks
{
    private const int Messages = 20_000;
    private const int TextLength = 3_000;
    private const string Letters = "eeeeeeeeeeeettttttttaaaaaaaaoooooooiiiiiiinnnnnnnsssssshhhhhhrrrrrrddddllllcccuuummmwwffggyyppbbvkjxqz";

    private readonly Random _random = new(1);
    private StoreFixture _fixture = null!;
    private AccountId _account;
    private string[] _words = [];

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _fixture = await StoreFixture.OpenAsync(1, textIndex: true);
        _account = (await _fixture.Store.Mail.GetMailboxAsync(_fixture.Inboxes[0], default))!.Account;
        _words = [.. Enumerable.Range(0, 30_000).Select(_ => new string(_random.GetItems<char>(Letters, _random.Next(2, 11))))];
        foreach (var batch in Enumerable.Range(0, Messages).Chunk(256))
            await Task.WhenAll(batch.Select(i => _fixture.DeliverAsync(_fixture.Inboxes[0], Message(i))).ToList());
        await _fixture.Store.Indexer!.IndexedAsync(_account);
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _fixture.DisposeAsync();

    [Benchmark]
    [Arguments(TextField.Body, "rareneedle")]
    [Arguments(TextField.Body, "commonword")]
    [Arguments(TextField.Text, "commonword")]
    [Arguments(TextField.Body, "th")]
    [Arguments(TextField.Subject, "z")]
    public ValueTask<TextMatches?> Find(TextField field, string needle) => _fixture.Store.TextIndex.FindAsync(_account, field, needle, default);

    private byte[] Message(int number)
    {
        var mail = new StringBuilder();
        mail.Append(CultureInfo.InvariantCulture, $"From: {Word()} <{Word()}@example.com>\r\nTo: anna@example.org\r\nSubject: {Word()} {Word()} {Word()}\r\n\r\n");
        if (number % 2 == 0) mail.Append("commonword ");
        if (number == Messages / 2) mail.Append("rareneedle ");
        while (mail.Length < TextLength) mail.Append(Word()).Append(number % 10 == 0 ? "\r\n" : " ");
        return Encoding.UTF8.GetBytes(mail.ToString());
    }

    // The n-th word as often as one n-th of the first, as in languages.
    private string Word() => _words[(int)Math.Exp(_random.NextDouble() * Math.Log(_words.Length)) % _words.Length];
}
