using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Testing;

/// <summary>What a test may want of a certificate beyond its names.</summary>
public sealed record CertificateWish
{
    /// <summary>A new ECDSA key, or the one RSA key with 2048 bits that all share.</summary>
    public bool Ecdsa { get; init; } = true;

    /// <summary>The curve of an ECDSA key; P-256 by default.</summary>
    public ECCurve Curve { get; init; } = ECCurve.NamedCurves.nistP256;

    /// <summary>The start of its time; a day ago by default.</summary>
    public DateTimeOffset NotBefore { get; init; } = DateTimeOffset.UtcNow.AddDays(-1);

    /// <summary>The end of its time; in 90 days by default.</summary>
    public DateTimeOffset NotAfter { get; init; } = DateTimeOffset.UtcNow.AddDays(90);

    /// <summary>The hash of the signature.</summary>
    public HashAlgorithmName Hash { get; init; } = HashAlgorithmName.SHA256;

    /// <summary>For clients in place of servers.</summary>
    public bool ForClients { get; init; }

    /// <summary>Its key usage; it has none of its own when null.</summary>
    public X509KeyUsageFlags? KeyUsage { get; init; }

    /// <summary>The size of a new RSA key; null for the one that all share.</summary>
    public int? RsaBits { get; init; }

    /// <summary>An OCSP responder to name in it.</summary>
    public string? OcspUrl { get; init; }

    /// <summary>Where it says that its issuer's certificate is to be fetched.</summary>
    public string? IssuerUrl { get; init; }
}

/// <summary>A certification authority for tests, all in memory. Not for the world: serial numbers are random, nothing is revoked.</summary>
public sealed class TestCertificates : IDisposable
{
    private static readonly Oid ForServers = new("1.3.6.1.5.5.7.3.1");
    private static readonly Oid ForClients = new("1.3.6.1.5.5.7.3.2");

    // Making RSA keys is what would take the time of the tests; nothing here needs two different ones.
    private static readonly Lazy<RSA> SharedRsa = new(static () => RSA.Create(2048));

    /// <summary>A new authority with a P-256 root.</summary>
    public TestCertificates(string name = "Modus Test CA")
        : this(CreateRoot(name))
    {
    }

    private TestCertificates(X509Certificate2 authority) => Authority = authority;

    /// <summary>The root, or the intermediate, with its key.</summary>
    public X509Certificate2 Authority { get; }

