using System.Net;
using Modus.Delivery.Peers;
using Modus.Mail.Addresses;
using Modus.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Delivery.Peers;

/// <summary>What a rule would have done, told before it is one.</summary>
public sealed class PeerRehearsalTests : IAsyncLifetime
{
    private static readonly string Known = new('a', 64);
    private static readonly string Strange = new('b', 64);

    private DeliveryRoom _room = null!;
    private int _messages;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => _room = await DeliveryRoom.OpenAsync();

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task S18_What_a_rule_would_have_refused_is_told_by_peer_before_it_is_one()
    {
        await AppendAsync("bank.test", TravelDirection.In, null);
        await AppendAsync("bank.test", TravelDirection.In, null);
        await AppendAsync("bank.test", TravelDirection.In, "TLS1.3");
        await AppendAsync("shop.test", TravelDirection.In, null, address: "198.51.100.1");
        await AppendAsync("bank.test", TravelDirection.Out, null);

        var report = await RehearseAsync(new PeerRule { Name = "bank", Network = IPNetwork.Parse("192.0.2.0/24"), Level = PeerLevel.Encrypt });

        Assert.Equal(
            [
                ("192.0.2.1", TravelDirection.In, RehearsalEnd.Refused, "530 5.7.0", 2L),
                ("mx.bank.test", TravelDirection.Out, RehearsalEnd.Refused, "4.7.10, then 5.7.10", 1L),
                ("192.0.2.1", TravelDirection.In, RehearsalEnd.Passed, null, 1L),
            ],
            report.Rows.Select(static row => (row.Host, row.Direction, row.End, row.Reply, row.Messages)));
        Assert.All(report.Rows, static row => Assert.Equal("bank.test", row.Peer));
        Assert.Equal((5, true), (report.Seen, report.HasRefusals));
        Assert.Contains("would have kept back 3", report.Verdict, StringComparison.Ordinal);
        Assert.Empty((await new PeerRuleStore(_room.Store.Settings).ListAsync(Cancel)).Rules);
    }

    [Fact]
    public async Task A_rule_by_keys_tells_those_that_pass_from_those_that_do_not_and_from_those_that_were_not_asked()
    {
        await AppendAsync("bank.test", TravelDirection.Out, "TLS1.3", Known);
        await AppendAsync("bank.test", TravelDirection.Out, "TLS1.3", Strange);
        await AppendAsync("bank.test", TravelDirection.Out, null);

        var outbound = await RehearseAsync(new PeerRule
        {
            Name = "bank", Domain = "bank.test", Directions = PeerDirections.Out, Level = PeerLevel.Pin, Pins = [Known],
        });
        Assert.Equal([RehearsalEnd.Refused, RehearsalEnd.Refused, RehearsalEnd.Passed], outbound.Rows.Select(static row => row.End));

        await AppendAsync("bank.test", TravelDirection.In, "TLS1.3");
        await AppendAsync("bank.test", TravelDirection.In, "TLS1.3", Strange);
        var inbound = await RehearseAsync(new PeerRule
        {
            Name = "bank", Network = IPNetwork.Parse("192.0.2.1/32"), Directions = PeerDirections.In, Level = PeerLevel.Pin, Pins = [Known],
        });
        Assert.Equal([(RehearsalEnd.Refused, "554 5.7.1"), (RehearsalEnd.Doubtful, "554 5.7.1")], inbound.Rows.Select(static row => (row.End, row.Reply!)));
    }

    [Fact]
    public async Task A_rule_for_a_key_is_about_clients_that_showed_it_wherever_they_came_from()
    {
        await AppendAsync("bank.test", TravelDirection.In, "TLS1.3", Known, address: "198.51.100.1");
        await AppendAsync("bank.test", TravelDirection.In, "TLS1.3", Strange);
        await AppendAsync("bank.test", TravelDirection.In, "TLS1.3");

        var report = await RehearseAsync(new PeerRule { Name = "bank", Key = Known, Directions = PeerDirections.In, Level = PeerLevel.Pin });

        Assert.Equal([("198.51.100.1", RehearsalEnd.Passed)], report.Rows.Select(static row => (row.Host, row.End)));
        Assert.Equal(3, report.Seen);
    }

    [Fact]
    public async Task A_client_that_another_rule_verified_may_not_be_by_this_one()
    {
        await AppendAsync("bank.test", TravelDirection.In, "TLS1.3", Known, verified: "webpki");

        var report = await RehearseAsync(new PeerRule { Name = "bank", Network = IPNetwork.Parse("192.0.2.0/24"), Directions = PeerDirections.In, Level = PeerLevel.Verify });

        Assert.Equal([(RehearsalEnd.Doubtful, "it was verified by another rule")], report.Rows.Select(static row => (row.End, row.Why)));
    }

