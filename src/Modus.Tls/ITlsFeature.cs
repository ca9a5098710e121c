using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>What a listener does about TLS.</summary>
public enum TlsMode
{
    /// <summary>Never: the session may not upgrade.</summary>
    None,

    /// <summary>In clear first; the session upgrades when the client asks (STARTTLS, STLS).</summary>
    OnDemand,

    /// <summary>TLS from the first byte (RFC 8314 §3).</summary>
    Implicit,
}

/// <summary>
/// What a session knows of its connection's encryption: a connection feature set by
/// <see cref="TlsConnectionBuilderExtensions.UseModusTls"/>. Used by one session at a time.
/// </summary>
public interface ITlsFeature
{
    /// <summary>The mode of the listener.</summary>
    TlsMode Mode { get; }

    /// <summary>True once the handshake is done.</summary>
    bool IsEncrypted { get; }

    /// <summary>What was agreed on; null while in clear.</summary>
    TlsSession? Session { get; }

    /// <summary>True when the listener is <see cref="TlsMode.OnDemand"/>, still in clear, and some certificate can be served.</summary>
    bool CanUpgrade { get; }

    /// <summary>
    /// Does the server's side of the handshake. The session has read everything up to the command, has seen that no byte is
    /// buffered behind it (RFC 3207 §4.2, CVE-2011-0411), and has flushed its go-ahead. On
    /// <see cref="TlsUpgradeOutcome.Upgraded"/> the connection's Transport is another one: forget the old reader and writer,
    /// and all that was said before. On anything else the connection can only be closed.
    /// </summary>
    ValueTask<TlsUpgradeOutcome> UpgradeAsync(CancellationToken cancellationToken);

    /// <summary>
    /// The channel binding of the session for SASL's -PLUS mechanisms.
    /// </summary>
    /// <returns>Null while in clear, or when this session or this machine cannot give that type.</returns>
    byte[]? GetChannelBinding(TlsChannelBinding type);

    /// <summary>Hears that the client sent a word of X's where STARTTLS could stand.</summary>
    void OnMangledCommand()
    {
    }

    /// <summary>Hears that the client, which could have TLS, begins with mail in clear.</summary>
    void OnClearMail()
    {
    }
}

/// <summary>How an upgrade ended.</summary>
public enum TlsUpgradeOutcome
{
    /// <summary>Encrypted now.</summary>
    Upgraded,

    /// <summary>The handshake failed, was refused, or took too long.</summary>
    Failed,

    /// <summary>The peer went away.</summary>
    Closed,
}

/// <summary>Types of channel binding. tls-unique is left out: it is undefined for TLS 1.3.</summary>
public enum TlsChannelBinding
{
    /// <summary>tls-exporter (RFC 9266), with TLS 1.3 only.</summary>
    Exporter,

    /// <summary>tls-server-end-point (RFC 5929 §4): a hash of the server's certificate.</summary>
    ServerEndPoint,
}

/// <summary>What a handshake agreed on. Immutable.</summary>
/// <param name="Protocol">The version.</param>
/// <param name="CipherSuite">The cipher suite.</param>
/// <param name="ServerName">The name that the client asked for (SNI); null when it asked for none.</param>
/// <param name="ServerCertificate">Our certificate.</param>
/// <param name="ClientCertificate">The client's certificate; null when it sent none. Not validated: see <see cref="IPeerPolicy.JudgeClient"/>.</param>
/// <param name="Resumed">True when an earlier session went on; null when that cannot be told.</param>
/// <param name="Rule">The rule that chose the certificate, in words.</param>
public sealed record TlsSession(
    SslProtocols Protocol,
    TlsCipherSuite CipherSuite,
    string? ServerName,
    X509Certificate2 ServerCertificate,
    X509Certificate2? ClientCertificate,
    bool? Resumed,
    string Rule)
{
    /// <summary>The key exchange group, such as <c>x25519</c> or <c>X25519MLKEM768</c>; null when it cannot be told.</summary>
    public string? Group { get; init; }

    /// <summary>The certificates that the client sent beside its own, not validated either; not to be changed.</summary>
    public X509Certificate2Collection ClientChain { get; init; } = [];

    /// <summary>SHA-256 of the SubjectPublicKeyInfo of the client's key, lower-case hex; null when it sent no certificate.</summary>
    public string? ClientKey { get; } = ClientCertificate is null ? null : KeyPin.Of(ClientCertificate);

    /// <summary>The version as the registries write it, such as <c>TLS1.3</c>.</summary>
    public string ProtocolName => NameOf(Protocol);

    internal static string NameOf(SslProtocols protocol) => protocol switch
    {
        SslProtocols.Tls13 => "TLS1.3",
        SslProtocols.Tls12 => "TLS1.2",
        _ => protocol.ToString(),
    };
}
