using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Modus.Storage;

namespace Modus.Delivery.Vpn;

/// <summary>
/// The key by which this gateway signs what it tells others (ECDSA on P-256): made once, kept in the store, never sent. It is none of the
/// TLS keys, so that these can change. Thread-safe.
/// </summary>
internal sealed class VpnIdentity : IDisposable
{
    public const string Kind = "vpn-identity";
    public const string Own = "own";

    private const int MaxPublicKey = 200; // base64 of a SubjectPublicKeyInfo of P-256 has 124 characters

    private readonly ECDsa _key;
    private readonly Lock _lock = new(); // the runtime promises nothing about one key in many threads

    private VpnIdentity(ECDsa key)
    {
        _key = key;
        PublicKey = Convert.ToBase64String(key.ExportSubjectPublicKeyInfo());
    }

    /// <summary>SubjectPublicKeyInfo in base64.</summary>
    public string PublicKey { get; }

    /// <summary>The identity in the store; a new one when there is none.</summary>
    public static async ValueTask<VpnIdentity> LoadAsync(IRecords records, TimeProvider clock, CancellationToken cancellationToken)
    {
        if (await ReadSecretAsync(records, cancellationToken) is { } bytes)
        {
            var known = ECDsa.Create();
            known.ImportPkcs8PrivateKey(bytes, out _);
            CryptographicOperations.ZeroMemory(bytes);
            return new VpnIdentity(known);
        }

        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var outcome = await records.PutAsync([ToRecord(key.ExportPkcs8PrivateKey(), clock.GetUtcNow())], cancellationToken);
        return outcome == StoreOutcome.Done ? new VpnIdentity(key) : throw new StoreFailedException($"The key of the e-mail VPN cannot be kept ({outcome})");
    }

    /// <summary>The key in the store, PKCS #8; null when there is none yet.</summary>
    public static async ValueTask<byte[]?> ReadSecretAsync(IRecords records, CancellationToken cancellationToken) =>
        await records.GetAsync(Kind, Own, cancellationToken) is { } stored
            ? Convert.FromBase64String(JsonSerializer.Deserialize(stored.Json, VpnJson.Default.String)!)
            : null;

    /// <summary>The document that keeps a key.</summary>
    public static StoredRecord ToRecord(byte[] secret, DateTimeOffset now) =>
        new(Kind, Own, JsonSerializer.Serialize(Convert.ToBase64String(secret), VpnJson.Default.String), now);

    /// <summary>The public key, as <see cref="PublicKey"/> is, of a secret of unknown origin; null when it is none.</summary>
    public static string? PublicKeyOf(byte[] secret)
    {
        try
        {
            using var key = ECDsa.Create();
            key.ImportPkcs8PrivateKey(secret, out _);
            return key.KeySize == 256 ? Convert.ToBase64String(key.ExportSubjectPublicKeyInfo()) : null;
        }
        catch (CryptographicException)
        {
            return null;
        }
    }

    /// <summary>Signs text of one sort; a signature of one sort is none of another.</summary>
    public byte[] Sign(string sort, ReadOnlySpan<byte> text)
    {
        lock (_lock) return _key.SignData(Join(sort, text), HashAlgorithmName.SHA256);
    }

    /// <summary>True when whoever has the private key of <paramref name="publicKey"/> signed this.</summary>
    public static bool Verify(string publicKey, string sort, ReadOnlySpan<byte> text, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length > MaxPublicKey) return false;
        try
        {
            using var key = ECDsa.Create();
            key.ImportSubjectPublicKeyInfo(Convert.FromBase64String(publicKey), out _);
            return key.KeySize == 256 && key.VerifyData(Join(sort, text), signature, HashAlgorithmName.SHA256);
        }
        catch (Exception malformed) when (malformed is CryptographicException or FormatException)
        {
            return false;
        }
    }

    /// <summary>Proves that its maker knows the secret of an invitation.</summary>
    public static byte[] Prove(ReadOnlySpan<byte> secret, string sort, ReadOnlySpan<byte> text) => HMACSHA256.HashData(secret, Join(sort, text));

    public void Dispose() => _key.Dispose();

    private static byte[] Join(string sort, ReadOnlySpan<byte> text) => [.. Encoding.ASCII.GetBytes($"modus-vpn-1 {sort}\n"), .. text];
}
