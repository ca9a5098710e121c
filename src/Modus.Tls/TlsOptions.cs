using System.Net;

namespace Modus.Tls;

/// <summary>The lowest version of TLS that is spoken.</summary>
public enum TlsVersion
{
    /// <summary>TLS 1.2 and 1.3 (RFC 8996 retires what came before).</summary>
    Tls12,

    /// <summary>TLS 1.3 alone.</summary>
    Tls13,
}

/// <summary>Whether clients are asked for a certificate.</summary>
public enum ClientCertificates
{
    /// <summary>Not asked.</summary>
    None,

    /// <summary>Asked, taken as it is, and handed to the session in <see cref="TlsSession.ClientCertificate"/>; nothing is validated here.</summary>
    Optional,
}

/// <summary>What the TLS room is told. Read once, when the first listener is built.</summary>
public sealed class TlsOptions
{
    /// <summary>The server's name: what the self-signed certificate says when no other is configured.</summary>
    public string HostName { get; set; } = Dns.GetHostName();

    /// <summary>The certificates and what each is for. None, or none that can be served at the start: a self-signed one is made in memory, with a warning in the log.</summary>
    public IList<CertificateSource> Certificates { get; } = [];

    /// <summary>The floor; a client that offers less gets the alert protocol_version. Default TLS 1.2 (RFC 8996, RFC 9325 §3.1.1).</summary>
    public TlsVersion MinimumVersion { get; set; } = TlsVersion.Tls12;

    /// <summary>From the first byte awaited to the handshake's end. Default 10 s, as Kestrel's HTTPS has it; 100 ms to 5 minutes.</summary>
    public TimeSpan HandshakeTimeout { get; set; } = TimeSpan.FromSeconds(10);

    /// <summary>
    /// How many handshakes may compute at once; one that waits for its peer does not count. Default four per core: a core does
    /// 500 to 900 full handshakes a second, so nobody waits longer than some milliseconds for a turn, and established sessions
    /// keep their share of the processor in a flood.
    /// </summary>
    public int MaxConcurrentHandshakes { get; set; } = 4 * Environment.ProcessorCount;

    /// <summary>
    /// How many handshakes one remote address (IPv6: one /64) may have under way, waiting or computing; more are closed at once.
    /// Default 50, as Postfix's smtpd_client_connection_count_limit has it.
    /// </summary>
    public int MaxHandshakesPerAddress { get; set; } = 50;

    /// <summary>Whether clients are asked for a certificate. Default no.</summary>
    public ClientCertificates ClientCertificates { get; set; } = ClientCertificates.None;

    /// <summary>
    /// The longest ClientHello that is read, in bytes with its record headers. Default 64 KB: post-quantum key shares take 2 KB,
    /// and the extensions as a whole cannot exceed 64 KB (RFC 8446 §4.1.2). 512 bytes to 128 KB, OpenSSL's own bound.
    /// </summary>
    public int MaxClientHello { get; set; } = 64 * 1024;

    /// <summary>
    /// How often the sources are read again to find a new certificate. Default 10 s: "within seconds" for whoever replaced a
    /// file, for the price of reading some kilobytes. 100 ms to a day.
    /// </summary>
    public TimeSpan ReloadInterval { get; set; } = TimeSpan.FromSeconds(10);
}
