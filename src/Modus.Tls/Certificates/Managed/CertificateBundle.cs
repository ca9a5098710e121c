using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Modus.Tls;

/// <summary>A certificate as somebody brings it: PEM, whatever it was in.</summary>
/// <param name="ChainPem">The certificate, and what else was there; in no order.</param>
/// <param name="KeyPem">The key, not encrypted; null when there is none.</param>
/// <param name="Fault">Why neither could be read; null when they could.</param>
public sealed record CertificateBundle(string ChainPem, string? KeyPem, CertificateFault? Fault)
{
    private const int MaxFile = 1024 * 1024; // a chain has some thousand bytes

    /// <summary>Reads PEM or PFX; what the file is, its content says.</summary>
    /// <param name="file">The certificate's file.</param>
    /// <param name="keyFile">The key's file, PEM; null when the key is in <paramref name="file"/>, or nowhere.</param>
    /// <param name="password">Opens the key or the PFX; null for none.</param>
    public static CertificateBundle Read(string file, string? keyFile, string? password)
    {
        try
        {
            var content = ReadAll(file);
            var isPem = content.AsSpan().IndexOf("-----BEGIN "u8) >= 0;
            if (!isPem && content is [0x30, ..]) // a SEQUENCE: PKCS #12, or a certificate as DER
                return X509Certificate2.GetCertContentType(content) == X509ContentType.Cert ? FromDer(content, keyFile, password) : FromPfx(content, password);
            return FromPem(Encoding.UTF8.GetString(content), keyFile is null ? null : Encoding.UTF8.GetString(ReadAll(keyFile)), password);
        }
        catch (CertificateException fault)
        {
            return Faulty(file, fault);
        }
        catch (CryptographicException fault)
        {
            return Faulty(file, new CertificateException(CertificateFaultKind.Garbage, $"It cannot be read: {fault.Message}"));
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return Faulty(file, new CertificateException(CertificateFaultKind.Unreadable, $"It cannot be read: {fault.Message}"));
        }
    }

    /// <summary>Reads one of the platform's store, whose key must be one that may leave it.</summary>
    /// <param name="thumbprint">SHA-1, in hex; null to look for the subject.</param>
    /// <param name="subject">A part of the subject.</param>
    public static CertificateBundle ReadStore(string? thumbprint, string? subject)
    {
        var source = new CertificateSource { Thumbprint = thumbprint, Subject = subject };
        if (OperatingSystem.IsWindows()) source.StoreLocation = StoreLocation.LocalMachine;
        try
        {
            using var found = CertificateContent.Read(source).FromStore!;
            return new CertificateBundle(found.ExportCertificatePem(), found.HasPrivateKey ? ExportKey(found) : null, null);
        }
        catch (CertificateException fault)
        {
            return Faulty(source.ToString(), fault);
        }
    }

    private static CertificateBundle FromPem(string certificate, string? key, string? password)
    {
        var hasKey = key is not null || certificate.Contains("PRIVATE KEY-----", StringComparison.Ordinal);
        if (!hasKey) return new CertificateBundle(certificate, null, null);
        using var parsed = PrivateKeyParser.Parse(key ?? certificate, password);
        return new CertificateBundle(certificate, parsed.ExportPkcs8PrivateKeyPem(), null);
    }

    private static CertificateBundle FromDer(byte[] content, string? keyFile, string? password)
    {
        using var certificate = X509CertificateLoader.LoadCertificate(content);
        return FromPem(certificate.ExportCertificatePem(), keyFile is null ? null : Encoding.UTF8.GetString(ReadAll(keyFile)), password);
    }

    private static CertificateBundle FromPfx(byte[] content, string? password)
    {
        var all = CertificateParser.LoadPfx(content, password, X509KeyStorageFlags.Exportable);
        try
        {
            var leaf = all.FirstOrDefault(static one => one.HasPrivateKey);
            return new CertificateBundle(
                string.Concat(all.OrderByDescending(one => one == leaf).Select(static one => one.ExportCertificatePem() + "\n")),
                leaf is null ? null : ExportKey(leaf),
                null);
        }
        finally
        {
            foreach (var one in all) one.Dispose();
        }
    }

    private static string ExportKey(X509Certificate2 certificate)
    {
        try
        {
            using var key = certificate.GetECDsaPrivateKey() ?? (AsymmetricAlgorithm?)certificate.GetRSAPrivateKey()
                ?? throw new CertificateException(CertificateFaultKind.UnsupportedKey, "Its key is neither ECDSA nor RSA.");
            return key.ExportPkcs8PrivateKeyPem();
        }
        catch (CryptographicException fault)
        {
            throw new CertificateException(
                CertificateFaultKind.NoKey,
                $"Its key may not leave the platform's store ({fault.Message}): leave it there, and name it in modus.json: certificates[].storeThumbprint.",
                fault);
        }
    }

    private static byte[] ReadAll(string file)
    {
        using var stream = File.OpenRead(file);
        var bytes = new byte[MaxFile + 1]; // a device says no length
        var read = stream.ReadAtLeast(bytes, bytes.Length, throwOnEndOfStream: false);
        return read <= MaxFile
            ? bytes[..read]
            : throw new CertificateException(CertificateFaultKind.Garbage, $"{file} is larger than {MaxFile} bytes, which no certificate is.");
    }

    private static CertificateBundle Faulty(string file, CertificateException fault) => new("", null, new CertificateFault(file, fault.Kind, fault.Message));
}
