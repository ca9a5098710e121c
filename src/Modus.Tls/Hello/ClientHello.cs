namespace Modus.Tls;

/// <summary>What a ClientHello says that matters to us. Owns all that it holds.</summary>
/// <param name="ServerName">The name in SNI, lower case; null when there is none, or none that could be a host name.</param>
/// <param name="HighestVersion">The highest version offered that we know, as on the wire: 0x0304 is TLS 1.3.</param>
/// <param name="Ecdsa">On which curves the client takes ECDSA certificates: it has the signature scheme, the group and a cipher suite.</param>
/// <param name="Alpn">The protocols offered by ALPN (RFC 7301); empty when there are none.</param>
internal readonly record struct ClientHello(string? ServerName, ushort HighestVersion, EcdsaCurves Ecdsa, string[] Alpn)
{
    public const ushort Tls12 = 0x0303;
    public const ushort Tls13 = 0x0304;
}

/// <summary>What the bytes at the start of a connection turned out to be.</summary>
internal enum ClientHelloStatus
{
    /// <summary>Nothing wrong so far, but not all there.</summary>
    NeedMore,

    /// <summary>A whole ClientHello.</summary>
    Complete,

    /// <summary>Not TLS at all: mostly a client that speaks in clear on the wrong port.</summary>
    NotTls,

    /// <summary>An SSL 2.0 style hello (RFC 6176 forbids it).</summary>
    Ssl2,

    /// <summary>TLS, but its lengths or its order contradict each other.</summary>
    Malformed,

    /// <summary>Longer than the limit, or says that it will be.</summary>
    TooLarge,
}
