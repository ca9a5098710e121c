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
    private const string Kind = "vpn-identity";
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
        if (await records.GetAsync(Kind, "own", cancellationToken) is { } stored)
        {
            var known = ECDsa.Create();
            var bytes = Convert.FromBase64String(JsonSerializer.Deserialize(stored.Json, VpnJson.Default.String)!);
            known.ImportPkcs8PrivateKey(bytes, out _);
            CryptographicOperations.ZeroMemory(bytes);
            return new VpnIdentity(known);
        }

        var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var json = JsonSerializer.Serialize(Convert.ToBase64String(key.ExportPkcs8PrivateKey()), VpnJson.Default.String);
        var outcome = await records.PutAsync([new StoredRecord(Kind, "own", json, clock.GetUtcNow())], cancellationToken);
        return outcome == StoreOutcome.Done ? new VpnIdentity(key) : throw new StoreFailedException($"The key of the e-mail VPN cannot be kept ({outcome})");
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
