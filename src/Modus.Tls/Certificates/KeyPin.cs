using System.Buffers;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>
/// The pin of a public key: SHA-256 of its SubjectPublicKeyInfo, in lower-case hex. It stays the same over renewals of a certificate
/// that keep its key.
/// </summary>
public static class KeyPin
{
    /// <summary>How many characters a pin has.</summary>
    public const int Length = 2 * SHA256.HashSizeInBytes;

    private static readonly SearchValues<char> Digits = SearchValues.Create("0123456789abcdef");

    /// <summary>The pin of a certificate's key.</summary>
    public static string Of(X509Certificate2 certificate)
    {
        ArgumentNullException.ThrowIfNull(certificate);
        return Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
    }

    /// <summary>True for text that is a pin.</summary>
    public static bool IsValid(string? text) => text?.Length == Length && !text.AsSpan().ContainsAnyExcept(Digits);
}
