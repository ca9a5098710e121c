using Modus.Delivery.Vpn;
using Modus.Storage;
using Xunit;

namespace Modus.Tests.Delivery.Vpn;

/// <summary>What an administrator may wish for. The domains of the room are example.org and example.net.</summary>
public sealed class VpnWishTests : IAsyncLifetime
{
    private static readonly VpnInviteWish Good = new(["partner.test"], [], ["example.org"], null, null, TimeSpan.FromDays(7));

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
    public async Task An_invitation_that_could_do_no_good_is_not_written()
    {
        Assert.Null(await InviteAsync(Good));
        Assert.Contains("for 90 days at most", await InviteAsync(Good with { Valid = TimeSpan.Zero }), StringComparison.Ordinal);
        Assert.Contains("for 90 days at most", await InviteAsync(Good with { Valid = TimeSpan.FromDays(90) + TimeSpan.FromTicks(1) }), StringComparison.Ordinal);
        Assert.Contains("example.net is a domain of this server", await InviteAsync(Good with { PeerDomains = ["partner.test", "example.net"] }), StringComparison.Ordinal);
        Assert.Contains("elsewhere.test is no domain of this server", await InviteAsync(Good with { Domains = ["example.org", "elsewhere.test"] }), StringComparison.Ordinal);
        _room.ExchangePort = null;
        Assert.Contains("no https listener", await InviteAsync(Good), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_was_written_here_or_for_others_is_not_joined_by()
    {
        Assert.Contains("was it written here?", await JoinAsync(TokenFor("example.org") with { Card = CardOf("partner.test", "example.net") }), StringComparison.Ordinal);
        Assert.Contains("none of these is a domain of this server", await JoinAsync(TokenFor("elsewhere.test")), StringComparison.Ordinal);
        Assert.Contains("names no domain", await JoinAsync(TokenFor("example.org") with { Card = CardOf() }), StringComparison.Ordinal);
        Assert.Empty(await _room.Partners.ListAsync(Cancel));
    }

    [Fact]
    public async Task What_joining_would_do_is_said_and_nothing_done_until_it_is_confirmed()
    {
        var joined = await _room.Gateway.JoinAsync(new VpnJoinWish(TokenFor("example.org", "elsewhere.test").Write(_partner), null, Confirmed: false), Cancel);

        Assert.Null(joined.Fault);
        Assert.Equal((false, "partner.test"), (joined.Value!.IsDone, joined.Value.Partner.Name));
        Assert.Equal(["example.org"], joined.Value.OwnDomains);
        Assert.Empty(await _room.Partners.ListAsync(Cancel));
    }

    [Fact]
    public async Task There_are_only_so_many_partners_and_those_there_are_can_be_changed()
    {
        var partner = new VpnPartner { Name = "p0", Domains = [], Addresses = [], Keys = [VpnRoom.Key('b')], Since = _room.Clock.Now };
        for (var i = 0; i < VpnPartnerStore.MaxPartners; i++) Assert.Equal(StoreOutcome.Done, await _room.Partners.PutAsync(partner with { Name = $"p{i}" }, Cancel));

        Assert.Equal(StoreOutcome.TooMany, await _room.Partners.PutAsync(partner with { Name = "one more" }, Cancel));
        Assert.Equal(StoreOutcome.Done, await _room.Partners.PutAsync(partner with { Serial = 2 }, Cancel));
    }

    private async Task<string?> InviteAsync(VpnInviteWish wish) => (await _room.Gateway.InviteAsync(wish, Cancel)).Fault;

    private async Task<string?> JoinAsync(VpnToken token) => (await _room.Gateway.JoinAsync(new VpnJoinWish(token.Write(_partner), null, Confirmed: true), Cancel)).Fault;

    private VpnCard CardOf(params string[] domains) => _room.CardOf(_partner, domains) with { Exchange = "vpn.partner.test:443" };

    private VpnToken TokenFor(params string[] domains) => new()
    {
        Id = "invitation", Secret = new string('A', 43), Card = CardOf("partner.test"), Domains = domains, Expires = _room.Clock.Now + TimeSpan.FromDays(1),
    };
}
