using System.Net;
using Microsoft.Extensions.Logging;
using Modus.Delivery.Peers;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.Vpn;

/// <summary>
/// The e-mail VPN of a running server: writes invitations, joins by those of others, tells partners its keys, and answers them. What
/// cannot be done is a sentence, not an exception. Thread-safe.
/// </summary>
public sealed class VpnGateway
{
    /// <summary>The longest that an invitation may be good.</summary>
    public static readonly TimeSpan MaxValid = TimeSpan.FromDays(90);

    private readonly VpnOwn _own;
    private readonly VpnInvitations _invitations;
    private readonly VpnPartnerStore _partners;
    private readonly VpnExchange _exchange;
    private readonly VpnCaller _caller;
    private readonly StoredPeerPolicy _policy;
    private readonly IDirectory _directory;
    private readonly TimeProvider _clock;
    private readonly ILogger<VpnGateway> _log;

    internal VpnGateway(
        VpnOwn own, VpnInvitations invitations, VpnPartnerStore partners, VpnExchange exchange, VpnCaller caller, StoredPeerPolicy policy,
        IDirectory directory, TimeProvider clock, ILogger<VpnGateway> log)
    {
        _own = own;
        _invitations = invitations;
        _partners = partners;
        _exchange = exchange;
        _caller = caller;
        _policy = policy;
        _directory = directory;
        _clock = clock;
        _log = log;
    }

    /// <summary>The longest request of another gateway, in octets.</summary>
    public static int MaxRequest => VpnExchange.MaxRequest;

    /// <summary>Where gateways answer each other.</summary>
    public static string Path => VpnCaller.Path;

    /// <summary>Answers another gateway.</summary>
    public ValueTask<VpnAnswer> AnswerAsync(byte[] request, IPAddress from, CancellationToken cancellationToken) =>
        _exchange.AnswerAsync(request, from, cancellationToken);

    /// <summary>Has the identity of this gateway read anew: another one was put into the store.</summary>
    public ValueTask RereadIdentityAsync(CancellationToken cancellationToken) => _own.ForgetIdentityAsync(cancellationToken);

    /// <summary>Writes an invitation.</summary>
    /// <param name="wish">What is wanted.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<VpnResult<VpnInvited>> InviteAsync(VpnInviteWish wish, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wish);
        if (wish.Valid <= TimeSpan.Zero || wish.Valid > MaxValid) return VpnResult.Fault($"An invitation is good for a second at least and for {MaxValid.TotalDays} days at most.");
        if (wish.PeerDomains.Count is 0 or > VpnCard.MaxDomains) return VpnResult.Fault($"Name 1 to {VpnCard.MaxDomains} domains of the partner.");
        if (wish.PeerDomains.FirstOrDefault(static domain => !VpnCard.IsDomain(domain)) is { } none) return VpnResult.Fault($"'{none}' is no domain.");
        if (await FindOwnAsync(wish.PeerDomains, cancellationToken) is { } ours) return VpnResult.Fault($"{ours} is a domain of this server: name those of the partner.");
        if (wish.PeerAddresses.Concat(wish.Addresses ?? []).FirstOrDefault(static text => !IPAddress.TryParse(text, out _)) is { } noAddress) return VpnResult.Fault($"'{noAddress}' is no address.");
        if (wish.PeerAddresses.Count > VpnCard.MaxAddresses) return VpnResult.Fault($"A gateway has up to {VpnCard.MaxAddresses} addresses.");
        if (wish.Exchange is { } place)
        {
            if (!VpnExchangeAddress.TryParse(place, out _)) return VpnResult.Fault($"'{place}' is no host, and no host:port.");
            await _own.SetExchangeAsync(place, cancellationToken);
        }

