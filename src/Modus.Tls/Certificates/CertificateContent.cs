using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Modus.Tls;

/// <summary>The raw content of a source at one moment, and the fingerprint that tells whether it has changed.</summary>
internal sealed class CertificateContent
{
    private CertificateContent(string fingerprint) => Fingerprint = fingerprint;

    public string Fingerprint { get; }

    public byte[] Certificate { get; private init; } = [];

    public byte[] Key { get; private init; } = [];

    public string? Password { get; private init; }

    public X509Certificate2? FromStore { get; private init; }

    /// <summary>Reads the source. A file's time is not asked: it says nothing when a link is pointed elsewhere.</summary>
    /// <exception cref="CertificateException">The source cannot be read.</exception>
    public static CertificateContent Read(CertificateSource source)
    {
        if (source.CertificateFile is null && source.PfxFile is null)
            return FromPlatform(source);
        var certificate = ReadFile(source.CertificateFile ?? source.PfxFile!);
        if (source.PfxFile is not null || certificate.AsSpan().IndexOf("PRIVATE KEY-----"u8) >= 0) RejectExposed(source.CertificateFile ?? source.PfxFile!);
        var key = source.KeyFile is null ? certificate : ReadSecret(source.KeyFile);
        var password = source.PasswordFile is null ? source.Password : FirstLine(ReadSecret(source.PasswordFile));

        return Of(certificate, key, password);
    }

    /// <summary>The content that somebody holds already.</summary>
    public static CertificateContent Of(byte[] certificate, byte[] key, string? password)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        hash.AppendData(SHA256.HashData(certificate));
        hash.AppendData(SHA256.HashData(key));
        hash.AppendData(Encoding.UTF8.GetBytes(password ?? ""));
        return new CertificateContent(Convert.ToHexString(hash.GetHashAndReset()))
        {
            Certificate = certificate,
            Key = key,
            Password = password,
        };
    }

    private static byte[] ReadSecret(string path)
    {
        RejectExposed(path);
        return ReadFile(path);
    }

    private static void RejectExposed(string path)
    {
        if (SecretFile.FindExposure(path) is { } exposure) throw new CertificateException(CertificateFaultKind.Exposed, exposure);
    }

    private static byte[] ReadFile(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            throw new CertificateException(CertificateFaultKind.Unreadable, $"The file {path} cannot be read: {fault.Message}", fault);
        }
    }

    private static string FirstLine(byte[] file) => Encoding.UTF8.GetString(file).Split('\n')[0].TrimEnd('\r');

    private static CertificateContent FromPlatform(CertificateSource source)
    {
        var found = FindInStore(source) ?? throw new CertificateException(
            CertificateFaultKind.NotFound, $"The store has no certificate {source}: check thumbprint, subject, store and its owner.");
        return new CertificateContent(found.GetCertHashString(HashAlgorithmName.SHA256)) { FromStore = found };
    }

    private static X509Certificate2? FindInStore(CertificateSource source)
    {
        try
        {
            using var store = new X509Store(source.StoreName, source.StoreLocation, OpenFlags.ReadOnly);
            var found = source.Thumbprint is { } thumbprint
                ? store.Certificates.Find(X509FindType.FindByThumbprint, thumbprint, validOnly: false)
                : store.Certificates.Find(X509FindType.FindBySubjectName, source.Subject ?? "", validOnly: false);
            return found.OrderByDescending(static c => c.HasPrivateKey).ThenByDescending(static c => c.NotAfter).FirstOrDefault();
        }
        catch (CryptographicException fault)
        {
            throw new CertificateException(CertificateFaultKind.Unreadable, $"The store cannot be opened: {fault.Message}", fault);
        }
    }
}