    /// <summary>An authority below this one.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="like">Another one whose key identifier it claims, as a forged or mixed-up file would.</param>
    /// <param name="notAfter">The end of its time; far off by default.</param>
    public TestCertificates Intermediate(
        string name = "Modus Test Intermediate", TestCertificates? like = null, DateTimeOffset? notAfter = null)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = AuthorityRequest(name, key, like?.Authority.Extensions.OfType<X509SubjectKeyIdentifierExtension>().Single());
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Authority, true, false));
        using var issued = request.Create(Authority, DateTimeOffset.UtcNow.AddDays(-2), notAfter ?? DateTimeOffset.UtcNow.AddDays(1000), NewSerial());
        return new TestCertificates(issued.CopyWithPrivateKey(key));
    }

    /// <summary>A server's certificate for these names, with its key. The first one is its subject; none gives no SAN at all.</summary>
    public X509Certificate2 Issue(params string[] names) => Issue(new CertificateWish(), names);

    /// <summary>A certificate as wished.</summary>
    public X509Certificate2 Issue(CertificateWish wish, params string[] names)
    {
        using var newRsa = wish.RsaBits is { } bits ? RSA.Create(bits) : null;
        var rsa = newRsa ?? SharedRsa.Value;
        using var ecdsa = wish.Ecdsa && newRsa is null ? ECDsa.Create(wish.Curve) : null;
        var subject = new X500DistinguishedName($"CN={(names.Length > 0 ? names[0] : "nameless")}");
        var request = ecdsa is null
            ? new CertificateRequest(subject, rsa, wish.Hash, RSASignaturePadding.Pkcs1)
            : new CertificateRequest(subject, ecdsa, wish.Hash);
        AddExtensions(request, wish, names);
        // The authority's key is ECDSA whatever the leaf's is, hence the generator.
        using var signer = Authority.GetECDsaPrivateKey()!;
        var generator = wish.Hash == HashAlgorithmName.SHA1 ? new WithSha1(signer) : X509SignatureGenerator.CreateForECDsa(signer);
        using var issued = request.Create(Authority.SubjectName, generator, wish.NotBefore, wish.NotAfter, NewSerial());
        return ecdsa is null ? issued.CopyWithPrivateKey(rsa) : issued.CopyWithPrivateKey(ecdsa);
    }

    /// <summary>Writes PEM files NAME.crt (the certificate, then the chain) and NAME.key, each replaced in one step.</summary>
    /// <returns>Their paths.</returns>
    public static (string CertificateFile, string KeyFile) WritePem(
        string folder, string name, X509Certificate2 certificate, params X509Certificate2[] chain)
    {
        var files = (Path.Combine(folder, $"{name}.crt"), Path.Combine(folder, $"{name}.key"));
        Replace(files.Item1, string.Join('\n', chain.Prepend(certificate).Select(static c => c.ExportCertificatePem())) + "\n");
        Replace(files.Item2, KeyPem(certificate) + "\n");
        return files;
    }

    /// <summary>The private key as PKCS #8 PEM.</summary>
    public static string KeyPem(X509Certificate2 certificate)
    {
        using AsymmetricAlgorithm key = certificate.GetECDsaPrivateKey() ?? (AsymmetricAlgorithm)certificate.GetRSAPrivateKey()!;
        return key.ExportPkcs8PrivateKeyPem();
    }

    /// <inheritdoc />
    public void Dispose() => Authority.Dispose();

    private static void Replace(string path, string content)
    {
        File.WriteAllText(path + ".new", content);
        File.Move(path + ".new", path, overwrite: true);
    }

    // Without the sign byte that some programs print and others leave out.
    private static byte[] NewSerial() => [0x4d, .. RandomNumberGenerator.GetBytes(11)];

    private static X509Certificate2 CreateRoot(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        return AuthorityRequest(name, key).CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-3), DateTimeOffset.UtcNow.AddDays(2000));
    }

    private static CertificateRequest AuthorityRequest(string name, ECDsa key, X509Extension? keyIdentifier = null)
    {
        var request = new CertificateRequest($"CN={name}", key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509KeyUsageExtension(X509KeyUsageFlags.KeyCertSign | X509KeyUsageFlags.DigitalSignature, critical: true));
        request.CertificateExtensions.Add(keyIdentifier ?? new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        return request;
    }

    private void AddExtensions(CertificateRequest request, CertificateWish wish, string[] names)
    {
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(false, false, 0, critical: true));
        request.CertificateExtensions.Add(new X509EnhancedKeyUsageExtension([wish.ForClients ? ForClients : ForServers], critical: false));
        request.CertificateExtensions.Add(new X509SubjectKeyIdentifierExtension(request.PublicKey, critical: false));
        request.CertificateExtensions.Add(X509AuthorityKeyIdentifierExtension.CreateFromCertificate(Authority, true, false));
        if (wish.KeyUsage is { } usage)
            request.CertificateExtensions.Add(new X509KeyUsageExtension(usage, critical: true));
        if (names.Length > 0)
        {
            var alternatives = new SubjectAlternativeNameBuilder();
            foreach (var name in names)
            {
                if (IPAddress.TryParse(name, out var address))
                    alternatives.AddIpAddress(address);
                else
                    alternatives.AddDnsName(name);
            }

            request.CertificateExtensions.Add(alternatives.Build());
        }

        if (wish.OcspUrl is not null || wish.IssuerUrl is not null)
        {
            request.CertificateExtensions.Add(new X509AuthorityInformationAccessExtension(
                wish.OcspUrl is null ? null : [wish.OcspUrl], wish.IssuerUrl is null ? null : [wish.IssuerUrl]));
        }
    }

    // What the platform no longer signs with, old authorities still do.
    private sealed class WithSha1(ECDsa key) : X509SignatureGenerator
    {
        // AlgorithmIdentifier of ecdsa-with-SHA1, 1.2.840.10045.4.1
        public override byte[] GetSignatureAlgorithmIdentifier(HashAlgorithmName hashAlgorithm) =>
            [0x30, 0x09, 0x06, 0x07, 0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x04, 0x01];

        public override byte[] SignData(byte[] data, HashAlgorithmName hashAlgorithm) =>
            key.SignData(data, hashAlgorithm, DSASignatureFormat.Rfc3279DerSequence);

        protected override PublicKey BuildPublicKey() => new(key);
    }
}
