using Microsoft.Extensions.Logging.Abstractions;
using Modus.Delivery;
using Modus.Delivery.Receipts;
using Modus.Mail.Addresses;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Delivery.Receipts;

/// <summary>The report of how mail travelled, and how long it reaches back.</summary>
public sealed class TravelReportTests : IAsyncLifetime
{
    private DeliveryRoom _room = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _room = await DeliveryRoom.OpenAsync();

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task Messages_are_counted_by_peer_and_direction_with_what_they_travelled_by()
    {
        await AppendAsync("bank.test", TravelDirection.In, "TLS1.3", "m1");
        await AppendAsync("bank.test", TravelDirection.In, "TLS1.2", "m2");
        await AppendAsync("bank.test", TravelDirection.In, null, "m3");
        await AppendAsync("bank.test", TravelDirection.Out, "TLS1.3", "m4", policy: "peer rule bank", verified: "pin");
        await AppendAsync("bank.test", TravelDirection.Out, "TLS1.3", "m4", policy: "peer rule bank", verified: "pin"); // its second recipient
        await AppendAsync(null, TravelDirection.In, "TLS1.3", "m5");

        var report = await ReadAsync();

        Assert.Equal(
            [("bank.test", TravelDirection.In, 3, 2), ("", TravelDirection.In, 1, 1), ("bank.test", TravelDirection.Out, 1, 1)],
            report.Peers.Select(static row => (row.Peer, row.Direction, row.Messages, row.Encrypted)));
        var bank = report.Peers[0];
        Assert.Equal([("TLS1.2", 1), ("TLS1.3", 1)], bank.Protocols.OrderBy(static count => count.Key).Select(static count => (count.Key, count.Value)));
        Assert.Equal(2, bank.CipherSuites["TLS_AES_256_GCM_SHA384"]);
        Assert.Equal(2, bank.Groups["x25519"]);
        Assert.Equal(3, bank.Policies["listener"]);
        Assert.Equal(("m3", "host of m3"), (Assert.Single(bank.InClear).Message, bank.InClear[0].PeerName));
        Assert.Equal(1, report.Peers[2].Verified["pin"]);
    }

    [Fact]
    public async Task A_month_and_a_peer_are_all_that_is_read()
    {
        await AppendAsync("bank.test", TravelDirection.In, "TLS1.3", "m1");
        _room.Store.Clock.Advance(TimeSpan.FromDays(40));
        var middle = _room.Store.Clock.GetUtcNow();
        await AppendAsync("bank.test", TravelDirection.In, "TLS1.3", "m2");
        await AppendAsync("shop.test", TravelDirection.In, "TLS1.3", "m3");

        Assert.Equal(1, Assert.Single((await ReadAsync(middle, null, "bank.test")).Peers).Messages);
        Assert.Equal(1, Assert.Single((await ReadAsync(null, middle)).Peers).Messages);
        Assert.Equal(2, (await ReadAsync(middle)).Peers.Count);
    }

    [Fact]
    public async Task More_than_a_page_is_read_to_its_end_and_exceptions_are_bounded()
    {
        var events = Enumerable.Range(0, 2500).Select(i => Event("bank.test", TravelDirection.In, null, $"m{i}")).ToList();
        Assert.Equal(StoreOutcome.Done, await _room.Store.Traces.AppendAsync(events, Cancel));

        var row = Assert.Single((await ReadAsync()).Peers);

        Assert.Equal((2500, 0, TravelReportReader.MaxExceptions), (row.Messages, row.Encrypted, row.InClear.Count));
    }

    [Fact]
    public async Task Traces_are_forgotten_when_they_are_older_than_they_are_to_be_kept()
    {
        await AppendAsync("bank.test", TravelDirection.In, "TLS1.3", "m1");
        _room.Store.Clock.Advance(TimeSpan.FromDays(29));
        await AppendAsync("bank.test", TravelDirection.In, "TLS1.3", "m2");
        using var keeper = new TraceKeeper(_room.Store.Traces, new DeliveryOptions(), _room.Store.Clock, NullLogger<TraceKeeper>.Instance);

        await keeper.CleanAsync(Cancel);
        Assert.Equal(2, Assert.Single((await ReadAsync()).Peers).Messages);

        _room.Store.Clock.Advance(TimeSpan.FromDays(1.5));
        await keeper.CleanAsync(Cancel);
        Assert.Equal(1, Assert.Single((await ReadAsync()).Peers).Messages);
    }

    private async Task AppendAsync(
        string? peer, TravelDirection direction, string? protocol, string message, string policy = "listener", string verified = "not") =>
        Assert.Equal(StoreOutcome.Done, await _room.Store.Traces.AppendAsync([Event(peer, direction, protocol, message, policy, verified)], Cancel));

    private TraceEvent Event(
        string? peer, TravelDirection direction, string? protocol, string message, string policy = "listener", string verified = "not") => new()
    {
        Message = new QueueId(message),
        At = _room.Store.Clock.GetUtcNow(),
        Kind = direction == TravelDirection.In ? TraceKind.Accepted : TraceKind.Sent,
        Peer = peer is null ? null : Domain.Parse(peer),
        Text = "x",
        Receipt = new TravelReceipt
        {
            Direction = direction, PeerName = $"host of {message}", Protocol = protocol,
            CipherSuite = protocol is null ? null : "TLS_AES_256_GCM_SHA384", Group = protocol is null ? null : "x25519",
            Verified = verified, Policy = policy,
        },
    };

    private ValueTask<TravelReport> ReadAsync(DateTimeOffset? from = null, DateTimeOffset? until = null, string? peer = null) =>
        new TravelReportReader(_room.Store.Traces).ReadAsync(from, until, peer is null ? null : Domain.Parse(peer), Cancel);
}
