using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Modus.Tls;

/// <summary>Content of a source to a certificate that has its key.</summary>
internal static class CertificateParser
{
    private const string EcdsaOrEcdhKey = "1.2.840.10045.2.1"; // RFC 5480 §2.1.1
    private const string RsaKey = "1.2.840.113549.1.1.1";      // RFC 3279 §2.3.1
    private const int WrongPassword = unchecked((int)0x80070056); // ERROR_INVALID_PASSWORD, on every platform

    /// <exception cref="CertificateException">Says what is wrong with the content.</exception>
    public static CertificateMaterial Parse(CertificateSource source, CertificateContent content)
    {
        var (leaf, others) = source switch
        {
            { CertificateFile: not null } => ParsePem(content),
            { PfxFile: not null } => ParsePfx(content),
            _ => (WithKey(content.FromStore!), []),
        };
        var isEcdsa = leaf.PublicKey.Oid.Value switch
        {
            EcdsaOrEcdhKey => true,
            RsaKey => false,
            _ => throw new CertificateException(
                CertificateFaultKind.UnsupportedKey, $"The key is of type {leaf.PublicKey.Oid.Value}; use ECDSA or RSA."),
        };
        return new CertificateMaterial(leaf, others, isEcdsa, content.Fingerprint);
    }

    private static (X509Certificate2, X509Certificate2Collection) ParsePem(CertificateContent content)
    {
        var all = new X509Certificate2Collection();
        try
        {
            all.ImportFromPem(Encoding.UTF8.GetString(content.Certificate));
        }
        catch (CryptographicException fault)
        {
            throw new CertificateException(CertificateFaultKind.Garbage, $"A certificate in it cannot be read: {fault.Message}", fault);
        }

        if (all.Count == 0)
            throw new CertificateException(CertificateFaultKind.Garbage, "There is no PEM certificate in it.");
        using var key = PrivateKeyParser.Parse(Encoding.UTF8.GetString(content.Key), content.Password);
        var publicKey = key.ExportSubjectPublicKeyInfo();
        // Whatever the order in the file, the certificate of this key is the one to serve.
        var leaf = all.FirstOrDefault(c => c.PublicKey.ExportSubjectPublicKeyInfo().AsSpan().SequenceEqual(publicKey))
            ?? throw new CertificateException(
                CertificateFaultKind.WrongKey, "The private key belongs to another certificate: certificate and key must be replaced together.");
        all.Remove(leaf);
        return (Persist(key is RSA rsa ? leaf.CopyWithPrivateKey(rsa) : leaf.CopyWithPrivateKey((ECDsa)key)), all);
    }

    private static (X509Certificate2, X509Certificate2Collection) ParsePfx(CertificateContent content)
    {
        var all = LoadPfx(content.Certificate, content.Password, X509KeyStorageFlags.DefaultKeySet);
        var leaf = WithKey(all.FirstOrDefault(static c => c.HasPrivateKey) ?? all.FirstOrDefault()
            ?? throw new CertificateException(CertificateFaultKind.Garbage, "There is no certificate in the PFX file."));
        all.Remove(leaf);
        return (leaf, all);
    }

    /// <exception cref="CertificateException">It is none, or wants another password.</exception>
    public static X509Certificate2Collection LoadPfx(byte[] pfx, string? password, X509KeyStorageFlags keys)
    {
        try
        {
            return X509CertificateLoader.LoadPkcs12Collection(pfx, password, keys);
        }
        catch (CryptographicException fault) when (fault.HResult == WrongPassword)
        {
            throw new CertificateException(CertificateFaultKind.WrongPassword, "The PFX file wants another password.", fault);
        }
        catch (CryptographicException fault)
        {
            throw new CertificateException(CertificateFaultKind.Garbage, $"The PFX file cannot be read: {fault.Message}", fault);
        }
    }

    private static X509Certificate2 WithKey(X509Certificate2 certificate) => certificate.HasPrivateKey
        ? certificate
        : throw new CertificateException(CertificateFaultKind.NoKey, "There is no private key with the certificate.");

    // Windows' TLS cannot use a key that lives in memory alone.
    private static X509Certificate2 Persist(X509Certificate2 certificate) => OperatingSystem.IsWindows()
        ? X509CertificateLoader.LoadPkcs12(certificate.Export(X509ContentType.Pkcs12), null)
        : certificate;
}
