using System.Net;
using Modus.Mail.Addresses;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Contract;

public abstract class TraceContract : StoreContract
{
    private static readonly QueueId Message = new("q1");

    private static readonly TravelReceipt Receipt = new()
    {
        Direction = TravelDirection.Out, Address = IPAddress.Parse("2001:db8::1"), PeerName = "mx.example.net", Login = "anna", Protocol = "TLS1.3",
        CipherSuite = "TLS_AES_256_GCM_SHA384", Group = "x25519", PeerKey = "00ff", Verified = "dane", Policy = "dane",
    };

    private DateTimeOffset Now => Store.Clock.GetUtcNow();

    [Fact]
    public async Task A_line_keeps_all_it_says_also_after_reopening()
    {
        TraceEvent[] lines =
        [
            Line(0, TraceKind.Accepted) with { Recipient = "ü@example.net", Peer = Domain.Parse("example.net"), Receipt = Receipt },
            Line(1, TraceKind.Sent) with { Receipt = new TravelReceipt { Direction = TravelDirection.In, PeerName = "", Verified = "not", Policy = "listener" } },
            Line(2, TraceKind.Noticed) with { Text = "O’Brien said so" },
        ];
        Assert.Equal(StoreOutcome.Done, await Store.Traces.AppendAsync(lines, default));
        await Store.ReopenAsync();
        var found = await Store.Traces.ReadAsync(Message, default);
        Assert.Equal(lines, found.Select(static line => line with { Id = 0 }));
        Assert.True(found[0].Id > 0 && found[0].Id < found[1].Id && found[1].Id < found[2].Id);
        Assert.Empty(await Store.Traces.ReadAsync(new QueueId("q2"), default));
        Assert.Equal(StoreOutcome.Done, await Store.Traces.AppendAsync([], default));
    }

    [Fact]
    public async Task Lines_are_found_by_time_peer_and_receipt_and_read_on_page_by_page()
    {
        var peer = Domain.Parse("example.net");
        await Store.Traces.AppendAsync(
            [
                .. Enumerable.Range(0, 10).Select(i => Line(10 - i, TraceKind.Sent) with
                {
                    Text = $"{10 - i}", Peer = i % 2 == 0 ? peer : null, Receipt = i % 4 == 0 ? Receipt : null,
                }),
                Line(5, TraceKind.Failed) with { Text = "5 again" }, Line(5, TraceKind.Failed) with { Text = "5 once more" },
            ],
            default);

        Assert.Equal(["1", "2", "3", "4", "5", "5 again", "5 once more", "6", "7", "8", "9", "10"], await PagesAsync(new TraceFilter { Limit = 1 }));
        Assert.Equal(["1", "2", "3", "4", "5", "5 again", "5 once more", "6", "7", "8", "9", "10"], await PagesAsync(new TraceFilter { Limit = 5 }));
        Assert.Equal(["3", "4"], await PagesAsync(new TraceFilter { From = Now.AddMinutes(3), Until = Now.AddMinutes(5) }));
        Assert.Equal(["2", "4", "6", "8", "10"], await PagesAsync(new TraceFilter { Peer = peer, Limit = 2 }));
        Assert.Equal(["4", "6"], await PagesAsync(new TraceFilter { Peer = peer, From = Now.AddMinutes(3), Until = Now.AddMinutes(7), Limit = 1 }));
        Assert.Equal(["2", "6", "10"], await PagesAsync(new TraceFilter { WithReceipt = true, Limit = 1 }));
        Assert.Empty(await PagesAsync(new TraceFilter { Peer = Domain.Parse("example.com") }));
    }

    [Fact]
    public async Task Old_lines_are_forgotten_some_at_a_time_and_reading_on_goes_on_behind_them()
    {
        const int Lines = 5_000;
        await Store.Traces.AppendAsync([.. Enumerable.Range(0, Lines).Select(i => Line(i, TraceKind.Deferred))], default);
        var first = (await Store.Traces.FindAsync(new TraceFilter { Limit = 1 }, default))[0];
        var removed = 0L;
        while (await Store.Traces.RemoveBeforeAsync(Now.AddMinutes(Lines - 2), default) is { IsDone: true, Value: > 0 } some) removed += some.Value;
        Assert.Equal(Lines - 2, removed);
        Assert.Equal(2, (await Store.Traces.FindAsync(new TraceFilter(), default)).Count);
        Assert.Equal(2, (await Store.Traces.FindAsync(new TraceFilter { After = first.Id }, default)).Count);
    }

    [Fact]
    public async Task A_refused_commit_leaves_no_line()
    {
        var request = new DeliveryRequest
        {
            QueueId = Message, InternalDate = Now, Mailboxes = [new(new MailboxId(4711))], Trace = [Line(0, TraceKind.Filed)],
        };
        Assert.Equal(StoreOutcome.NotFound, (await Store.Delivery.DeliverAsync("x"u8.ToArray(), request)).Outcome);
        Assert.Empty(await Store.Traces.ReadAsync(Message, default));

        var inbox = (await Store.MailboxAsync((await Store.AddAccountAsync("anna")).Id)).Id;
        Assert.True((await Store.Delivery.DeliverAsync("x"u8.ToArray(), request with { Mailboxes = [new(inbox)] })).IsDone);
        Assert.Equal(TraceKind.Filed, Assert.Single(await Store.Traces.ReadAsync(Message, default)).Kind);
    }

    private TraceEvent Line(int minute, TraceKind kind) => new() { Message = Message, At = Now.AddMinutes(minute), Kind = kind, Text = "text" };

    private async Task<List<string>> PagesAsync(TraceFilter filter)
    {
        var texts = new List<string>();
        while (true)
        {
            var page = await Store.Traces.FindAsync(filter, default);
            if (page.Count == 0) return texts;
            Assert.True(page.Count <= filter.Limit);
            texts.AddRange(page.Select(static line => line.Text));
            filter = filter with { After = page[^1].Id };
        }
    }
}
