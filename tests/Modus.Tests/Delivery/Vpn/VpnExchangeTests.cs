using System.Net;
using Modus.Delivery.Vpn;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Delivery.Vpn;

/// <summary>What another gateway may do here, seen by one that lies.</summary>
public sealed class VpnExchangeTests : IAsyncLifetime
{
    private VpnRoom _room = null!;
    private VpnIdentity _partner = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _room = await VpnRoom.OpenAsync();
        _partner = await _room.NewIdentityAsync();
    }

    public async ValueTask DisposeAsync()
    {
        _partner.Dispose();
        await _room.DisposeAsync();
    }

    [Fact]
    public async Task S25_Who_proves_an_invitation_is_forced_both_ways_by_its_keys_at_once()
    {
        var token = await _room.InviteAsync();

        Assert.Equal(200, (await JoinAsync(token)).Status);

        var outbound = _room.Policy.FindNextHop("partner.test", "any.host.test", null)!;
        var inbound = _room.Policy.FindClient(VpnRoom.Client)!;
        Assert.All([outbound, inbound], rule =>
        {
            Assert.Equal((PeerLevel.Pin, true, false), (rule.Level, rule.ShowCertificate, rule.MayRelay));
            Assert.Equal([VpnRoom.Key('b')], rule.Pins);
            Assert.Equal("e-mail VPN with partner.test", rule.Note);
            Assert.Empty(PeerRuleCheck.FindFaults(rule));
        });
        Assert.Equal("the session is in clear", _room.Policy.JudgeClient(inbound, null));
    }

    [Fact]
    public async Task S34_Inbound_is_forced_for_the_addresses_that_were_agreed_on_and_for_no_other()
    {
        var token = await _room.InviteAsync(addresses: ["198.51.100.1", "2001:db8::1"]);

        Assert.Equal(200, (await JoinAsync(token)).Status);

        Assert.NotNull(_room.Policy.FindClient(IPAddress.Parse("198.51.100.1")));
        Assert.NotNull(_room.Policy.FindClient(IPAddress.Parse("2001:db8::1")));
        Assert.Null(_room.Policy.FindClient(VpnRoom.Client));
    }

    [Fact]
    public async Task An_invitation_is_good_once_and_in_its_time()
    {
        var token = await _room.InviteAsync();
        Assert.Equal(200, (await JoinAsync(token)).Status);
        var again = await JoinAsync(token);
        Assert.Equal((403, "the invitation was used already"), (again.Status, VpnRoom.Fault(again)));

        var late = await _room.InviteAsync(TimeSpan.FromHours(1));
        _room.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Equal(403, (await JoinAsync(late)).Status);
    }

    [Fact]
    public async Task Of_two_that_use_an_invitation_at_the_same_time_one_is_paired()
    {
        var token = await _room.InviteAsync();
        using var thief = await _room.NewIdentityAsync();
        VpnMessage[] messages = [.. new[] { _partner, thief }.Select(who => VpnMessage.Write(_room.JoinOf(who, token, "partner.test"), who, token.SecretBytes()))];

        var answers = await Task.WhenAll(messages.Select(message => Task.Run(() => _room.PostAsync(message), Cancel)));

        Assert.Equal([200, 403], answers.Select(static answer => answer.Status).Order());
        Assert.Single(await _room.Partners.ListAsync(Cancel));
    }

    [Fact]
    public async Task Without_the_secret_nothing_is_learnt_and_nothing_done()
    {
        var token = await _room.InviteAsync();
        var join = _room.JoinOf(_partner, token, "partner.test");
        byte[] wrong = [.. token.SecretBytes()[..^1], (byte)(token.SecretBytes()[^1] ^ 1)];
        using var other = await _room.NewIdentityAsync();
        var good = VpnMessage.Write(join, _partner, token.SecretBytes());

        VpnMessage[] attempts =
        [
            VpnMessage.Write(join, _partner, wrong),
            VpnMessage.Write(join, _partner, null),
            VpnMessage.Write(join with { Invitation = "unknown" }, _partner, token.SecretBytes()),
            VpnMessage.Write(join with { Invitation = null }, _partner, token.SecretBytes()),
            VpnMessage.Write(join with { To = other.PublicKey }, _partner, token.SecretBytes()), // meant for another gateway
            VpnMessage.Write(join, other, token.SecretBytes()), // the card is not the signer's
            good with { Body = VpnMessage.Write(join with { At = join.At.AddSeconds(1) }, _partner, null).Body }, // another body under its proof
        ];
        foreach (var attempt in attempts)
        {
            var answer = await _room.PostAsync(attempt);
            Assert.Equal((403, "no invitation that is known here, or the proof is wrong"), (answer.Status, VpnRoom.Fault(answer)));
        }

        Assert.Empty(await _room.Partners.ListAsync(Cancel));
        Assert.Equal(200, (await _room.PostAsync(good)).Status); // none of it has spoilt the invitation
    }

    [Theory]
    [InlineData("gmail.test")]
    [InlineData("partner.test", "gmail.test")]
    [InlineData("sub.partner.test")]
    [InlineData]
    public async Task A_partner_speaks_for_the_domains_of_its_invitation_alone(params string[] claimed)
    {
        var token = await _room.InviteAsync();

        var answer = await _room.PostAsync(VpnMessage.Write(_room.JoinOf(_partner, token, claimed), _partner, token.SecretBytes()));

        Assert.Equal((403, "the invitation is for partner.test alone"), (answer.Status, VpnRoom.Fault(answer)));
        Assert.Null(_room.Policy.FindNextHop("gmail.test", "mx.gmail.test", null));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("null")]
    [InlineData("""{"body":"!","signature":"","proof":null}""")]
    [InlineData("""{"body":"e30","signature":"e30","proof":"e30"}""")]
    [InlineData("""{"body":null,"signature":null}""")]
    public async Task What_cannot_be_read_is_refused(string request) =>
        Assert.Equal(400, (await _room.PostAsync(System.Text.Encoding.UTF8.GetBytes(request))).Status);

    [Fact]
    public async Task Cards_that_no_rule_could_take_are_refused()
    {
        var token = await _room.InviteAsync();
        var join = _room.JoinOf(_partner, token, "partner.test");
        VpnCard[] cards =
        [
            join.Card with { Keys = [] },
            join.Card with { Keys = ["abc"] },
            join.Card with { Keys = [.. Enumerable.Repeat(VpnRoom.Key('b'), PeerRuleCheck.MaxPins + 1)] },
            join.Card with { Domains = ["Partner.Test"] },
            join.Card with { Addresses = ["0.0.0.0/0"] },
            join.Card with { Exchange = "user@host:1/path" },
            join.Card with { Name = "a b" },
        ];
        foreach (var card in cards)
            Assert.Equal(400, (await _room.PostAsync(VpnMessage.Write(join with { Card = card }, _partner, token.SecretBytes()))).Status);
    }

    [Fact]
    public async Task A_partner_tells_its_keys_and_an_old_telling_sent_again_changes_nothing()
    {
        Assert.Equal(200, (await JoinAsync(await _room.InviteAsync())).Status);
        var both = await TellAsync(['b', 'c']);
        Assert.Equal(["b", "c"], PinsNow());
        Assert.Equal(200, (await _room.PostAsync(both)).Status);
        await TellAsync(['c']);
        Assert.Equal(["c"], PinsNow());

        Assert.Equal(200, (await _room.PostAsync(both)).Status); // sent again by who has recorded it
        Assert.Equal(["c"], PinsNow());
        _room.Clock.Advance(TimeSpan.FromMinutes(11));
        Assert.Contains("too old", VpnRoom.Fault(await _room.PostAsync(both)), StringComparison.Ordinal);

        string[] PinsNow() => [.. _room.Policy.FindClient(VpnRoom.Client)!.Pins.Select(static pin => pin[..1])];
    }

    [Fact]
    public async Task Nobody_else_changes_the_keys_of_a_partner_and_a_partner_changes_nothing_else()
    {
        Assert.Equal(200, (await JoinAsync(await _room.InviteAsync())).Status);
        _room.Clock.Advance(TimeSpan.FromSeconds(1));
        using var stranger = await _room.NewIdentityAsync();
        var keys = new VpnStatement
        {
            Sort = VpnStatement.Keys, To = (await _room.Own.IdentityAsync(Cancel)).PublicKey, At = _room.Clock.Now,
            Card = _room.CardOf(_partner, "gmail.test") with { Keys = [VpnRoom.Key('d')], Addresses = ["203.0.113.9"] },
        };

        Assert.Equal(403, (await _room.PostAsync(VpnMessage.Write(keys, stranger, null))).Status);
        Assert.Equal(403, (await _room.PostAsync(VpnMessage.Write(keys with { Card = keys.Card with { Identity = stranger.PublicKey } }, stranger, null))).Status);
        Assert.Equal([VpnRoom.Key('b')], _room.Policy.FindClient(VpnRoom.Client)!.Pins);

        Assert.Equal(200, (await _room.PostAsync(VpnMessage.Write(keys, _partner, null))).Status);
        Assert.Equal([VpnRoom.Key('d')], _room.Policy.FindClient(VpnRoom.Client)!.Pins);
        Assert.Null(_room.Policy.FindNextHop("gmail.test", "mx.gmail.test", null));
        Assert.Null(_room.Policy.FindClient(IPAddress.Parse("203.0.113.9")));
    }

    [Fact]
    public async Task Who_asks_too_often_is_not_listened_to_for_a_minute()
    {
        var token = await _room.InviteAsync();
        for (var i = 0; i < VpnRate.PerAddress; i++) Assert.Equal(400, (await _room.PostAsync("x"u8.ToArray())).Status);
        Assert.Equal(429, (await JoinAsync(token)).Status);

        _room.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(200, (await JoinAsync(token)).Status);
    }

    [Fact]
    public async Task A_partner_that_is_left_leaves_no_rule()
    {
        Assert.Equal(200, (await JoinAsync(await _room.InviteAsync())).Status);

        await _room.Partners.RemoveAsync("partner.test", Cancel);
        await _room.Policy.ReloadAsync(Cancel);

        Assert.Empty(_room.Policy.Current.Rules);
    }

    private Task<VpnAnswer> JoinAsync(VpnToken token) =>
        _room.PostAsync(VpnMessage.Write(_room.JoinOf(_partner, token, "partner.test"), _partner, token.SecretBytes()));

    private async Task<VpnMessage> TellAsync(char[] keys)
    {
        _room.Clock.Advance(TimeSpan.FromSeconds(1));
        var message = VpnMessage.Write(
            new VpnStatement
            {
                Sort = VpnStatement.Keys, To = (await _room.Own.IdentityAsync(Cancel)).PublicKey, At = _room.Clock.Now,
                Card = _room.CardOf(_partner) with { Keys = [.. keys.Select(VpnRoom.Key)] },
            },
            _partner,
            null);
        Assert.Equal(200, (await _room.PostAsync(message)).Status);
        return message;
    }
}
