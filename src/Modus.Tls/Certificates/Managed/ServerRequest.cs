using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>What a certificate is for.</summary>
[Flags]
public enum CertificateUsages
{
    /// <summary>For nothing.</summary>
    None = 0,

    /// <summary>To be a TLS server.</summary>
    Server = 1,

    /// <summary>To be a TLS client: a server that shows who it is to another.</summary>
    Client = 2,

    /// <summary>To be both, as mail servers are.</summary>
    Both = Server | Client,
}

/// <summary>What a certificate of a server says, before somebody signs it.</summary>
public static class ServerRequest
{
    // RFC 5280 appendix A.1, ub-common-name: longer names stand among the subject alternative names alone, which are those that count
    private const int MaxCommonName = 64;

    // RFC 5280 §4.2.1.12
    private static readonly Oid ServerAuthentication = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ClientAuthentication = new("1.3.6.1.5.5.7.3.2");

    /// <summary>A request with the names, for TLS servers.</summary>
    /// <param name="key">The key; not disposed.</param>
    /// <param name="names">The host names, <c>*.example.org</c> among them; the first one is the subject's common name.</param>
    /// <param name="addresses">IP addresses that it is for, too.</param>
    /// <param name="subject">What else the subject says, such as <c>O=Example, C=BE</c>; null for nothing.</param>
    /// <exception cref="CryptographicException">The subject cannot be understood.</exception>
    public static CertificateRequest Create(
        AsymmetricAlgorithm key, IReadOnlyList<string> names, IReadOnlyList<IPAddress> addresses, string? subject = null)
    {
        ArgumentNullException.ThrowIfNull(key);
        ArgumentNullException.ThrowIfNull(names);
        ArgumentNullException.ThrowIfNull(addresses);
        var subjectName = Subject(names, subject);
        var request = key is RSA rsa
            ? new CertificateRequest(subjectName, rsa, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subjectName, (ECDsa)key, HashAlgorithmName.SHA256);
        AddExtensions(request, names, addresses, CertificateUsages.Server);
        return request;
    }

    /// <summary>The same for a key of which only the public half is here.</summary>
    internal static CertificateRequest Create(PublicKey key, IReadOnlyList<string> names, CertificateUsages usages)
    {
        var request = new CertificateRequest(Subject(names, null), key, HashAlgorithmName.SHA256);
        AddExtensions(request, names, [], usages);
        return request;
    }

    private static void AddExtensions(
        CertificateRequest request, IReadOnlyList<string> names, IReadOnlyList<IPAddress> addresses, CertificateUsages usages)
    {
        var alternatives = new SubjectAlternativeNameBuilder();
        foreach (var name in names) alternatives.AddDnsName(name);
        foreach (var address in addresses) alternatives.AddIpAddress(address);
        request.CertificateExtensions.Add(alternatives.Build());
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.DigitalSignature, critical: true));
        var purposes = new OidCollection();
        if (usages.HasFlag(CertificateUsages.Server)) purposes.Add(ServerAuthentication);
        if (usages.HasFlag(CertificateUsages.Client)) purposes.Add(ClientAuthentication);
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension(purposes, critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
    }

    private static X500DistinguishedName Subject(IReadOnlyList<string> names, string? subject)
    {
        var parts = new List<string>();
        var hasName = subject?.Contains("CN=", StringComparison.OrdinalIgnoreCase) == true;
        if (!hasName && names.Count > 0 && names[0].Length <= MaxCommonName) parts.Add($"CN={names[0]}");
        if (!string.IsNullOrWhiteSpace(subject)) parts.Add(subject);
        return new X500DistinguishedName(string.Join(", ", parts));
    }
}
