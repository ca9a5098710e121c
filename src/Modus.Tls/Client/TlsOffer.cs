using System.Security.Authentication;

namespace Modus.Tls;

/// <summary>
/// What a client offers when it holds back some of what it can, to learn what a server has. A handshake of such an offer is always a
/// whole one. Immutable.
/// </summary>
public sealed record TlsOffer
{
    /// <summary>The versions; TLS 1.2 and 1.3 without more. Older ones are never offered (RFC 8996).</summary>
    public SslProtocols Versions { get; init; } = TlsClient.Versions;

    /// <summary>
    /// The only kind of key that the server may show; null for any. Only the cipher suites of TLS 1.2 name a kind, so that this version
    /// alone is offered then. Windows does not let a program choose: see <see cref="CanChooseKeys"/>.
    /// </summary>
    public TlsKeyKind? Key { get; init; }

    /// <summary>Whether <see cref="Key"/> works on this machine.</summary>
    public static bool CanChooseKeys => !OperatingSystem.IsWindows();
}

/// <summary>The kinds of keys that servers show.</summary>
public enum TlsKeyKind
{
    /// <summary>ECDSA.</summary>
    Ecdsa,

    /// <summary>RSA.</summary>
    Rsa,
}
