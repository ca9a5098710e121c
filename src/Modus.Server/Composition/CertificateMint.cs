using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Server.Composition;

internal enum KeyAlgorithm
{
    /// <summary>P-256.</summary>
    Ecdsa,

    /// <summary>2048 bits.</summary>
    Rsa,
}

/// <param name="CertificatePem">The certificate.</param>
/// <param name="KeyPem">Its key, PKCS #8.</param>
internal sealed record MintedCertificate(string CertificatePem, string KeyPem);

/// <summary>Makes certificates: self-signed ones for a first start, and those of a private authority for <c>modus try</c>.</summary>
internal static class CertificateMint
{
    private const int RsaBits = 2048;
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1"); // RFC 5280 §4.2.1.12
    private static readonly TimeSpan Backdated = TimeSpan.FromHours(1); // clocks differ

    /// <summary>A self-signed certificate, good for ten years: nobody validates it, and it must not stop the mail by expiring.</summary>
    public static MintedCertificate CreateSelfSigned(string hostname, KeyAlgorithm algorithm, DateTimeOffset now)
    {
        using var key = CreateKey(algorithm);
        var request = CreateRequest(hostname, key);
        AddServerExtensions(request, hostname, []);
        using var certificate = request.CreateSelfSigned(now - Backdated, now.AddYears(10));
        return new MintedCertificate(certificate.ExportCertificatePem(), ExportKey(key));
    }

    /// <summary>An authority with its key, for a day.</summary>
    public static X509Certificate2 CreateAuthority(string name, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = CreateRequest(name, key);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, true, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.CrlSign, true));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
        return request.CreateSelfSigned(now - Backdated, now.AddDays(1));
    }

    /// <summary>A server's certificate that <paramref name="authority"/> signs.</summary>
    public static MintedCertificate Issue(
        X509Certificate2 authority, string hostname, IPAddress address, KeyAlgorithm algorithm, DateTimeOffset now)
    {
        using var key = CreateKey(algorithm);
        using var authorityKey = authority.GetECDsaPrivateKey()!;
        var request = CreateRequest(hostname, key);
        AddServerExtensions(request, hostname, [address]);
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(authority, true, false));
        using var certificate = request.Create(
            authority.SubjectName,
            X509SignatureGenerator.CreateForECDsa(authorityKey),
            now - Backdated,
            authority.NotAfter,
            RandomNumberGenerator.GetBytes(16));
        return new MintedCertificate(certificate.ExportCertificatePem(), ExportKey(key));
    }

    private static AsymmetricAlgorithm CreateKey(KeyAlgorithm algorithm) =>
        algorithm == KeyAlgorithm.Rsa ? RSA.Create(RsaBits) : ECDsa.Create(ECCurve.NamedCurves.nistP256);

    private static CertificateRequest CreateRequest(string name, AsymmetricAlgorithm key)
    {
        var subject = new X500DistinguishedNameBuilder();
        subject.AddCommonName(name);
        return key is RSA rsa
            ? new CertificateRequest(subject.Build(), rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject.Build(), (ECDsa)key, HashAlgorithmName.SHA256);
    }

    private static void AddServerExtensions(CertificateRequest request, string hostname, IReadOnlyList<IPAddress> addresses)
    {
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(hostname);
        foreach (var address in addresses) names.AddIpAddress(address);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ServerAuthentication], false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, false));
    }

    private static string ExportKey(AsymmetricAlgorithm key) =>
        PemEncoding.WriteString("PRIVATE KEY", key.ExportPkcs8PrivateKey());
}
