using System.Net;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Modus.Delivery.Peers;
using Modus.Delivery.Vpn;
using Modus.Testing.Storage;
using Modus.Tests.Delivery.Dns;
using Xunit;

namespace Modus.Tests.Delivery.Vpn;

/// <summary>One gateway over a real store with a fake clock; its domains are example.org and example.net.</summary>
internal sealed class VpnRoom : IOwnGateway, IAsyncDisposable
{
    public static readonly IPAddress Client = IPAddress.Parse("192.0.2.7");

    private readonly DeliveryRoom _room;
    private readonly VpnExchange _exchange;

    private VpnRoom(DeliveryRoom room)
    {
        _room = room;
        var store = room.Store;
        Policy = new StoredPeerPolicy(store.Settings, store.Clock, NullLogger<StoredPeerPolicy>.Instance);
        Own = new VpnOwn(store.Records, store.Directory, this, store.Clock);
        Invitations = new VpnInvitations(store.Records, store.Clock);
        Partners = new VpnPartnerStore(store.Settings);
        _exchange = new VpnExchange(Own, Invitations, Partners, Policy, store.Clock, NullLogger<VpnExchange>.Instance);
        Gateway = new VpnGateway(
            Own, Invitations, Partners, _exchange, new VpnCaller(new FakeMailDns(), store.Clock), Policy, store.Directory, store.Clock, NullLogger<VpnGateway>.Instance);
    }

    public int? ExchangePort { get; set; } = 443;

    public List<string> Keys { get; } = [Key('a')];

    public EmbeddedClock Clock => new(_room);

    public StoredPeerPolicy Policy { get; }

    public VpnOwn Own { get; }

    public VpnInvitations Invitations { get; }

    public VpnPartnerStore Partners { get; }

    public VpnGateway Gateway { get; }

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static string Key(char digit) => new(digit, 64);

    public static async Task<VpnRoom> OpenAsync() => new(await DeliveryRoom.OpenAsync());

    public OwnGateway Describe() => new("mail.example.org", Keys, ExchangePort, []);

    public async Task<VpnToken> InviteAsync(TimeSpan? valid = null, string[]? domains = null, string[]? addresses = null)
    {
        var invited = await Gateway.InviteAsync(
            new VpnInviteWish(domains ?? ["partner.test"], addresses ?? [], ["example.org"], null, null, valid ?? TimeSpan.FromDays(7)), Cancel);
        Assert.Null(invited.Fault);
        Assert.Null(VpnToken.Read(invited.Value!.Token, Clock.Now, out var token));
        return token!;
    }

    /// <summary>What a gateway with this identity would post to join.</summary>
    public VpnStatement JoinOf(VpnIdentity partner, VpnToken token, params string[] domains) => new()
    {
        Sort = VpnStatement.Join, To = token.Card.Identity, At = Clock.Now, Invitation = token.Id, Card = CardOf(partner, domains),
    };

    public VpnCard CardOf(VpnIdentity partner, params string[] domains) => new()
    {
        Name = "mx.partner.test", Identity = partner.PublicKey, Domains = domains, Keys = [Key('b')], Serial = Clock.Now.ToUnixTimeMilliseconds(),
    };

    public Task<VpnAnswer> PostAsync(VpnMessage message) => PostAsync(JsonSerializer.SerializeToUtf8Bytes(message, VpnJson.Default.VpnMessage));

    public async Task<VpnAnswer> PostAsync(byte[] request) => await _exchange.AnswerAsync(request, Client, Cancel);

    public static string Fault(VpnAnswer answer) => JsonSerializer.Deserialize(answer.Body.Span, VpnJson.Default.VpnRefusal)!.Fault;

    /// <summary>An identity of somebody else.</summary>
    public async Task<VpnIdentity> NewIdentityAsync()
    {
        await using var other = await DeliveryRoom.OpenAsync();
        return await VpnIdentity.LoadAsync(other.Store.Records, other.Store.Clock, Cancel);
    }

    public async ValueTask DisposeAsync()
    {
        _exchange.Dispose();
        Own.Dispose();
        Policy.Dispose();
        await _room.DisposeAsync();
    }

    internal readonly struct EmbeddedClock(DeliveryRoom room)
    {
        public DateTimeOffset Now => room.Store.Clock.GetUtcNow();

        public void Advance(TimeSpan time) => room.Store.Clock.Advance(time);
    }
}
