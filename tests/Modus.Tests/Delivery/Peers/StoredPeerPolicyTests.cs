using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Modus.Delivery.Etrn;
using Modus.Delivery.Peers;
using Modus.Storage;
using Modus.Tests.Storage.Embedded;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Delivery.Peers;

public sealed class StoredPeerPolicyTests : IAsyncLifetime
{
    private static readonly IPAddress Partner = IPAddress.Parse("192.0.2.7");
    private static readonly PeerRule Rule = new() { Name = "partner", Network = IPNetwork.Parse("192.0.2.0/24"), Level = PeerLevel.Encrypt };

    private EmbeddedStoreUnderTest _store = null!;
    private StoredPeerPolicy _policy = null!;
    private PeerRuleStore _rules = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _store = await EmbeddedStoreUnderTest.OpenAsync();
        _policy = new StoredPeerPolicy(_store.Settings, _store.Clock, NullLogger<StoredPeerPolicy>.Instance);
        _rules = new PeerRuleStore(_store.Settings);
    }

    [Fact]
    public async Task Everything_that_a_rule_says_is_kept()
    {
        var pin = new string('a', KeyPin.Length);
        PeerRule[] rules =
        [
            Rule with { Level = PeerLevel.Verify, Names = ["*.example.com"], Authorities = "PEM", Note = "ask Anna", ShowCertificate = true },
            new PeerRule { Name = "a", Domain = ".example.com", Directions = PeerDirections.Out, Level = PeerLevel.Pin, Pins = [pin] },
            new PeerRule { Name = "b", MxPattern = "*.example.com", Directions = PeerDirections.Out, Level = PeerLevel.May },
            new PeerRule { Name = "c", Key = pin, Directions = PeerDirections.In, Level = PeerLevel.Pin, MayRelay = true },
        ];
        foreach (var rule in rules) Assert.Equal(StoreOutcome.Done, await _rules.PutAsync(rule, replace: false, "test", Cancel));
        var stored = await _rules.ListAsync(Cancel);
        Assert.Empty(stored.Unreadable);
        Assert.Equal(rules.Select(AsText).Order(StringComparer.Ordinal), stored.Rules.Select(AsText).Order(StringComparer.Ordinal));
        Assert.Equal(AsText(rules[0]), AsText((await _rules.FindAsync("partner", Cancel))!));
    }

    [Fact]
    public async Task A_name_is_given_once_unless_it_is_to_be_replaced()
    {
        Assert.Equal(StoreOutcome.Done, await _rules.PutAsync(Rule, replace: false, "test", Cancel));
        Assert.Equal(StoreOutcome.AlreadyExists, await _rules.PutAsync(Rule, replace: false, "test", Cancel));
        Assert.Equal(StoreOutcome.Done, await _rules.PutAsync(Rule with { Level = PeerLevel.May }, replace: true, "test", Cancel));
        Assert.Equal(PeerLevel.May, (await _rules.FindAsync("partner", Cancel))?.Level);
        Assert.Equal(StoreOutcome.Done, await _rules.RemoveAsync("partner", "test", Cancel));
        Assert.Equal(StoreOutcome.NotFound, await _rules.RemoveAsync("partner", "test", Cancel));
    }

    [Fact]
    public async Task Clients_are_asked_for_their_key_when_one_may_ask_for_mail_by_it()
    {
        var grants = new EtrnGrantStore(_store.Settings);
        await grants.PutAsync(new EtrnGrant { Node = "branch.test", Networks = [IPNetwork.Parse("192.0.2.0/24")] }, "test", Cancel);
        await _policy.ReloadAsync(Cancel);
        Assert.False(_policy.HasKeys);

        await grants.PutAsync(new EtrnGrant { Node = "branch.test", Keys = [new string('a', KeyPin.Length)] }, "test", Cancel);
        await _policy.ReloadAsync(Cancel);
        Assert.True(_policy.HasKeys);
    }

    [Fact]
    public async Task Rules_count_before_the_server_takes_connections()
    {
        await _rules.PutAsync(Rule, replace: false, "test", Cancel);
        await _policy.StartingAsync(Cancel);
        Assert.Equal("partner", _policy.FindClient(Partner)?.Name);
    }

    [Fact]
    public async Task A_change_counts_at_once_when_it_is_told_of()
    {
        await _policy.StartingAsync(Cancel);
        await _rules.PutAsync(Rule, replace: false, "test", Cancel);
        Assert.Null(_policy.FindClient(Partner));
        await _policy.ReloadAsync(Cancel);
        Assert.NotNull(_policy.FindClient(Partner));
        await _rules.RemoveAsync("partner", "test", Cancel);
        await _policy.ReloadAsync(Cancel);
        Assert.Null(_policy.FindClient(Partner));
    }

    [Fact]
    public async Task A_change_by_any_other_way_counts_with_the_next_look()
    {
        await _policy.StartingAsync(Cancel);
        await _policy.StartAsync(Cancel);
        await _rules.PutAsync(Rule, replace: false, "test", Cancel);
        while (_policy.FindClient(Partner) is null)
        {
            _store.Clock.Advance(StoredPeerPolicy.Interval);
            await Task.Yield();
        }

        await _policy.StopAsync(Cancel);
    }

    [Fact]
    public async Task A_rule_that_cannot_be_read_any_more_goes_on_counting_as_it_was()
    {
        await _rules.PutAsync(Rule, replace: false, "test", Cancel);
        await _policy.ReloadAsync(Cancel);
        await _store.Settings.SetAsync("peers/partner", """{"network":"192.0.2.0/24","level":"QuantumSafe"}""", null, "newer", Cancel);
        await _policy.ReloadAsync(Cancel);
        Assert.Equal(PeerLevel.Encrypt, _policy.FindClient(Partner)?.Level);
        Assert.Equal(["partner"], (await _rules.ListAsync(Cancel)).Unreadable);
        Assert.Equal(StoreOutcome.Done, await _rules.RemoveAsync("partner", "test", Cancel));
    }

    // A record prints all of its members, but not what is in their lists.
    private static string AsText(PeerRule rule) =>
        $"{rule with { Pins = [], Names = [] }} {string.Join(' ', rule.Pins)} {string.Join(' ', rule.Names)}";

    public async ValueTask DisposeAsync()
    {
        _policy.Dispose();
        await _store.DisposeAsync();
    }
}
