using System.Numerics;
using System.Security.Cryptography;

namespace Modus.Delivery.Authentication.Dkim;

/// <summary>
/// Reads RSA public keys in DER as key records hold them: SubjectPublicKeyInfo, or RSAPublicKey alone, which RFC 6376 §3.6.1 asks for
/// and few publish. What is no key is a value here; the readers of the platform throw, and anybody may publish anything.
/// </summary>
internal static class RsaPublicKey
{
    private const byte Sequence = 0x30;
    private const byte Integer = 0x02;
    private const byte BitString = 0x03;
    private const byte ObjectIdentifier = 0x06;
    private const byte NullTag = 0x05;

    // rsaEncryption, 1.2.840.113549.1.1.1
    private static ReadOnlySpan<byte> RsaEncryption => [0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];

    /// <summary>Reads a key.</summary>
    /// <returns>Null when it is none.</returns>
    public static RSAParameters? Read(ReadOnlySpan<byte> der)
    {
        if (!TryTake(ref der, Sequence, out var outer) || !der.IsEmpty) return null;
        return outer.Length > 0 && outer[0] == Integer ? ReadNumbers(outer) : ReadInfo(outer);
    }

    /// <summary>The size of a key as people name it.</summary>
    public static int BitsOf(RSAParameters key) => (key.Modulus!.Length * 8) - BitOperations.LeadingZeroCount((uint)key.Modulus[0] << 24);

    // SubjectPublicKeyInfo ::= SEQUENCE { SEQUENCE { OBJECT IDENTIFIER, NULL }, BIT STRING { RSAPublicKey } }
    private static RSAParameters? ReadInfo(ReadOnlySpan<byte> info)
    {
        if (!TryTake(ref info, Sequence, out var algorithm) || !TryTake(ref algorithm, ObjectIdentifier, out var identifier)
            || !identifier.SequenceEqual(RsaEncryption))
            return null;
        if (!algorithm.IsEmpty && (!TryTake(ref algorithm, NullTag, out var parameters) || !parameters.IsEmpty)) return null;
        if (!TryTake(ref info, BitString, out var bits) || bits.IsEmpty || bits[0] != 0) return null;
        bits = bits[1..];
        return TryTake(ref bits, Sequence, out var numbers) ? ReadNumbers(numbers) : null;
    }

    // RSAPublicKey ::= SEQUENCE { INTEGER modulus, INTEGER exponent }
    private static RSAParameters? ReadNumbers(ReadOnlySpan<byte> numbers)
    {
        const int MaxExponent = 8; // bytes; a greater one only makes work
        if (!TryTake(ref numbers, Integer, out var modulus) || !TryTake(ref numbers, Integer, out var exponent)) return null;
        modulus = modulus.TrimStart((byte)0);
        exponent = exponent.TrimStart((byte)0);
        if (modulus.IsEmpty || exponent.IsEmpty || exponent.Length > MaxExponent || (modulus[^1] & 1) == 0) return null;
        return new RSAParameters { Modulus = modulus.ToArray(), Exponent = exponent.ToArray() };
    }

    private static bool TryTake(ref ReadOnlySpan<byte> der, byte tag, out ReadOnlySpan<byte> value)
    {
        value = default;
        if (der.Length < 2 || der[0] != tag) return false;
        int length = der[1];
        var at = 2;
        if (length >= 0x80)
        {
            var count = length & 0x7F;
            if (count is 0 or > 2 || der.Length < at + count) return false;
            length = 0;
            for (; count > 0; count--) length = (length << 8) | der[at++];
        }

        if (der.Length - at < length) return false;
        value = der.Slice(at, length);
        der = der[(at + length)..];
        return true;
    }
}
