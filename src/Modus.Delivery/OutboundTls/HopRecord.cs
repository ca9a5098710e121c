namespace Modus.Delivery.OutboundTls;

/// <summary>What is remembered of a next hop and TLS. Immutable.</summary>
public sealed record HopRecord
{
    /// <summary>Which one: <c>host:port</c>, lower case.</summary>
    public required string Hop { get; init; }

    /// <summary>What is known.</summary>
    public HopState State { get; init; }

    /// <summary>When it was first spoken to.</summary>
    public required DateTimeOffset FirstSeen { get; init; }

    /// <summary>When it was last spoken to.</summary>
    public required DateTimeOffset LastSeen { get; init; }

    /// <summary>Sessions with it.</summary>
    public long Sessions { get; init; }

    /// <summary>How many of them were encrypted.</summary>
    public long Encrypted { get; init; }

    /// <summary>On how many days (UTC) it spoke TLS.</summary>
    public int TlsDays { get; init; }

    /// <summary>When it first spoke TLS; null for never.</summary>
    public DateTimeOffset? TlsFirst { get; init; }

    /// <summary>When it last spoke TLS; null for never.</summary>
    public DateTimeOffset? TlsLast { get; init; }

    /// <summary>The version then, such as <c>TLS1.3</c>.</summary>
    public string? Protocol { get; init; }

    /// <summary>The cipher suite then.</summary>
    public string? CipherSuite { get; init; }

    /// <summary>The key exchange group then.</summary>
    public string? Group { get; init; }

    /// <summary>SHA-256 of the key that it showed then (SubjectPublicKeyInfo), lower-case hex.</summary>
    public string? PeerKey { get; init; }

    /// <summary>Who had issued the certificate that it showed then; null for a record of before this was kept.</summary>
    public string? Issuer { get; init; }

    /// <summary>Since when it is that one.</summary>
    public DateTimeOffset? IssuerSince { get; init; }

    /// <summary>How TLS broke the last time; null when it never did.</summary>
    public TlsBreak? Break { get; init; }

    /// <summary>The same in words.</summary>
    public string? BreakText { get; init; }

    /// <summary>When.</summary>
    public DateTimeOffset? BrokenAt { get; init; }

    /// <summary>How often TLS broke since it last worked.</summary>
    public int Breaks { get; init; }

    /// <summary>Until when TLS is not tried; meant for <see cref="HopState.Broken"/>.</summary>
    public DateTimeOffset? BrokenUntil { get; init; }

    /// <summary>The key that an administrator pinned; null for none. No other one is taken then, and nothing goes in clear.</summary>
    public string? PinnedKey { get; init; }

    /// <summary>When it last came without TLS although it always had it; null for never.</summary>
    public DateTimeOffset? DowngradedAt { get; init; }
}

/// <summary>What is known of a next hop and TLS.</summary>
public enum HopState
{
    /// <summary>Nothing yet.</summary>
    Unknown,

    /// <summary>It spoke TLS the last time.</summary>
    Tls,

    /// <summary>It did not offer TLS the last time. When it does, it is used: asking costs nothing.</summary>
    NoOffer,

    /// <summary>TLS broke, and the mail got through in clear: not tried again for a time, which would cost a connection each.</summary>
    Broken,
}

/// <summary>The ways in which TLS breaks, told apart because each has another cause.</summary>
public enum TlsBreak
{
    /// <summary>STARTTLS was answered with something but 220.</summary>
    Refused,

    /// <summary>An alert, or something that is no TLS.</summary>
    Alert,

    /// <summary>Closed in the handshake.</summary>
    Closed,

    /// <summary>Silent in the handshake.</summary>
    TimedOut,

    /// <summary>The handshake went well, and the session broke behind it.</summary>
    Afterwards,
}
