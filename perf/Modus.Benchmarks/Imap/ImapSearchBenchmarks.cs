using System.Globalization;
using System.Text;
using BenchmarkDotNet.Attributes;
using Modus.Benchmarks.Storage;
using Modus.Protocols.Imap.Parser;
using Modus.Protocols.Imap.Search;
using Modus.Storage;
using Modus.Testing.Storage;

namespace Modus.Benchmarks.Imap;

/// <summary>SEARCH in a mailbox of 20,000 short messages; a tenth is unseen, twenty have the rare words and half the common ones.</summary>
[MemoryDiagnoser]
public class ImapSearchBenchmarks
{
    private const int Messages = 20_000;

    private StoreFixture _fixture = null!;
    private SearchContext _context = null!;
    private SearchArguments _command = null!;

    [Params("UNSEEN", "SINCE 10-May-2019", "FROM nobody", "SUBJECT rareword", "SUBJECT common", "BODY seldomly", "BODY often", "RETURN (MIN) UNSEEN")]
    public string Keys { get; set; } = "";

    [Params(false, true)]
    public bool Indexed { get; set; }

    [GlobalSetup]
    public async Task SetupAsync()
    {
        _fixture = await StoreFixture.OpenAsync(1, Indexed);
        var inbox = (await _fixture.Store.Mail.GetMailboxAsync(_fixture.Inboxes[0], default))!;
        foreach (var numbers in Enumerable.Range(0, Messages).Chunk(250)) await Task.WhenAll(numbers.Select(number => DeliverAsync(inbox.Id, number)));
        if (Indexed) await _fixture.Store.Indexer!.IndexedAsync(inbox.Account);
        _context = new SearchContext
        {
            Store = _fixture.Store.Mail, Index = Indexed ? _fixture.Store.TextIndex : null, Account = inbox.Account, Mailbox = inbox.Id,
            View = (await _fixture.Store.Mail.OpenMailboxAsync(inbox.Id, default))!.Uids, Recent = UidMap.Empty, Saved = UidMap.Empty,
            Time = TimeProvider.System,
        };
        _command = Parse(" " + Keys);
    }

    [GlobalCleanup]
    public async Task CleanupAsync() => await _fixture.DisposeAsync();

    [Benchmark]
    public async Task<int> Search() => (await SearchEvaluation.FindAsync(_context, _command, default)).Uids.Count;

    private static SearchArguments Parse(string arguments)
    {
        var parser = new ImapParser(Encoding.UTF8.GetBytes(arguments));
        return SearchArguments.TakeSearch(ref parser, out var command) ? command : throw new InvalidOperationException(parser.Expected);
    }

    private Task<StoreResult<DeliveryReceipt>> DeliverAsync(MailboxId inbox, int number)
    {
        var (rare, common) = (number % 1000 == 7, number % 2 == 0);
        var date = new DateTimeOffset(2019, 5, 1, 0, 0, 0, TimeSpan.Zero).AddMinutes(number);
        var text = new StringBuilder(1_500)
            .Append(CultureInfo.InvariantCulture, $"From: Sender {number % 300} <s{number % 300}@example.net>\r\nTo: a0@example.org\r\n")
            .Append(CultureInfo.InvariantCulture, $"Subject: message {number}{(common ? " common" : "")}{(rare ? " rareword" : "")}\r\n")
            .Append(CultureInfo.InvariantCulture, $"Date: {date:ddd, d MMM yyyy HH:mm:ss} +0000\r\nMessage-ID: <{number}@example.net>\r\n\r\n");
        for (var line = 0; line < 20; line++) text.Append(CultureInfo.InvariantCulture, $"line {line * number} of a message that says nothing in particular\r\n");
        text.Append(common ? "often" : "").Append(rare ? " seldomly" : "").Append("\r\n");
        return _fixture.Store.Delivery.DeliverAsync(Encoding.ASCII.GetBytes(text.ToString()), new DeliveryRequest
        {
            QueueId = QueueId.New(TimeProvider.System), InternalDate = date,
            Mailboxes = [new MailboxTarget(inbox, number % 10 == 0 ? MessageFlags.None : MessageFlags.Seen)],
        });
    }
}
