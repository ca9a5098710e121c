using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text.Json;
using Modus.Storage;

namespace Modus.Delivery.Vpn;

/// <summary>The invitations that were written, kept until they expire; those that were used stay until then, so that it can be said.</summary>
internal sealed class VpnInvitations(IRecords records, TimeProvider clock)
{
    private const string Kind = "vpn-invitation";
    private const int SecretBytes = 32;
    private const int IdBytes = 16;

    /// <summary>A new invitation, not yet kept.</summary>
    public (string Id, StoredInvitation Invitation) New(IReadOnlyList<string> domains, IReadOnlyList<string> addresses, TimeSpan valid)
    {
        var secret = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(SecretBytes));
        return (Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(IdBytes)), new StoredInvitation(secret, domains, addresses, clock.GetUtcNow() + valid, null));
    }

    public ValueTask<StoreOutcome> PutAsync(string id, StoredInvitation invitation, CancellationToken cancellationToken) =>
        records.PutAsync([new StoredRecord(Kind, id, JsonSerializer.Serialize(invitation, VpnJson.Default.StoredInvitation), clock.GetUtcNow(), invitation.Expires)], cancellationToken);

    public async ValueTask<StoredInvitation?> FindAsync(string id, CancellationToken cancellationToken) =>
        await records.GetAsync(Kind, id, cancellationToken) is { } stored ? JsonSerializer.Deserialize(stored.Json, VpnJson.Default.StoredInvitation) : null;
}
