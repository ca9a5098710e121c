using System.Formats.Asn1;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>The channel binding tls-server-end-point (RFC 5929 §4.1): the certificate, hashed as it was signed.</summary>
internal static class EndPointBinding
{
    private const string RsaPss = "1.2.840.113549.1.1.10"; // RFC 4055 §3.1: the hash is in the parameters

    /// <summary>Null where the RFC leaves it undefined: a signature without a hash of its own, such as Ed25519.</summary>
    public static byte[]? Of(X509Certificate2 certificate)
    {
        var oid = certificate.SignatureAlgorithm.Value;
        return HashFor(oid == RsaPss ? PssHash(certificate.RawDataMemory) : oid) is { } hash
            ? CryptographicOperations.HashData(hash, certificate.RawDataMemory.Span)
            : null;
    }

    // "if the certificate's signatureAlgorithm uses [...] MD5 [RFC1321] or SHA-1 [RFC3174], then use SHA-256"
    internal static HashAlgorithmName? HashFor(string? oid) => oid switch
    {
        "1.2.840.113549.1.1.4" or "1.2.840.113549.1.1.5" or "1.2.840.10045.4.1" => HashAlgorithmName.SHA256, // MD5, SHA-1
        "1.3.14.3.2.26" => HashAlgorithmName.SHA256,                                                          // SHA-1 in PSS
        "1.2.840.113549.1.1.11" or "1.2.840.10045.4.3.2" or "2.16.840.1.101.3.4.2.1" => HashAlgorithmName.SHA256,
        "1.2.840.113549.1.1.12" or "1.2.840.10045.4.3.3" or "2.16.840.1.101.3.4.2.2" => HashAlgorithmName.SHA384,
        "1.2.840.113549.1.1.13" or "1.2.840.10045.4.3.4" or "2.16.840.1.101.3.4.2.3" => HashAlgorithmName.SHA512,
        _ => null,
    };

    // Certificate ::= SEQUENCE { tbsCertificate, signatureAlgorithm SEQUENCE { oid, RSASSA-PSS-params }, signatureValue }
    // RSASSA-PSS-params ::= SEQUENCE { hashAlgorithm [0] HashAlgorithm DEFAULT sha1, .. }
    private static string PssHash(ReadOnlyMemory<byte> encoded)
    {
        const string sha1 = "1.3.14.3.2.26";
        var certificate = new AsnReader(encoded, AsnEncodingRules.DER).ReadSequence();
        certificate.ReadEncodedValue(); // tbsCertificate
        var algorithm = certificate.ReadSequence();
        algorithm.ReadObjectIdentifier();
        var parameters = algorithm.ReadSequence();
        var tag = new Asn1Tag(TagClass.ContextSpecific, 0);
        return parameters.HasData && parameters.PeekTag().HasSameClassAndValue(tag)
            ? parameters.ReadSequence(tag).ReadSequence().ReadObjectIdentifier()
            : sha1;
    }
}
