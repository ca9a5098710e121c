using Modus.Delivery.OutboundTls;
using Modus.Tls;

namespace Modus.Delivery.Published;

/// <summary>What DANE says of a host. Immutable.</summary>
/// <param name="Meaning">What others make of it.</param>
/// <param name="Records">The records that can be used; those that are there, for <see cref="TlsaMeaning.NotSigned"/>.</param>
/// <param name="Names">The names that count for DANE-TA (RFC 7672 §3.2.2).</param>
/// <param name="Reason">In words.</param>
public sealed record PublishedTlsa(TlsaMeaning Meaning, IReadOnlyList<TlsaRecord> Records, IReadOnlyList<string> Names, string Reason)
{
    /// <summary>The record that a key goes by, as zone files have it: usage 3, selector 1, matching type 1 (RFC 7672 §3.1.1).</summary>
    /// <param name="host">The host.</param>
    /// <param name="port">The port.</param>
    /// <param name="keySha256">SHA-256 of its SubjectPublicKeyInfo, hex.</param>
    public static string LineOf(string host, int port, string keySha256) => $"_{port}._tcp.{host}. IN TLSA 3 1 1 {keySha256}";

    internal static PublishedTlsa From(DaneVerdict verdict) => new(
        verdict.Kind switch
        {
            DaneKind.Verify => TlsaMeaning.Verify,
            DaneKind.Encrypt => TlsaMeaning.Unusable,
            DaneKind.Unusable => TlsaMeaning.Unknown,
            _ => TlsaMeaning.Nothing,
        },
        verdict.Records,
        verdict.Names,
        verdict.Reason);
}

/// <summary>What others make of the TLSA records of a host.</summary>
public enum TlsaMeaning
{
    /// <summary>There are none.</summary>
    Nothing,

    /// <summary>There are some, and no signature proves them: nobody heeds them.</summary>
    NotSigned,

    /// <summary>The server must have one of these keys.</summary>
    Verify,

    /// <summary>There are some, signed, of which none can be used: TLS is a must, and verified by nothing (RFC 7672 §2.2).</summary>
    Unusable,

    /// <summary>Nothing can be told from here: our own resolvers are of no use.</summary>
    Untold,

    /// <summary>The DNS does not say, or what it says is bogus: those who heed DANE do not deliver now (RFC 7672 §2.1.2).</summary>
    Unknown,
}
