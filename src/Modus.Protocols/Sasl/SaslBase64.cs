using System.Buffers;
using System.Buffers.Text;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;

namespace Modus.Protocols.Sasl;

/// <summary>Base64 as SASL wants it (RFC 4648 §4): one line, padded, no spaces, unused bits zero. Thread-safe.</summary>
public static class SaslBase64
{
    /// <summary>The longest line that is decoded, in octets (RFC 4954 §4).</summary>
    public const int MaxLine = 12_288;

    /// <summary>Encodes a challenge.</summary>
    public static byte[] Encode(ReadOnlySpan<byte> challenge)
    {
        var encoded = new byte[Base64.GetMaxEncodedToUtf8Length(challenge.Length)];
        Base64.EncodeToUtf8(challenge, encoded, out _, out _);
        return encoded;
    }

    /// <summary>Decodes a response; an empty line is an empty response.</summary>
    /// <param name="line">The line, without its line end.</param>
    /// <param name="response">The bytes, the caller's to wipe.</param>
    /// <returns>False for anything that is not strict base64 or is longer than <see cref="MaxLine"/>.</returns>
    public static bool TryDecode(ReadOnlySpan<byte> line, [NotNullWhen(true)] out byte[]? response)
    {
        response = null;
        if (line.Length > MaxLine || line.Length % 4 != 0 || line.ContainsAny(" \t\r\n"u8)) return false;
        var padding = line.EndsWith("=="u8) ? 2 : line.EndsWith("="u8) ? 1 : 0;
        var decoded = new byte[line.Length / 4 * 3 - padding];
        var status = Base64.DecodeFromUtf8(line, decoded, out _, out var written);
        if (status == OperationStatus.Done && written == decoded.Length && EndsInZeroBits(line, padding))
        {
            response = decoded;
            return true;
        }

        CryptographicOperations.ZeroMemory(decoded);
        return false;
    }

    // RFC 4648 §3.5: one value, one encoding.
    private static bool EndsInZeroBits(ReadOnlySpan<byte> line, int padding) => padding switch
    {
        1 => "AEIMQUYcgkosw048"u8.Contains(line[^2]),
        2 => "AQgw"u8.Contains(line[^3]),
        _ => true,
    };
}
