using System.Security.Cryptography;

namespace Modus.Tls;

/// <summary>The kinds of keys that are made here.</summary>
public enum KeyType
{
    /// <summary>ECDSA on P-256: what every client of the last ten years takes, and the cheapest handshake.</summary>
    EcdsaP256,

    /// <summary>ECDSA on P-384.</summary>
    EcdsaP384,

    /// <summary>RSA, 2048 bits.</summary>
    Rsa2048,

    /// <summary>RSA, 3072 bits.</summary>
    Rsa3072,

    /// <summary>RSA, 4096 bits.</summary>
    Rsa4096,
}

/// <summary>Makes keys.</summary>
public static class KeyTypes
{
    /// <summary>A new key; the caller disposes it. RSA keys take up to seconds.</summary>
    public static AsymmetricAlgorithm Create(KeyType type) => type switch
    {
        KeyType.EcdsaP256 => ECDsa.Create(ECCurve.NamedCurves.nistP256),
        KeyType.EcdsaP384 => ECDsa.Create(ECCurve.NamedCurves.nistP384),
        KeyType.Rsa3072 => RSA.Create(3072),
        KeyType.Rsa4096 => RSA.Create(4096),
        _ => RSA.Create(2048),
    };

    /// <summary>True for ECDSA.</summary>
    public static bool IsEcdsa(KeyType type) => type is KeyType.EcdsaP256 or KeyType.EcdsaP384;
}
