using System.Security.Cryptography;
using Modus.Delivery.Authentication.Dkim;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Modus.Delivery.Authentication.Signing;

/// <summary>The secret half of a key. It is never shown or logged. Immutable and thread-safe.</summary>
internal sealed class SecretKey
{
    private const int RsaBits = AuthenticationLimits.MinRsaBitsToSign; // a longer record fits into no UDP answer of old servers

    private readonly byte[] _secret;

    private SecretKey(SignatureAlgorithm algorithm, byte[] secret)
    {
        Algorithm = algorithm;
        _secret = secret;
    }

    public SignatureAlgorithm Algorithm { get; }

    /// <summary>Makes a key.</summary>
    public static (SecretKey Secret, byte[] PublicKey) Create(SignatureAlgorithm algorithm)
    {
        if (algorithm == SignatureAlgorithm.RsaSha256)
        {
            using var rsa = RSA.Create(RsaBits);
            return (new SecretKey(algorithm, rsa.ExportPkcs8PrivateKey()), rsa.ExportSubjectPublicKeyInfo());
        }

        var secret = RandomNumberGenerator.GetBytes(Ed25519.SecretKeySize);
        var publicKey = new byte[Ed25519.PublicKeySize];
        Ed25519.GeneratePublicKey(secret, 0, publicKey, 0);
        return (new SecretKey(algorithm, secret), publicKey);
    }

    /// <summary>Reads a key as <see cref="Export"/> wrote it: PKCS #8 of RSA, the 32 bytes of Ed25519.</summary>
    public static SecretKey Import(SignatureAlgorithm algorithm, byte[] secret) => new(algorithm, secret);

    /// <summary>The public key that goes with a secret of unknown origin; null when it is none.</summary>
    public static byte[]? PublicKeyOf(SignatureAlgorithm algorithm, byte[] secret)
    {
        if (algorithm == SignatureAlgorithm.RsaSha256)
        {
            try
            {
                using var rsa = RSA.Create();
                rsa.ImportPkcs8PrivateKey(secret, out _);
                return rsa.ExportSubjectPublicKeyInfo();
            }
            catch (CryptographicException)
            {
                return null;
            }
        }

        if (secret.Length != Ed25519.SecretKeySize) return null;
        var publicKey = new byte[Ed25519.PublicKeySize];
        Ed25519.GeneratePublicKey(secret, 0, publicKey, 0);
        return publicKey;
    }

    /// <summary>For the store alone.</summary>
    public byte[] Export() => _secret;

    /// <summary>Signs a SHA-256 (RFC 6376 §3.3.2, RFC 8463 §3).</summary>
    public byte[] Sign(byte[] hash)
    {
        if (Algorithm == SignatureAlgorithm.RsaSha256)
        {
            using var rsa = RSA.Create();
            rsa.ImportPkcs8PrivateKey(_secret, out _);
            return rsa.SignHash(hash, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        }

        var signature = new byte[Ed25519.SignatureSize];
        Ed25519.Sign(_secret, 0, hash, 0, hash.Length, signature, 0);
        return signature;
    }
}
