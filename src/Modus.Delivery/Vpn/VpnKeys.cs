using Microsoft.Extensions.Logging;
using Modus.Delivery.Peers;
using Modus.Storage;

namespace Modus.Delivery.Vpn;

/// <summary>Takes the keys of a card that its partner has signed. Domains and addresses are never taken so: those the administrators agreed on.</summary>
internal static class VpnKeys
{
    public static async ValueTask<StoreOutcome> TakeAsync(
        VpnPartnerStore partners, StoredPeerPolicy policy, VpnPartner partner, VpnCard card, TimeProvider clock, ILogger log, CancellationToken cancellationToken)
    {
        var changed = partner with { Heard = clock.GetUtcNow() };
        var isNewer = card.Serial > partner.Serial; // an old card that somebody sends again changes nothing
        if (isNewer) changed = changed with { Keys = card.Keys, Exchange = card.Exchange, Serial = card.Serial };
        var outcome = await partners.PutAsync(changed, cancellationToken);
        if (outcome != StoreOutcome.Done) return outcome;
        await policy.ReloadAsync(cancellationToken);
        if (isNewer && !card.Keys.SequenceEqual(partner.Keys)) VpnLog.KeysChanged(log, partner.Name, string.Join(", ", card.Keys));
        return outcome;
    }
}