    [Fact]
    public async Task Verification_is_known_of_next_hops_that_were_verified_and_of_nobody_else()
    {
        await AppendAsync("bank.test", TravelDirection.Out, "TLS1.3", Known, verified: "webpki");
        await AppendAsync("bank.test", TravelDirection.Out, "TLS1.3", Known);

        var report = await RehearseAsync(new PeerRule { Name = "bank", MxPattern = "*.bank.test", Directions = PeerDirections.Out, Level = PeerLevel.Verify });

        Assert.Equal([RehearsalEnd.Doubtful, RehearsalEnd.Passed], report.Rows.Select(static row => row.End));
        Assert.True(report.HasRefusals);
    }

    [Fact]
    public async Task What_another_rule_decides_does_not_count_and_a_rule_of_the_name_is_taken_to_be_replaced()
    {
        await AppendAsync("bank.test", TravelDirection.In, null);
        var store = new PeerRuleStore(_room.Store.Settings);
        await store.PutAsync(new PeerRule { Name = "one", Network = IPNetwork.Parse("192.0.2.1/32"), Level = PeerLevel.May }, false, "test", Cancel);

        var wide = new PeerRule { Name = "wide", Network = IPNetwork.Parse("192.0.2.0/24"), Level = PeerLevel.Encrypt };
        var report = await RehearseAsync(wide);
        Assert.Empty(report.Rows);
        Assert.Contains("none of the 1 messages", report.Verdict, StringComparison.Ordinal);

        Assert.True((await RehearseAsync(wide with { Name = "one" })).HasRefusals);
        Assert.False((await RehearseAsync(wide with { Name = "one", Level = PeerLevel.May })).HasRefusals);
    }

    [Fact]
    public async Task Only_the_days_that_are_asked_for_count_and_recipients_of_a_message_count_once()
    {
        await AppendAsync("bank.test", TravelDirection.Out, null);
        _room.Store.Clock.Advance(TimeSpan.FromDays(10));
        await AppendAsync("bank.test", TravelDirection.Out, null);
        await AppendAsync("bank.test", TravelDirection.Out, null, message: _messages); // its second recipient

        var rule = new PeerRule { Name = "bank", Domain = "bank.test", Directions = PeerDirections.Out, Level = PeerLevel.Encrypt };
        Assert.Equal(1, Assert.Single((await RehearseAsync(rule, 5)).Rows).Messages);
        Assert.Equal(2, Assert.Single((await RehearseAsync(rule)).Rows).Messages);
    }

    [Fact]
    public async Task Peers_that_a_stranger_makes_up_share_a_row_in_the_end()
    {
        var events = Enumerable.Range(0, PeerRehearsal.MaxRows + 50).Select(i => Event($"d{i}.test", TravelDirection.In, null, $"m{i}"));
        foreach (var some in events.Chunk(1000)) Assert.Equal(StoreOutcome.Done, await _room.Store.Traces.AppendAsync(some, Cancel));

        var report = await RehearseAsync(new PeerRule { Name = "all", Network = IPNetwork.Parse("192.0.2.0/24"), Level = PeerLevel.Encrypt });

        Assert.Equal(PeerRehearsal.MaxRows + 1, report.Rows.Count);
        Assert.Equal(50, Assert.Single(report.Rows, static row => row.Peer == PeerRehearsal.Others).Messages);
    }

    private async Task AppendAsync(
        string peer, TravelDirection direction, string? protocol, string? key = null, string address = "192.0.2.1", string verified = "not", int? message = null) =>
        Assert.Equal(
            StoreOutcome.Done,
            await _room.Store.Traces.AppendAsync([Event(peer, direction, protocol, $"m{message ?? ++_messages}", key, address, verified)], Cancel));

    private TraceEvent Event(
        string peer, TravelDirection direction, string? protocol, string message, string? key = null, string address = "192.0.2.1", string verified = "not") => new()
    {
        Message = new QueueId(message),
        At = _room.Store.Clock.GetUtcNow(),
        Kind = direction == TravelDirection.In ? TraceKind.Accepted : TraceKind.Sent,
        Peer = Domain.Parse(peer),
        Text = "x",
        Receipt = new TravelReceipt
        {
            Direction = direction, Address = IPAddress.Parse(address), PeerName = $"mx.{peer}", Protocol = protocol, PeerKey = key,
            CipherSuite = protocol is null ? null : "TLS_AES_256_GCM_SHA384", Verified = verified, Policy = "x",
        },
    };

    private ValueTask<RehearsalReport> RehearseAsync(PeerRule rule, int days = 30) =>
        new PeerRehearsal(_room.Store.Traces, new PeerRuleStore(_room.Store.Settings), _room.Store.Clock).RehearseAsync(rule, TimeSpan.FromDays(days), Cancel);
}
