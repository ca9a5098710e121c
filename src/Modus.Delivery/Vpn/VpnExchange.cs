using System.Net;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using Modus.Delivery.Peers;
using Modus.Storage;

namespace Modus.Delivery.Vpn;

/// <summary>
/// Answers other gateways at the https listener: those that join by an invitation, and partners that tell their keys. Whoever asks has
/// proven nothing until the proof or the signature is checked; one that fails learns no more than that. Thread-safe.
/// </summary>
internal sealed class VpnExchange(
    VpnOwn own, VpnInvitations invitations, VpnPartnerStore partners, StoredPeerPolicy policy, TimeProvider clock, ILogger<VpnExchange> log) : IDisposable
{
    /// <summary>The longest request: a card of the most domains has less.</summary>
    public const int MaxRequest = 64 * 1024;

    private const string Unproven = "no invitation that is known here, or the proof is wrong";
    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(10);

    private readonly VpnRate _rate = new(clock);
    private readonly SemaphoreSlim _changing = new(1, 1); // an invitation is used once, whoever asks at the same time

    public async ValueTask<VpnAnswer> AnswerAsync(byte[] request, IPAddress from, CancellationToken cancellationToken)
    {
        if (!_rate.TryEnter(from)) return Refuse(from, 429, "too many requests");
        if (Parse(request) is not { } message || message.Read(out var body) is not { } statement) return Refuse(from, 400, "what was sent cannot be read");
        if (statement.Card.FindFault() is { } malformed) return Refuse(from, 400, $"the gateway that asks cannot be used: {malformed}");
        var identity = await own.IdentityAsync(cancellationToken);
        if (statement.To != identity.PublicKey) return Refuse(from, 403, Unproven);
        await _changing.WaitAsync(cancellationToken);
        try
        {
            return statement.Sort switch
            {
                VpnStatement.Join => await JoinAsync(message, statement, body, from, identity, cancellationToken),
                VpnStatement.Keys => await TakeKeysAsync(message, statement, body, from, identity, cancellationToken),
                _ => Refuse(from, 400, "what was sent cannot be read"),
            };
        }
        finally
        {
            _changing.Release();
        }
    }

    public void Dispose() => _changing.Dispose();

    private async ValueTask<VpnAnswer> JoinAsync(
        VpnMessage message, VpnStatement statement, byte[] body, IPAddress from, VpnIdentity identity, CancellationToken cancellationToken)
    {
        // Who cannot prove the secret learns nothing of the invitation, not even that it is there.
        if (statement.Invitation is not { Length: > 0 and < 100 } id
            || await invitations.FindAsync(id, cancellationToken) is not { } invitation
            || !VpnToken.TryDecode(invitation.Secret, out var secret)
            || !message.IsProvenBy(secret, VpnStatement.Join, body)
            || !message.IsSignedBy(statement.Card.Identity, VpnStatement.Join, body))
            return Refuse(from, 403, Unproven);
        if (invitation.Expires <= clock.GetUtcNow()) return Refuse(from, 403, "the invitation has expired");
        if (invitation.UsedBy is not null) return Refuse(from, 403, "the invitation was used already");
        var card = statement.Card;
        if (card.Domains.Count == 0 || card.Domains.Except(invitation.Domains, StringComparer.Ordinal).Any())
            return Refuse(from, 403, $"the invitation is for {string.Join(", ", invitation.Domains)} alone");

        var partner = new VpnPartner
        {
            Name = card.Domains[0], Identity = card.Identity, Domains = card.Domains, Keys = card.Keys, Exchange = card.Exchange, Serial = card.Serial,
            Addresses = invitation.Addresses.Count > 0 ? invitation.Addresses : [$"{from}"],
            Since = clock.GetUtcNow(), Heard = clock.GetUtcNow(),
        };
        var reply = await ReplyAsync(statement, body, identity, secret, cancellationToken);
        if (await invitations.PutAsync(id, invitation with { UsedBy = card.Identity }, cancellationToken) != StoreOutcome.Done
            || await partners.PutAsync(partner with { Told = reply.Keys }, cancellationToken) != StoreOutcome.Done)
            return Refuse(from, 503, "it cannot be kept");
        await policy.ReloadAsync(cancellationToken);
        VpnLog.Paired(log, partner.Name, string.Join(", ", partner.Domains), string.Join(", ", partner.Addresses));
        return reply.Answer;
    }

    private async ValueTask<VpnAnswer> TakeKeysAsync(
        VpnMessage message, VpnStatement statement, byte[] body, IPAddress from, VpnIdentity identity, CancellationToken cancellationToken)
    {
        var partner = (await partners.ListAsync(cancellationToken)).FirstOrDefault(known => known.Identity == statement.Card.Identity);
        if (partner is null || !message.IsSignedBy(partner.Identity!, VpnStatement.Keys, body)) return Refuse(from, 403, "no partner of this gateway");
        if ((statement.At - clock.GetUtcNow()).Duration() > MaxSkew) return Refuse(from, 403, "what was sent is too old, or the clocks differ");
        var reply = await ReplyAsync(statement, body, identity, null, cancellationToken);
        if (await VpnKeys.TakeAsync(partners, policy, partner with { Told = reply.Keys }, statement.Card, clock, log, cancellationToken) != StoreOutcome.Done)
            return Refuse(from, 503, "it cannot be kept");
        return reply.Answer;
    }

    private async ValueTask<(VpnAnswer Answer, IReadOnlyList<string> Keys)> ReplyAsync(
        VpnStatement request, byte[] body, VpnIdentity identity, byte[]? secret, CancellationToken cancellationToken)
    {
        var card = await own.MakeCardAsync([], [], cancellationToken);
        var reply = new VpnStatement
        {
            Sort = VpnStatement.Reply, To = request.Card.Identity, At = clock.GetUtcNow(), Card = card,
            Answers = Convert.ToHexStringLower(SHA256.HashData(body)),
        };
        return (new VpnAnswer(200, JsonSerializer.SerializeToUtf8Bytes(VpnMessage.Write(reply, identity, secret), VpnJson.Default.VpnMessage)), card.Keys);
    }

    private VpnAnswer Refuse(IPAddress from, int status, string reason)
    {
        VpnLog.Refused(log, from, reason);
        return new VpnAnswer(status, JsonSerializer.SerializeToUtf8Bytes(new VpnRefusal(reason), VpnJson.Default.VpnRefusal));
    }

    private static VpnMessage? Parse(byte[] request)
    {
        try
        {
            return JsonSerializer.Deserialize(request, VpnJson.Default.VpnMessage);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What the exchange answers.</summary>
/// <param name="Status">The status of HTTP.</param>
/// <param name="Body">JSON.</param>
public sealed record VpnAnswer(int Status, ReadOnlyMemory<byte> Body);
