using System.Security.Cryptography;

namespace Modus.Tls;

/// <summary>A PEM private key of any of the usual forms (RFC 7468 §10 and §11, RFC 5915, RFC 8017 §A.1.2) to a key.</summary>
internal static class PrivateKeyParser
{
    private const string Encrypted = "ENCRYPTED PRIVATE KEY";
    private static readonly string[] Labels = ["PRIVATE KEY", "EC PRIVATE KEY", "RSA PRIVATE KEY", Encrypted];

    /// <exception cref="CertificateException">There is none, or it cannot be read.</exception>
    public static AsymmetricAlgorithm Parse(string pem, string? password)
    {
        var block = FindBlock(pem, out var label);
        if (label == Encrypted && password is null)
            throw new CertificateException(CertificateFaultKind.WrongPassword, "The private key is encrypted, and no password is given.");
        return TryImport(RSA.Create(), block, label, password, out _)
            ?? TryImport(ECDsa.Create(), block, label, password, out var fault)
            ?? throw (label == Encrypted
                ? new CertificateException(CertificateFaultKind.WrongPassword, "The private key wants another password, or is neither ECDSA nor RSA.", fault)
                : new CertificateException(CertificateFaultKind.Garbage, "The private key cannot be read as ECDSA or RSA.", fault));
    }

    private static string FindBlock(string pem, out string label)
    {
        var rest = pem.AsSpan();
        while (PemEncoding.TryFind(rest, out var fields))
        {
            label = rest[fields.Label].ToString();
            if (Labels.Contains(label))
                return rest[fields.Location].ToString();
            rest = rest[fields.Location.End..];
        }

        // RFC 1421 §4.6.1.1: header fields within the block, which the reader of RFC 7468 takes for none of its own
        if (pem.Contains("Proc-Type: 4,ENCRYPTED", StringComparison.Ordinal))
        {
            throw new CertificateException(
                CertificateFaultKind.UnsupportedKey,
                "The private key is encrypted in the traditional way of OpenSSL (Proc-Type: 4,ENCRYPTED), which is not supported. "
                + "Turn it into PKCS #8, with its password or without: `openssl pkcs8 -topk8 -in OLD -out NEW`, and -nocrypt for none.");
        }

        throw new CertificateException(CertificateFaultKind.NoKey, "There is no PEM private key in it.");
    }

    private static AsymmetricAlgorithm? TryImport(
        AsymmetricAlgorithm key, string block, string label, string? password, out Exception? fault)
    {
        fault = null;
        try
        {
            if (label == Encrypted)
                key.ImportFromEncryptedPem(block, password);
            else
                key.ImportFromPem(block);
            return key;
        }
        catch (Exception why) when (why is CryptographicException or ArgumentException)
        {
            fault = why;
            key.Dispose();
            return null;
        }
    }
}
