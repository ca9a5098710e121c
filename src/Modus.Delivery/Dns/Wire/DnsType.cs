namespace Modus.Delivery.Dns.Wire;

/// <summary>The record types that are asked for or understood.</summary>
internal enum DnsType : ushort
{
    /// <summary>IPv4 address.</summary>
    A = 1,

    /// <summary>Delegation.</summary>
    Ns = 2,

    /// <summary>Another name for a name.</summary>
    Cname = 5,

    /// <summary>Start of a zone.</summary>
    Soa = 6,

    /// <summary>Name of an address.</summary>
    Ptr = 12,

    /// <summary>Mail exchanger.</summary>
    Mx = 15,

    /// <summary>Text.</summary>
    Txt = 16,

    /// <summary>IPv6 address.</summary>
    Aaaa = 28,

    /// <summary>Where a service is (RFC 2782).</summary>
    Srv = 33,

    /// <summary>Another name for a whole tree (RFC 6672).</summary>
    Dname = 39,

    /// <summary>EDNS (RFC 6891).</summary>
    Opt = 41,

    /// <summary>Digest of a child zone's key (RFC 4034 §5).</summary>
    Ds = 43,

    /// <summary>Signature (RFC 4034 §3).</summary>
    Rrsig = 46,

    /// <summary>What is between two names (RFC 4034 §4).</summary>
    Nsec = 47,

    /// <summary>Key of a zone (RFC 4034 §2).</summary>
    Dnskey = 48,

    /// <summary>What is between two hashed names (RFC 5155).</summary>
    Nsec3 = 50,

    /// <summary>Certificate of a TLS server (RFC 6698).</summary>
    Tlsa = 52,
}
