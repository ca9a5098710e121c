using System.Buffers.Binary;
using System.Security.Cryptography;
using Modus.Delivery.Dns.Wire;
using Org.BouncyCastle.Math.EC.Rfc8032;

namespace Modus.Delivery.Dns.Dnssec;

/// <summary>
/// A DNSKEY record of a zone (RFC 4034 §2), and the checking of signatures by it. Algorithms: RSA with SHA-256 and SHA-512 (RFC 5702),
/// ECDSA P-256 and P-384 (RFC 6605), Ed25519 (RFC 8080). SHA-1 is not taken for a signature any more. Immutable and thread-safe.
/// </summary>
internal sealed class ZoneKey
{
    private const int ZoneFlag = 0x0100, RevokeFlag = 0x0080; // RFC 4034 §2.1.1, RFC 5011 §2.1
    private const byte RsaSha256 = 8, RsaSha512 = 10, EcdsaP256 = 13, EcdsaP384 = 14, Ed25519Algorithm = 15;
    private const int MinModulus = 128, MaxModulus = 512, MaxExponent = 8; // octets: 1024 and 4096 bits (RFC 3110 §2)

    private readonly byte[] _content;

    private ZoneKey(byte[] content) => _content = content;

    public byte Algorithm => _content[3];

    public ushort Tag { get; private init; }

    private ReadOnlySpan<byte> PublicKey => _content.AsSpan(4);

    public static bool IsSupported(byte algorithm) => algorithm is RsaSha256 or RsaSha512 or EcdsaP256 or EcdsaP384 or Ed25519Algorithm;

    /// <summary>The key in a record; null when it is no zone key, revoked, or of a kind that is not supported.</summary>
    public static ZoneKey? From(ReadOnlySpan<byte> content)
    {
        if (content.Length <= 4 || content[2] != 3 || !IsSupported(content[3])) return null; // protocol: RFC 4034 §2.1.2
        var flags = BinaryPrimitives.ReadUInt16BigEndian(content);
        return (flags & (ZoneFlag | RevokeFlag)) == ZoneFlag ? new ZoneKey(content.ToArray()) { Tag = TagOf(content) } : null;
    }

    /// <summary>Whether this is the very key of another record, whatever its flags say of being a key-signing key.</summary>
    public bool IsSameAs(ReadOnlySpan<byte> content) => content.Length > 4 && _content.AsSpan(2).SequenceEqual(content[2..]);

    /// <summary>Whether a digest is this key's (RFC 4034 §5.1.4).</summary>
    public bool HasDigest(DnsName owner, byte type, ReadOnlySpan<byte> digest)
    {
        ReadOnlySpan<byte> digested = [.. owner.Wire, .. _content];
        return type switch
        {
            DelegationSigner.Sha256 => digest.SequenceEqual(SHA256.HashData(digested)),
            DelegationSigner.Sha384 => digest.SequenceEqual(SHA384.HashData(digested)),
            _ => false,
        };
    }

    public bool Verifies(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature)
    {
        try
        {
            return Algorithm switch
            {
                RsaSha256 => VerifiesByRsa(signed, signature, HashAlgorithmName.SHA256),
                RsaSha512 => VerifiesByRsa(signed, signature, HashAlgorithmName.SHA512),
                EcdsaP256 => VerifiesByEcdsa(signed, signature, ECCurve.NamedCurves.nistP256, 32, HashAlgorithmName.SHA256),
                EcdsaP384 => VerifiesByEcdsa(signed, signature, ECCurve.NamedCurves.nistP384, 48, HashAlgorithmName.SHA384),
                _ => VerifiesByEd25519(signed, signature),
            };
        }
        catch (CryptographicException)
        {
            return false; // the platform's word for a key that is none: a point beside the curve, an even modulus
        }
    }

    // exponent length (one octet, or zero and two), exponent, modulus (RFC 3110 §2)
    private bool VerifiesByRsa(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature, HashAlgorithmName hash)
    {
        var length = (int)PublicKey[0];
        var at = 1;
        if (length == 0)
        {
            if (PublicKey.Length < 3) return false;
            length = BinaryPrimitives.ReadUInt16BigEndian(PublicKey[1..]);
            at = 3;
        }

        if (length is 0 or > MaxExponent || PublicKey.Length - at - length is < MinModulus or > MaxModulus) return false;
        var parameters = new RSAParameters { Exponent = PublicKey.Slice(at, length).ToArray(), Modulus = PublicKey[(at + length)..].ToArray() };
        using var rsa = RSA.Create(parameters);
        return rsa.VerifyData(signed, signature, hash, RSASignaturePadding.Pkcs1);
    }

    private bool VerifiesByEcdsa(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature, ECCurve curve, int size, HashAlgorithmName hash)
    {
        if (PublicKey.Length != 2 * size || signature.Length != 2 * size) return false;
        var point = new ECPoint { X = PublicKey[..size].ToArray(), Y = PublicKey[size..].ToArray() };
        using var ecdsa = ECDsa.Create(new ECParameters { Curve = curve, Q = point });
        return ecdsa.VerifyData(signed, signature, hash, DSASignatureFormat.IeeeP1363FixedFieldConcatenation);
    }

    private bool VerifiesByEd25519(ReadOnlySpan<byte> signed, ReadOnlySpan<byte> signature) =>
        PublicKey.Length == Ed25519.PublicKeySize
        && signature.Length == Ed25519.SignatureSize
        && Ed25519.Verify(signature.ToArray(), 0, PublicKey.ToArray(), 0, signed.ToArray(), 0, signed.Length);

    // RFC 4034 appendix B
    private static ushort TagOf(ReadOnlySpan<byte> content)
    {
        uint sum = 0;
        for (var index = 0; index < content.Length; index++) sum += (index & 1) == 0 ? (uint)content[index] << 8 : content[index];
        return (ushort)(sum + (sum >> 16));
    }
}
