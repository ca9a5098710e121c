using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>What stands above a certificate. Only the links within a source are looked at: whom clients trust is their affair.</summary>
public static class CertificateChain
{
    // What a client would hold against a link; times are checked for themselves, and trust is not asked for.
    private const X509ChainStatusFlags Broken = X509ChainStatusFlags.NotSignatureValid
        | X509ChainStatusFlags.InvalidBasicConstraints
        | X509ChainStatusFlags.NotValidForUsage
        | X509ChainStatusFlags.InvalidNameConstraints
        | X509ChainStatusFlags.HasNotPermittedNameConstraint
        | X509ChainStatusFlags.HasExcludedNameConstraint;

    /// <summary>Puts issuer after issued, whatever the order was; what does not belong to the chain is left out.</summary>
    /// <exception cref="CertificateException">The issuer of the certificate is missing, or one did not sign what it should have.</exception>
    // RFC 8446 §4.4.2: each following certificate SHOULD directly certify the one immediately preceding it
    internal static X509Certificate2Collection Order(X509Certificate2 leaf, X509Certificate2Collection others)
    {
        var chain = new X509Certificate2Collection();
        var last = leaf;
        while (!IsSelfIssued(last) && others.FirstOrDefault(c => !chain.Contains(c) && IsIssuer(c, last)) is { } issuer)
        {
            VerifyLink(last, issuer);
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

    /// <summary>
    /// Who issued the last certificate of a chain, when that is neither in it nor among the roots that this machine trusts: right for a private
    /// root, and an intermediate that is missing otherwise. Clients know the difference, and this machine may not.
    /// </summary>
    /// <param name="certificates">The certificate and what was found with it, in any order.</param>
    /// <returns>The issuer's name; null when the chain ends as it should.</returns>
    public static string? FindUnknownIssuer(X509Certificate2Collection certificates)
    {
        ArgumentNullException.ThrowIfNull(certificates);
        // What nobody in it was issued by is the certificate itself.
        var last = certificates.FirstOrDefault(one => !certificates.Any(other => !ReferenceEquals(one, other) && IsIssuer(one, other)));
        for (var steps = 0; last is not null && !IsSelfIssued(last) && steps < certificates.Count; steps++)
        {
            if (certificates.FirstOrDefault(one => IsIssuer(one, last)) is not { } issuer) break;
            last = issuer;
        }

        return last is null || IsSelfIssued(last) || IsIssuedByKnownRoot(last) ? null : last.Issuer;
    }

    internal static bool IsSelfIssued(X509Certificate2 certificate) =>
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

    // Names and key identifiers are easily right in a mixed-up or forged file; the signature is not.
    private static void VerifyLink(X509Certificate2 issued, X509Certificate2 issuer)
    {
        using var link = new X509Chain();
        link.ChainPolicy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        link.ChainPolicy.CustomTrustStore.Add(issuer);
        link.ChainPolicy.RevocationMode = X509RevocationMode.NoCheck;
        link.ChainPolicy.DisableCertificateDownloads = true;
        link.ChainPolicy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        link.Build(issued);
        var isFound = link.ChainElements.Count > 1 && link.ChainElements[1].Certificate.RawDataMemory.Span.SequenceEqual(issuer.RawDataMemory.Span);
        var status = link.ChainStatus.Aggregate(X509ChainStatusFlags.NoError, static (all, one) => all | one.Status);
        foreach (var element in link.ChainElements) element.Certificate.Dispose();
        if (isFound && (status & Broken) == 0) return;
        throw new CertificateException(
            CertificateFaultKind.BrokenChain,
            $"The certificate {issuer.Subject} behind it did not issue {issued.Subject} ({status & Broken}): put that of the true issuer there.");
    }
}
