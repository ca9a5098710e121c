using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>The name of a key in pins, receipts and rules.</summary>
internal static class KeyHash
{
    /// <summary>SHA-256 of the certificate's SubjectPublicKeyInfo, lower-case hex.</summary>
    public static string Of(X509Certificate2 certificate) =>
        Convert.ToHexStringLower(SHA256.HashData(certificate.PublicKey.ExportSubjectPublicKeyInfo()));
}
