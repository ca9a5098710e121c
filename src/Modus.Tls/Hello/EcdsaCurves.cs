using System.Formats.Asn1;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>The curves on which a client takes ECDSA certificates; of a certificate the one that its key is on, or none of these.</summary>
[Flags]
internal enum EcdsaCurves
{
    /// <summary>None that TLS 1.3 has a signature scheme for.</summary>
    None = 0,

    /// <summary>secp256r1.</summary>
    P256 = 1,

    /// <summary>secp384r1.</summary>
    P384 = 2,

    /// <summary>secp521r1.</summary>
    P521 = 4,

    All = P256 | P384 | P521,
}

/// <summary>What names a curve, in TLS and in certificates.</summary>
internal static class EcdsaCurve
{
    /// <summary>The curve of a signature scheme of TLS 1.3 (RFC 8446 §4.2.3).</summary>
    public static EcdsaCurves OfScheme(ushort scheme) => scheme switch
    {
        0x0403 => EcdsaCurves.P256, // ecdsa_secp256r1_sha256
        0x0503 => EcdsaCurves.P384, // ecdsa_secp384r1_sha384
        0x0603 => EcdsaCurves.P521, // ecdsa_secp521r1_sha512
        _ => EcdsaCurves.None,
    };

    /// <summary>The curve of a named group (RFC 8422 §5.1.1).</summary>
    public static EcdsaCurves OfGroup(ushort group) => group switch
    {
        23 => EcdsaCurves.P256,
        24 => EcdsaCurves.P384,
        25 => EcdsaCurves.P521,
        _ => EcdsaCurves.None,
    };

    /// <summary>The curve of a certificate's key (RFC 5480 §2.1.1.1).</summary>
    // ECParameters ::= CHOICE { namedCurve OBJECT IDENTIFIER, ... }
    public static EcdsaCurves Of(X509Certificate2 certificate)
    {
        if (certificate.PublicKey.EncodedParameters is not { } parameters) return EcdsaCurves.None;
        try
        {
            return AsnDecoder.ReadObjectIdentifier(parameters.RawData, AsnEncodingRules.DER, out _) switch
            {
                "1.2.840.10045.3.1.7" => EcdsaCurves.P256,
                "1.3.132.0.34" => EcdsaCurves.P384,
                "1.3.132.0.35" => EcdsaCurves.P521,
                _ => EcdsaCurves.None,
            };
        }
        catch (AsnContentException)
        {
            return EcdsaCurves.None; // parameters spelt out, which no client takes
        }
    }
}
