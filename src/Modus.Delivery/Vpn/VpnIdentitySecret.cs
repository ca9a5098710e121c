using Modus.Storage;

namespace Modus.Delivery.Vpn;

/// <summary>
/// The key by which this gateway signs what it tells its partners, for an export that shall hold it: with it another machine is the same
/// gateway to them. Tell a running <see cref="VpnGateway"/> of a change (<see cref="VpnGateway.RereadIdentityAsync"/>).
/// </summary>
public static class VpnIdentitySecret
{
    /// <summary>PKCS #8; null when none was made yet.</summary>
    public static ValueTask<byte[]?> ReadAsync(IRecords records, CancellationToken cancellationToken) => VpnIdentity.ReadSecretAsync(records, cancellationToken);

    /// <summary>The public key that partners know, SubjectPublicKeyInfo in base64; null when the secret is none.</summary>
    public static string? PublicKeyOf(byte[] secret) => VpnIdentity.PublicKeyOf(secret);

    /// <summary>The change that makes it this gateway's.</summary>
    public static RecordPut ToChange(byte[] secret, DateTimeOffset now) => new(VpnIdentity.ToRecord(secret, now));

    /// <summary>The change after which a new one is made when it is needed.</summary>
    public static RecordRemoval ToRemoval() => new(VpnIdentity.Kind, VpnIdentity.Own);
}
