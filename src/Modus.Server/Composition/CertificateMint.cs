using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using Modus.Tls;

namespace Modus.Server.Composition;

/// <param name="CertificatePem">The certificate.</param>
/// <param name="KeyPem">Its key, PKCS #8.</param>
internal sealed record MintedCertificate(string CertificatePem, string KeyPem);

/// <summary>Makes certificates: self-signed ones for a first start and by command, and those of a private authority for <c>modus try</c>.</summary>
internal static class CertificateMint
{
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1); // clocks differ

    /// <summary>A self-signed certificate, good for ten years: nobody validates it, and it must not stop the mail by expiring.</summary>
    public static MintedCertificate CreateSelfSigned(string hostname, KeyType type, DateTimeOffset now) =>
        CreateSelfSigned([hostname], type, now, now.AddYears(10));

    /// <summary>A self-signed certificate.</summary>
    public static MintedCertificate CreateSelfSigned(IReadOnlyList<string> names, KeyType type, DateTimeOffset now, DateTimeOffset notAfter)
    {
        using var key = KeyTypes.Create(type);
        using var certificate = ServerRequest.Create(key, names, []).CreateSelfSigned(now - Backdated, notAfter);
        return new MintedCertificate(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }

    /// <summary>An authority with its key, for a day.</summary>
    public static X509Certificate2 CreateAuthority(string name, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(now - Backdated, now.AddDays(1));
    }

    /// <summary>A server's certificate that <paramref name="authority"/> signs.</summary>
    public static MintedCertificate Issue(
        X509Certificate2 authority, string hostname, IPAddress address, KeyType type, DateTimeOffset now)
    {
        using var key = KeyTypes.Create(type);
        using var authorityKey = authority.GetECDsaPrivateKey()!;
        var request = ServerRequest.Create(key, [hostname], [address]);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        using var certificate = request.Create(
            authority.SubjectName,
            X509SignatureGenerator.CreateForECDsa(authorityKey),
            now - Backdated,
            authority.NotAfter,
            RandomNumberGenerator.GetBytes(16));
        return new MintedCertificate(certificate.ExportCertificatePem(), key.ExportPkcs8PrivateKeyPem());
    }
}