        var card = await _own.MakeCardAsync(wish.Domains, wish.Addresses, cancellationToken);
        if (card.Exchange is null) return VpnResult.Fault("This server has no https listener, at which a partner could join: add one, or let the partner invite.");
        if (VpnOwn.FindFault(card) is { } keys) return VpnResult.Fault(keys);
        if (await FindStrangeAsync(card.Domains, cancellationToken) is { } strange) return VpnResult.Fault($"{strange} is no domain of this server.");
        if (card.FindFault() is { } fault) return VpnResult.Fault($"This server cannot invite: {fault}.");
        var (id, invitation) = _invitations.New(wish.PeerDomains, wish.PeerAddresses, wish.Valid);
        if (await _invitations.PutAsync(id, invitation, cancellationToken) is not StoreOutcome.Done and var outcome) return VpnResult.Fault($"The invitation cannot be kept ({outcome}).");
        VpnLog.Invited(_log, id, string.Join(", ", wish.PeerDomains), invitation.Expires);
        var token = new VpnToken { Id = id, Secret = invitation.Secret, Card = card, Domains = wish.PeerDomains, Expires = invitation.Expires };
        return VpnResult.Of(new VpnInvited(token.Write(await _own.IdentityAsync(cancellationToken)), wish.PeerDomains, invitation.Expires, card.Exchange));
    }

    /// <summary>Joins by the invitation of another gateway, or only says what that would do.</summary>
    /// <param name="wish">What is wanted.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<VpnResult<VpnJoined>> JoinAsync(VpnJoinWish wish, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(wish);
        if (VpnToken.Read(wish.Token, _clock.GetUtcNow(), out var token) is { } unreadable) return VpnResult.Fault(unreadable);
        var theirs = token!.Card;
        if (theirs.Domains.Count == 0) return VpnResult.Fault("The gateway of the token names no domain.");
        if (await FindOwnAsync(theirs.Domains, cancellationToken) is { } ours) return VpnResult.Fault($"The token claims {ours}, which is a domain of this server: was it written here?");
        if (wish.Exchange is { } place && !VpnExchangeAddress.TryParse(place, out _)) return VpnResult.Fault($"'{place}' is no host, and no host:port.");
        var own = (await _directory.ListDomainsAsync(cancellationToken)).Select(static domain => domain.Name.Name).Intersect(token.Domains, StringComparer.Ordinal).ToList();
        if (own.Count == 0) return VpnResult.Fault($"The token is for {string.Join(", ", token.Domains)}, and none of these is a domain of this server.");
        var partner = new VpnPartner
        {
            Name = theirs.Domains[0], Identity = theirs.Identity, Domains = theirs.Domains, Addresses = theirs.Addresses, Keys = theirs.Keys,
            Exchange = theirs.Exchange, Since = _clock.GetUtcNow(),
        };
        if (!wish.Confirmed) return VpnResult.Of(new VpnJoined(partner, own, IsDone: false));

        if (wish.Exchange is not null) await _own.SetExchangeAsync(wish.Exchange, cancellationToken);
        var card = await _own.MakeCardAsync(own, null, cancellationToken);
        if (VpnOwn.FindFault(card) is { } keys) return VpnResult.Fault(keys);
        var secret = token.SecretBytes();
        var asked = await AskAsync(partner, new VpnStatement
        {
            Sort = VpnStatement.Join, To = theirs.Identity, At = _clock.GetUtcNow(), Card = card, Invitation = token.Id,
        }, secret, cancellationToken);
        if (asked.Card is not { } fresh) return VpnResult.Fault($"It could not be joined: {asked.Fault}.");

        partner = partner with
        {
            Keys = fresh.Keys, Serial = fresh.Serial, Told = card.Keys, Heard = _clock.GetUtcNow(),
            Addresses = theirs.Addresses.Count > 0 ? theirs.Addresses : [$"{asked.Address}"],
        };
        if (await _partners.PutAsync(partner, cancellationToken) is not StoreOutcome.Done and var outcome) return VpnResult.Fault($"The partner cannot be kept ({outcome}); it has paired with this server: run modus vpn leave there.");
        await _policy.ReloadAsync(cancellationToken);
        VpnLog.Paired(_log, partner.Name, string.Join(", ", partner.Domains), string.Join(", ", partner.Addresses));
        return VpnResult.Of(new VpnJoined(partner, own, IsDone: true));
    }

    /// <summary>Announces keys that will be shown soon, and tells all partners what they may meet.</summary>
    /// <param name="next">The keys to come in place of those announced before; null leaves these.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<VpnResult<IReadOnlyList<VpnTold>>> RotateAsync(IReadOnlyList<string>? next, CancellationToken cancellationToken)
    {
        if (next is not null)
        {
            if (next.FirstOrDefault(static key => !Modus.Tls.KeyPin.IsValid(key)) is { } none) return VpnResult.Fault($"'{none}' is no key: write the SHA-256 of its SubjectPublicKeyInfo as 64 hex digits.");
            if (await _own.SetNextKeysAsync(next, cancellationToken) is not StoreOutcome.Done and var outcome) return VpnResult.Fault($"The keys cannot be kept ({outcome}).");
        }

        return VpnResult.Of<IReadOnlyList<VpnTold>>(await TellAsync(static _ => true, cancellationToken));
    }

    /// <summary>Tells those partners that need it our keys, and hears theirs.</summary>
    internal async ValueTask<IReadOnlyList<VpnTold>> TellAsync(Func<VpnPartner, bool> filter, CancellationToken cancellationToken)
    {
        var told = new List<VpnTold>();
        foreach (var partner in await _partners.ListAsync(cancellationToken))
        {
            if (partner.Identity is null || !filter(partner)) continue;
            var fault = partner.Exchange is null ? "it has no https listener: it will ask by itself" : await TellAsync(partner, cancellationToken);
            if (fault is not null && partner.Exchange is not null) VpnLog.NotTold(_log, partner.Name, fault);
            told.Add(new VpnTold(partner.Name, fault));
        }

        return told;
    }

    /// <summary>The keys that partners may meet here, now and soon.</summary>
    internal async ValueTask<IReadOnlyList<string>> OwnKeysAsync(CancellationToken cancellationToken) => (await _own.MakeCardAsync([], [], cancellationToken)).Keys;

    private async ValueTask<string?> TellAsync(VpnPartner partner, CancellationToken cancellationToken)
    {
        var card = await _own.MakeCardAsync([], [], cancellationToken);
        if (VpnOwn.FindFault(card) is { } keys) return keys;
        var statement = new VpnStatement { Sort = VpnStatement.Keys, To = partner.Identity!, At = _clock.GetUtcNow(), Card = card };
        var asked = await AskAsync(partner, statement, null, cancellationToken);
        if (asked.Card is not { } fresh) return asked.Fault;
        var outcome = await VpnKeys.TakeAsync(_partners, _policy, partner with { Told = card.Keys }, fresh, _clock, _log, cancellationToken);
        return outcome == StoreOutcome.Done ? null : $"what it answered cannot be kept ({outcome})";
    }

    private async ValueTask<(VpnCard? Card, IPAddress? Address, string? Fault)> AskAsync(
        VpnPartner partner, VpnStatement statement, byte[]? secret, CancellationToken cancellationToken)
    {
        var identity = await _own.IdentityAsync(cancellationToken);
        var message = VpnMessage.Write(statement, identity, secret);
        _ = message.Read(out var asked);
        var call = await _caller.PostAsync(partner.Exchange!, partner.Keys, message, cancellationToken);
        if (call.Reply is not { } reply) return (null, null, call.Fault);
        return reply.ReadReply(asked, identity.PublicKey, partner.Identity!, secret) is { } said
            ? (said.Card, call.Address, null)
            : (null, null, $"{partner.Exchange} answers, and not as the gateway that is known");
    }

    private async ValueTask<string?> FindOwnAsync(IReadOnlyList<string> domains, CancellationToken cancellationToken)
    {
        foreach (var domain in domains)
            if (await _directory.FindDomainAsync(Domain.Parse(domain), cancellationToken) is not null) return domain;
        return null;
    }

    private async ValueTask<string?> FindStrangeAsync(IReadOnlyList<string> domains, CancellationToken cancellationToken)
    {
        foreach (var domain in domains)
            if (!VpnCard.IsDomain(domain) || await _directory.FindDomainAsync(Domain.Parse(domain), cancellationToken) is null) return domain;
        return null;
    }
}
