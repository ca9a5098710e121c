using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>Is a certificate complete enough to serve? Throws the first reason why not.</summary>
internal static class CertificateCheck
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1"; // RFC 5280 §4.2.1.12, and anyExtendedKeyUsage
    private const string AnyUsage = "2.5.29.37.0";
    private const int MinRsaBits = 2048;

    private static readonly Dictionary<string, string> WeakSignatures = new(StringComparer.Ordinal)
    {
        ["1.2.840.113549.1.1.4"] = "MD5", ["1.2.840.113549.1.1.5"] = "SHA-1", ["1.2.840.10045.4.1"] = "SHA-1",
    };

    /// <exception cref="CertificateException">Its time, or that of a certificate above it, is not now.</exception>
    public static void Validity(X509Certificate2 leaf, IEnumerable<X509Certificate2> chain, DateTimeOffset now)
    {
        Validity(leaf, now);
        // A root at the end does not count: clients have their own.
        foreach (var issuer in chain.Where(c => !CertificateChain.IsSelfIssued(c) && (now >= c.NotAfter || now < c.NotBefore)))
        {
            throw new CertificateException(
                now >= issuer.NotAfter ? CertificateFaultKind.Expired : CertificateFaultKind.NotYetValid,
                $"The certificate of its issuer, {issuer.Subject}, is valid from {issuer.NotBefore.ToUniversalTime():u} "
                + $"to {issuer.NotAfter.ToUniversalTime():u} only: put the current one behind it.");
        }
    }

    private static void Validity(X509Certificate2 leaf, DateTimeOffset now)
    {
        if (now >= leaf.NotAfter)
            throw new CertificateException(CertificateFaultKind.Expired, $"It expired at {leaf.NotAfter.ToUniversalTime():u}: renew it.");
        if (now < leaf.NotBefore)
            throw new CertificateException(
                CertificateFaultKind.NotYetValid, $"It is valid from {leaf.NotBefore.ToUniversalTime():u} on: check the clock, or wait.");
    }

    /// <exception cref="CertificateException">It has a key usage or an extended key usage that leaves servers out.</exception>
    public static void Usage(X509Certificate2 leaf, bool isEcdsa)
    {
        // RFC 5246 §7.4.2, RFC 8446 §4.4.2.2: the key signs; an RSA key may also be one that is encrypted to
        var wanted = isEcdsa ? X509KeyUsageFlags.DigitalSignature : X509KeyUsageFlags.DigitalSignature | X509KeyUsageFlags.KeyEncipherment;
        if (leaf.Extensions.OfType<X509KeyUsageExtension>().FirstOrDefault() is { } key && (key.KeyUsages & wanted) == 0)
        {
            throw new CertificateException(
                CertificateFaultKind.NotForServers, $"Its key usage ({key.KeyUsages}) leaves out TLS servers: have it issued with digitalSignature.");
        }

        var usage = leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault();
        if (usage is null || usage.EnhancedKeyUsages.Cast<Oid>()
            .Any(static oid => oid.Value is ServerAuthentication or AnyUsage))
            return;
        throw new CertificateException(
            CertificateFaultKind.NotForServers, "Its extended key usage leaves out TLS servers: have it issued with serverAuth.");
    }

    /// <summary>A handshake with oneself: sizes, hashes and curves that the TLS of this machine refuses are its affair, and change with it.</summary>
    /// <exception cref="CertificateException">It fails.</exception>
    public static async Task HandshakeAsync(SslServerAuthenticationOptions options)
    {
        try
        {
            await SelfHandshake.RunAsync(options, SslProtocols.Tls12 | SslProtocols.Tls13, static (_, _) => true);
        }
        catch (Exception fault) when (fault is AuthenticationException or IOException or CryptographicException)
        {
            throw new CertificateException(
                CertificateFaultKind.NoHandshake,
                $"TLS on this machine refuses it ({fault.GetBaseException().Message}): have one issued with an RSA key of 2048 bits or more "
                + "or an ECDSA key on P-256 or P-384, signed with SHA-256 or better.",
                fault);
        }
    }

    /// <summary>The names that it is served for.</summary>
    public static IReadOnlyList<string> NamesOf(X509Certificate2 leaf, ICollection<string> configured) =>
        configured.Count > 0 ? [.. configured.Select(HostNames.Normalize)] : HostNames.Of(leaf);

    /// <exception cref="CertificateException">It has no names, or not all of those configured.</exception>
    public static void Names(X509Certificate2 leaf, ICollection<string> configured)
    {
        var own = HostNames.Of(leaf);
        var hasNames = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .Any(static e => e.EnumerateDnsNames().Any() || e.EnumerateIPAddresses().Any());
        if (!hasNames)
            throw new CertificateException(
                CertificateFaultKind.NoNames, "It has no subject alternative name, and clients look nowhere else: have it issued with one.");
        var uncovered = configured.Select(HostNames.Normalize).Where(name => !own.Any(pattern => HostNames.Covers(pattern, name))).ToArray();
        if (uncovered.Length > 0)
            throw new CertificateException(
                CertificateFaultKind.NameMismatch, $"It is for {string.Join(", ", own)}, but configured for {string.Join(", ", uncovered)}, too.");
    }

    /// <exception cref="CertificateException">Its key or its signature is weaker than clients take.</exception>
    // RFC 9325 §4.5: RSA keys of 2048 bits at least, no signatures with SHA-1
    public static void Strength(X509Certificate2 leaf)
    {
        using var rsa = leaf.GetRSAPublicKey();
        if (rsa is { KeySize: < MinRsaBits })
        {
            throw new CertificateException(
                CertificateFaultKind.Weak, $"Its RSA key has {rsa.KeySize} bits: have one issued for a key of {MinRsaBits} bits or more, or for an ECDSA key.");
        }

        if (WeakSignatures.TryGetValue(leaf.SignatureAlgorithm.Value ?? "", out var name))
            throw new CertificateException(CertificateFaultKind.Weak, $"It is signed with {name}: have it issued with SHA-256 or better.");
    }
}
