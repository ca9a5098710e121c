using System.Security.Cryptography;
using Modus.Delivery.Vpn;
using Xunit;

namespace Modus.Tests.Delivery.Vpn;

/// <summary>What a gateway that is asked may answer, seen by the one that asks: of a liar nothing is taken.</summary>
public sealed class VpnReplyTests : IAsyncLifetime
{
    private static readonly byte[] Asked = [1, 2, 3];
    private static readonly byte[] Secret = [.. Enumerable.Range(0, 32).Select(static i => (byte)i)];

    private VpnRoom _room = null!;
    private VpnIdentity _own = null!;
    private VpnIdentity _partner = null!;
    private VpnIdentity _other = null!;
    private VpnStatement _reply = null!;

    public async ValueTask InitializeAsync()
    {
        _room = await VpnRoom.OpenAsync();
        _own = await _room.NewIdentityAsync();
        _partner = await _room.NewIdentityAsync();
        _other = await _room.NewIdentityAsync();
        _reply = new VpnStatement
        {
            Sort = VpnStatement.Reply, To = _own.PublicKey, At = _room.Clock.Now, Card = _room.CardOf(_partner, "partner.test"),
            Answers = Convert.ToHexStringLower(SHA256.HashData(Asked)),
        };
    }

    public async ValueTask DisposeAsync()
    {
        _own.Dispose();
        _partner.Dispose();
        _other.Dispose();
        await _room.DisposeAsync();
    }

    [Fact]
    public void A_reply_to_this_very_request_is_taken()
    {
        Assert.Equal([VpnRoom.Key('b')], Read(_reply, _partner, null, null)!.Card.Keys);
        Assert.NotNull(Read(_reply, _partner, Secret, Secret));
    }

    [Fact]
    public void One_that_answers_another_request_or_somebody_else_is_not()
    {
        Assert.Null(Read(_reply with { Answers = Convert.ToHexStringLower(SHA256.HashData([9])) }, _partner, null, null));
        Assert.Null(Read(_reply with { Answers = null }, _partner, null, null));
        Assert.Null(Read(_reply with { To = _other.PublicKey }, _partner, null, null));
        Assert.Null(Read(_reply with { Sort = VpnStatement.Keys }, _partner, null, null));
    }

    [Fact]
    public void One_that_another_gateway_made_is_not()
    {
        Assert.Null(Read(_reply, _other, null, null)); // and says that it was the partner
        Assert.Null(Read(_reply with { Card = _reply.Card with { Identity = _other.PublicKey } }, _partner, null, null));
    }

    [Fact]
    public void One_that_does_not_prove_the_secret_of_the_invitation_is_not()
    {
        Assert.Null(Read(_reply, _partner, null, Secret));
        Assert.Null(Read(_reply, _partner, [.. Secret.Reverse()], Secret));
    }

    [Fact]
    public void One_with_a_card_that_no_rule_could_take_is_not() =>
        Assert.Null(Read(_reply with { Card = _reply.Card with { Keys = [] } }, _partner, null, null));

    private VpnStatement? Read(VpnStatement reply, VpnIdentity signer, byte[]? proven, byte[]? wanted) =>
        VpnMessage.Write(reply, signer, proven).ReadReply(Asked, _own.PublicKey, _partner.PublicKey, wanted);
}
