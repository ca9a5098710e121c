using System.Security.Cryptography;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Modus.Delivery.Authentication.Dkim;

/// <summary>How signatures are made. SHA-1 is none of them: it proves nothing any more (RFC 8301 §3.1).</summary>
public enum SignatureAlgorithm
{
    /// <summary>rsa-sha256.</summary>
    RsaSha256,

    /// <summary>ed25519-sha256 (RFC 8463).</summary>
    Ed25519Sha256,
}

/// <summary>What a key says of a signature.</summary>
internal enum SignatureVerdict
{
    /// <summary>It is the key's.</summary>
    Good,

    /// <summary>It is not.</summary>
    Bad,

    /// <summary>The key is no such key.</summary>
    NoKey,

    /// <summary>The key is too short to prove anything, or longer than is worked with.</summary>
    KeySize,
}

/// <summary>The mathematics of <see cref="SignatureAlgorithm"/>.</summary>
internal static class SignatureAlgorithms
{
    public static string ToWord(this SignatureAlgorithm algorithm) =>
        algorithm == SignatureAlgorithm.RsaSha256 ? "rsa-sha256" : "ed25519-sha256";

    public static SignatureAlgorithm? Parse(string? word) => word switch
    {
        "rsa-sha256" => SignatureAlgorithm.RsaSha256,
        "ed25519-sha256" => SignatureAlgorithm.Ed25519Sha256,
        _ => null,
    };

    /// <summary>Compares a signature with the hash that it should be of.</summary>
    /// <param name="algorithm">The algorithm.</param>
    /// <param name="publicKey">p= of the key record, decoded.</param>
    /// <param name="hash">SHA-256 of the signed fields.</param>
    /// <param name="signature">b=, decoded.</param>
    public static SignatureVerdict Verify(
        SignatureAlgorithm algorithm, ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature) =>
        algorithm == SignatureAlgorithm.RsaSha256
            ? VerifyRsa(publicKey, hash, signature)
            : VerifyEd25519(publicKey, hash, signature);

    private static SignatureVerdict VerifyRsa(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        if (RsaPublicKey.Read(publicKey) is not { } parameters) return SignatureVerdict.NoKey;
        if (RsaPublicKey.BitsOf(parameters) is < AuthenticationLimits.MinRsaBitsToVerify or > AuthenticationLimits.MaxRsaBits) return SignatureVerdict.KeySize;
        if (signature.Length != parameters.Modulus!.Length) return SignatureVerdict.Bad;
        try
        {
            using var rsa = RSA.Create(parameters);
            return rsa.VerifyHash(hash, signature, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
                ? SignatureVerdict.Good
                : SignatureVerdict.Bad;
        }
        catch (CryptographicException)
        {
            return SignatureVerdict.NoKey; // numbers that the library does not take for a key
        }
    }

    // The hash of the signed fields is the message that PureEdDSA signs (RFC 8463 §3).
    private static SignatureVerdict VerifyEd25519(ReadOnlySpan<byte> publicKey, ReadOnlySpan<byte> hash, ReadOnlySpan<byte> signature)
    {
        if (publicKey.Length != Ed25519.PublicKeySize) return SignatureVerdict.NoKey;
        if (signature.Length != Ed25519.SignatureSize) return SignatureVerdict.Bad;
        return Ed25519.Verify(signature.ToArray(), 0, publicKey.ToArray(), 0, hash.ToArray(), 0, hash.Length)
            ? SignatureVerdict.Good
            : SignatureVerdict.Bad;
    }
}
