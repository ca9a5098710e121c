using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>Is a certificate complete enough to serve? Throws the first reason why not.</summary>
internal static class CertificateCheck
{
    private const string ServerAuthentication = "1.3.6.1.5.5.7.3.1"; // RFC 5280 §4.2.1.12, and anyExtendedKeyUsage
    private const string AnyUsage = "2.5.29.37.0";

    /// <exception cref="CertificateException">It is not.</exception>
    public static void Validity(X509Certificate2 leaf, DateTimeOffset now)
    {
        if (now >= leaf.NotAfter)
            throw new CertificateException(CertificateFaultKind.Expired, $"It expired at {leaf.NotAfter.ToUniversalTime():u}: renew it.");
        if (now < leaf.NotBefore)
            throw new CertificateException(
                CertificateFaultKind.NotYetValid, $"It is valid from {leaf.NotBefore.ToUniversalTime():u} on: check the clock, or wait.");
    }

    /// <exception cref="CertificateException">It has an extended key usage that leaves servers out.</exception>
    public static void Usage(X509Certificate2 leaf)
    {
        var usage = leaf.Extensions.OfType<X509EnhancedKeyUsageExtension>().FirstOrDefault();
        if (usage is null || usage.EnhancedKeyUsages.Cast<System.Security.Cryptography.Oid>()
            .Any(static oid => oid.Value is ServerAuthentication or AnyUsage))
            return;
        throw new CertificateException(
            CertificateFaultKind.NotForServers, "Its extended key usage leaves out TLS servers: have it issued with serverAuth.");
    }

    /// <summary>The names that it is served for.</summary>
    /// <exception cref="CertificateException">It has none, or none of those configured.</exception>
    public static IReadOnlyList<string> Names(X509Certificate2 leaf, IEnumerable<string> configured)
    {
        var own = HostNames.Of(leaf);
        var hasNames = leaf.Extensions.OfType<X509SubjectAlternativeNameExtension>()
            .Any(static e => e.EnumerateDnsNames().Any() || e.EnumerateIPAddresses().Any());
        if (!hasNames)
            throw new CertificateException(
                CertificateFaultKind.NoNames, "It has no subject alternative name, and clients look nowhere else: have it issued with one.");
        var wanted = configured.Select(HostNames.Normalize).ToArray();
        if (wanted.Length > 0 && !wanted.Any(name => own.Any(pattern => HostNames.Covers(pattern, name))))
            throw new CertificateException(
                CertificateFaultKind.NameMismatch, $"It is for {string.Join(", ", own)}, but configured for {string.Join(", ", wanted)}.");
        return wanted.Length > 0 ? wanted : own;
    }

    /// <summary>Puts issuer after issued, whatever the order was; what does not belong to the chain is left out.</summary>
    /// <exception cref="CertificateException">The issuer of the certificate is missing.</exception>
    // RFC 8446 §4.4.2: each following certificate SHOULD directly certify the one immediately preceding it
    public static X509Certificate2Collection Chain(X509Certificate2 leaf, X509Certificate2Collection others)
    {
        var chain = new X509Certificate2Collection();
        var last = leaf;
        while (!IsSelfIssued(last) && others.FirstOrDefault(c => !chain.Contains(c) && IsIssuer(c, last)) is { } issuer)
        {
            chain.Add(issuer);
            last = issuer;
        }

        if (chain.Count > 0 || IsSelfIssued(leaf) || IsIssuedByKnownRoot(leaf))
            return chain;
        if (others.Count > 0)
            throw new CertificateException(
                CertificateFaultKind.MissingIntermediate,
                $"The certificates with it do not belong to it: put that of its issuer, {leaf.Issuer}, behind it.");
        // A leaf alone is right when a private root issued it; one that says where its issuer is to be fetched expects more.
        if (leaf.Extensions.OfType<X509AuthorityInformationAccessExtension>().Any(static e => e.EnumerateCAIssuersUris().Any()))
            throw new CertificateException(
                CertificateFaultKind.MissingIntermediate, $"The certificate of its issuer, {leaf.Issuer}, is missing: put it behind it.");
        return chain;
    }

    private static bool IsSelfIssued(X509Certificate2 certificate) =>
        certificate.SubjectName.RawData.AsSpan().SequenceEqual(certificate.IssuerName.RawData);

    private static bool IsIssuer(X509Certificate2 issuer, X509Certificate2 issued)
    {
        if (!issuer.SubjectName.RawData.AsSpan().SequenceEqual(issued.IssuerName.RawData))
            return false;
        var wanted = issued.Extensions.OfType<X509AuthorityKeyIdentifierExtension>().FirstOrDefault()?.KeyIdentifier;
        var actual = issuer.Extensions.OfType<X509SubjectKeyIdentifierExtension>().FirstOrDefault()?.SubjectKeyIdentifierBytes;
        return wanted is null || actual is null || wanted.Value.Span.SequenceEqual(actual.Value.Span);
    }

    private static bool IsIssuedByKnownRoot(X509Certificate2 leaf)
    {
        using var roots = new X509Store(StoreName.Root, StoreLocation.LocalMachine, OpenFlags.ReadOnly);
        return roots.Certificates.Any(root => IsIssuer(root, leaf));
    }
}
