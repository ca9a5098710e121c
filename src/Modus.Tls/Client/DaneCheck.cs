using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>TLSA records against what a server showed (RFC 7672 §3.1). One record that fits is enough; the others do no harm.</summary>
internal static class DaneCheck
{
    private const byte TrustAnchor = 2;
    private const byte EndEntity = 3;

    // A chain that ends at an anchor of its own is whole, whatever the platform misses above it.
    private const X509ChainStatusFlags AboveTheAnchor = X509ChainStatusFlags.UntrustedRoot | X509ChainStatusFlags.PartialChain;

    /// <param name="dane">What is wanted.</param>
    /// <param name="leaf">The server's certificate.</param>
    /// <param name="sent">The others that it sent, in any order.</param>
    /// <param name="newPolicy">Makes the policy that chains are built by.</param>
    /// <returns>Null when a record fits.</returns>
    public static ServerFault? Judge(
        TlsVerification.Dane dane, X509Certificate2 leaf, IReadOnlyList<X509Certificate2> sent, Func<X509ChainPolicy> newPolicy)
    {
        // RFC 7672 §3.1.1: neither names nor dates of the certificate count
        if (dane.Records.Any(record => record.Usage == EndEntity && Matches(record, leaf)))
            return null;

        ServerFault? fault = null;
        foreach (var anchor in Anchors(dane.Records, sent))
        {
            fault = JudgeChain(leaf, anchor, sent, newPolicy()) ?? NameCheck.Judge(leaf, dane.Names); // RFC 7672 §3.2.2
            if (fault is null)
                return null;
        }

        return fault ?? new ServerFault(TlsFaultType.ValidationFailure, "No TLSA record fits what the server showed.");
    }

    // RFC 7672 §3.1.2: the anchor is among what the server sends; one that is whole in its record needs not be sent.
    private static IEnumerable<X509Certificate2> Anchors(IReadOnlyList<TlsaRecord> records, IReadOnlyList<X509Certificate2> sent)
    {
        var anchors = records.Where(static record => record.Usage == TrustAnchor).ToArray();
        foreach (var certificate in sent)
        {
            if (anchors.Any(record => Matches(record, certificate)))
                yield return certificate;
        }

        foreach (var record in anchors.Where(static record => record is { Selector: 0, MatchingType: 0 }))
        {
            if (TryLoad(record.Association) is { } certificate)
                yield return certificate;
        }
    }

    private static bool Matches(TlsaRecord record, X509Certificate2 certificate)
    {
        var selected = record.Selector switch
        {
            0 => certificate.RawData,
            1 => certificate.PublicKey.ExportSubjectPublicKeyInfo(),
            _ => null,
        };
        var association = record.Association.Span;
        return selected is not null && record.MatchingType switch
        {
            0 => association.SequenceEqual(selected),
            1 => association.SequenceEqual(SHA256.HashData(selected)),
            2 => association.SequenceEqual(SHA512.HashData(selected)),
            _ => false,
        };
    }

    // The path from the leaf to the anchor must be good; the anchor itself, and what stands above it, is not part of the path (RFC 5280 §6.1).
    private static ServerFault? JudgeChain(
        X509Certificate2 leaf, X509Certificate2 anchor, IReadOnlyList<X509Certificate2> sent, X509ChainPolicy policy)
    {
        policy.TrustMode = X509ChainTrustMode.CustomRootTrust;
        policy.CustomTrustStore.Add(anchor);
        policy.ExtraStore.AddRange(sent.ToArray());
        policy.VerificationFlags = X509VerificationFlags.AllowUnknownCertificateAuthority;
        using var chain = new X509Chain { ChainPolicy = policy };
        chain.Build(leaf);
        ServerFault? fault = null;
        var isReached = false;
        foreach (var element in chain.ChainElements)
        {
            isReached |= element.Certificate.RawDataMemory.Span.SequenceEqual(anchor.RawDataMemory.Span);
            if (!isReached) fault ??= ChainFault.Of(element.ChainElementStatus, AboveTheAnchor);
            element.Certificate.Dispose();
        }

        return fault ?? (isReached
            ? null
            : new ServerFault(TlsFaultType.CertificateNotTrusted, $"The server's certificate was not issued under {anchor.Subject}, which the TLSA record names."));
    }

    private static X509Certificate2? TryLoad(ReadOnlyMemory<byte> encoded)
    {
        try
        {
            return X509CertificateLoader.LoadCertificate(encoded.Span);
        }
        catch (CryptographicException)
        {
            return null; // a record of somebody's that holds no certificate fits nothing
        }
    }
}
