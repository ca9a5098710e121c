using Modus.Delivery.Vpn;
using Xunit;

namespace Modus.Tests.Delivery.Vpn;

/// <summary>A token is taken whole, unchanged and in time, or not at all, and each fault has its own reason.</summary>
public sealed class VpnTokenTests : IAsyncLifetime
{
    private VpnRoom _room = null!;
    private string _text = "";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _room = await VpnRoom.OpenAsync();
        var invited = await _room.Gateway.InviteAsync(new VpnInviteWish(["partner.test"], [], ["example.org"], null, "vpn.example.org:8443", TimeSpan.FromDays(7)), Cancel);
        _text = invited.Value!.Token;
    }

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public void A_token_says_who_invites_whom_and_until_when()
    {
        Assert.Null(VpnToken.Read($" {_text}\n", _room.Clock.Now, out var token));

        Assert.Equal(("mail.example.org", "vpn.example.org:8443"), (token!.Card.Name, token.Card.Exchange));
        Assert.Equal([VpnRoom.Key('a')], token.Card.Keys);
        Assert.Equal(["example.org"], token.Card.Domains);
        Assert.Equal(["partner.test"], token.Domains);
        Assert.Equal(_room.Clock.Now + TimeSpan.FromDays(7), token.Expires);
        Assert.Equal(32, token.SecretBytes().Length);
        Assert.DoesNotContain(_text, static c => !char.IsAsciiLetterOrDigit(c) && c is not ('-' or '_' or '.'));
    }

    [Fact]
    public void Every_fault_has_a_reason_of_its_own()
    {
        Assert.Contains("no token", Read("hello"), StringComparison.Ordinal);
        Assert.Contains("no token", Read(""), StringComparison.Ordinal);
        Assert.Contains("another version", Read(_text.Replace("modusvpn1", "modusvpn2", StringComparison.Ordinal)), StringComparison.Ordinal);
        Assert.Contains("not copied whole", Read(_text[..^1]), StringComparison.Ordinal);
        Assert.Contains("not copied whole", Read(_text[..200]), StringComparison.Ordinal);
        Assert.Contains("expired", Read(_text, TimeSpan.FromDays(7)), StringComparison.Ordinal);
        Assert.Null(VpnToken.Read(_text, _room.Clock.Now + TimeSpan.FromDays(7) - TimeSpan.FromTicks(1), out _));
    }

    [Fact]
    public async Task Somebody_who_changes_a_token_and_mends_its_check_is_found_out()
    {
        VpnToken.Read(_text, _room.Clock.Now, out var token);
        using var other = await _room.NewIdentityAsync();

        // Signed by another, who leaves the identity of the inviter in it to be believed.
        Assert.Contains("changed since it was signed", Read((token! with { Card = token.Card with { Keys = [VpnRoom.Key('e')] } }).Write(other)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_is_signed_and_of_no_use_is_not_taken()
    {
        VpnToken.Read(_text, _room.Clock.Now, out var token);
        var own = await _room.Own.IdentityAsync(Cancel);
        Assert.Contains("cannot be used: its keys", Read((token! with { Card = token.Card with { Keys = [] } }).Write(own)), StringComparison.Ordinal);
        Assert.Contains("no place to join at", Read((token with { Card = token.Card with { Exchange = null } }).Write(own)), StringComparison.Ordinal);
        Assert.Contains("no token", Read((token with { Secret = new string('A', 64 * 1024) }).Write(own)), StringComparison.Ordinal);
    }

    [Fact]
    public void No_change_of_any_character_is_taken()
    {
        for (var i = 0; i < _text.Length; i++)
        {
            var changed = _text.ToCharArray();
            changed[i] = changed[i] == 'A' ? 'B' : 'A';
            Assert.NotNull(VpnToken.Read(new string(changed), _room.Clock.Now, out _));
        }
    }

    private string Read(string text, TimeSpan later = default)
    {
        var fault = VpnToken.Read(text, _room.Clock.Now + later, out var token);
        Assert.Null(token);
        return fault!;
    }
}
