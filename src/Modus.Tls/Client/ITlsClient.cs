using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Connections;

namespace Modus.Tls;

/// <summary>The client's side of TLS: what this server does when it connects to another. Thread-safe.</summary>
public interface ITlsClient
{
    /// <summary>
    /// Does the handshake over a connection. On <see cref="TlsClientOutcome.Encrypted"/> the connection's Transport is another one and
    /// must be closed with <see cref="CloseAsync"/>; on anything else the connection can only be closed. Nothing is thrown for what
    /// a peer does.
    /// </summary>
    ValueTask<TlsClientResult> UpgradeAsync(ConnectionContext connection, TlsClientRequest request, CancellationToken cancellationToken);

    /// <summary>Sends close_notify within a bound and gives the connection its first Transport back. Without TLS: nothing.</summary>
    ValueTask CloseAsync(ConnectionContext connection);

    /// <summary>
    /// The channel binding of a connection for SASL's -PLUS mechanisms; null in clear, or when this session or this machine cannot give it.
    /// </summary>
    byte[]? GetChannelBinding(ConnectionContext connection, TlsChannelBinding type) => null;
}

/// <summary>What is wanted of a handshake.</summary>
public sealed record TlsClientRequest
{
    /// <summary>The name that is asked for (SNI).</summary>
    public required string ServerName { get; init; }

    /// <summary>How the server is verified.</summary>
    public required TlsVerification Verification { get; init; }

    /// <summary>The certificate that is shown when the server asks for one; null for none.</summary>
    public SslStreamCertificateContext? ClientCertificate { get; init; }

    /// <summary>What is held back of what this client can; null for nothing.</summary>
    public TlsOffer? Offer { get; init; }

    /// <summary>The whole handshake's time. Default 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>How a server is verified. Immutable.</summary>
public abstract record TlsVerification
{
    private TlsVerification()
    {
    }

    /// <summary>Not at all: any certificate is taken (RFC 7435).</summary>
    public sealed record None : TlsVerification;

    /// <summary>
    /// A chain to an authority that is trusted, and one of the names in its SubjectAltName (RFC 9525); a leading <c>*.</c> in a name
    /// stands for one label.
    /// </summary>
    /// <param name="Names">The names, of which one is enough.</param>
    /// <param name="Authorities">Authorities trusted beside the system's; null for none.</param>
    public sealed record WebPki(IReadOnlyList<string> Names, X509Certificate2Collection? Authorities = null) : TlsVerification;

    /// <summary>One of these keys: SHA-256 of SubjectPublicKeyInfo, lower-case hex. Names and dates do not count.</summary>
    /// <param name="Keys">The keys, of which one is enough.</param>
    public sealed record Pin(IReadOnlyList<string> Keys) : TlsVerification;

    /// <summary>TLSA records (RFC 7672 §3.1): DANE-EE without names and dates, DANE-TA with the names.</summary>
    /// <param name="Records">The usable records; at least one.</param>
    /// <param name="Names">The names that count for DANE-TA (RFC 7672 §3.2.2).</param>
    public sealed record Dane(IReadOnlyList<TlsaRecord> Records, IReadOnlyList<string> Names) : TlsVerification;
}

/// <summary>A TLSA record (RFC 6698 §2.1).</summary>
/// <param name="Usage">2 (DANE-TA) or 3 (DANE-EE); PKIX usages are not usable for SMTP (RFC 7672 §3.1.3).</param>
/// <param name="Selector">0 whole certificate, 1 SubjectPublicKeyInfo.</param>
/// <param name="MatchingType">0 exact, 1 SHA-256, 2 SHA-512.</param>
/// <param name="Association">What must match.</param>
public sealed record TlsaRecord(byte Usage, byte Selector, byte MatchingType, ReadOnlyMemory<byte> Association);

/// <summary>How a handshake ended, told apart because each means something else for the next try.</summary>
public enum TlsClientOutcome
{
    /// <summary>Encrypted, and verified as wanted.</summary>
    Encrypted,

    /// <summary>The peer sent an alert, or something that is no TLS.</summary>
    Alert,

    /// <summary>The peer closed the connection.</summary>
    Closed,

    /// <summary>The peer did not answer in time.</summary>
    TimedOut,

    /// <summary>The handshake would have succeeded, but the peer's certificate is not what was wanted.</summary>
    NotVerified,
}

/// <summary>What came of a handshake.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Session">What was agreed on; null unless encrypted. When not verified: null.</param>
/// <param name="Reason">Why it failed, in words; null when it did not.</param>
public sealed record TlsClientResult(TlsClientOutcome Outcome, TlsClientSession? Session, string? Reason)
{
    /// <summary>What went wrong with the certificate, in the terms of RFC 8460 §4.3; null when nothing did.</summary>
    public TlsFaultType? Fault { get; init; }
}

/// <summary>The faults that TLS reports tell apart (RFC 8460 §4.3).</summary>
public enum TlsFaultType
{
    /// <summary>No certificate with the name.</summary>
    CertificateHostMismatch,

    /// <summary>Out of its time.</summary>
    CertificateExpired,

    /// <summary>No authority that is trusted.</summary>
    CertificateNotTrusted,

    /// <summary>Anything else that failed in the handshake or with the certificate.</summary>
    ValidationFailure,
}

/// <summary>What a handshake agreed on, seen from the client. Immutable.</summary>
/// <param name="Protocol">The version.</param>
/// <param name="CipherSuite">The cipher suite.</param>
/// <param name="Group">The key exchange group, such as <c>x25519</c>; null when it cannot be told.</param>
/// <param name="ServerCertificate">The server's certificate; the caller's to keep, not to dispose.</param>
/// <param name="ServerKey">SHA-256 of its SubjectPublicKeyInfo, lower-case hex.</param>
/// <param name="Verified">How it was verified.</param>
/// <param name="Resumed">True when an earlier session went on; null when that cannot be told.</param>
public sealed record TlsClientSession(
    SslProtocols Protocol,
    TlsCipherSuite CipherSuite,
    string? Group,
    X509Certificate2 ServerCertificate,
    string ServerKey,
    TlsVerification Verified,
    bool? Resumed)
{
    /// <summary>The version as the registries write it, such as <c>TLS1.3</c>.</summary>
    public string ProtocolName => TlsSession.NameOf(Protocol);
}
