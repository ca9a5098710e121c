using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>The certificate of a server that was given none: opportunistic peers encrypt without looking at it.</summary>
internal static class SelfSignedCertificate
{
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");

    public static X509Certificate2 Create(string hostName, DateTimeOffset now)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(hostName);
        var request = new CertificateRequest($"CN={hostName}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(names.Build());
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([ServerAuthentication], critical: false));
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        return Sign(request, now.AddDays(-1), now.AddYears(1));
    }

    /// <summary>The request signed by its own key, as SslStream can use it.</summary>
    public static X509Certificate2 Sign(CertificateRequest request, DateTimeOffset notBefore, DateTimeOffset notAfter)
    {
        var made = request.CreateSelfSigned(notBefore, notAfter);
        return OperatingSystem.IsWindows() ? X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pkcs12), null) : made;
    }
}
