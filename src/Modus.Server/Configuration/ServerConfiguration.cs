using System.Net;
using Modus.Delivery.Authentication;
using Modus.Delivery.Dns;
using Modus.Delivery.Queue;
using Modus.Mail.Addresses;
using Modus.Protocols.Imap;
using Modus.Protocols.Pop3;
using Modus.Protocols.Smtp;
using Modus.Tls;

namespace Modus.Server.Configuration;

/// <summary>What the process needs to know to start. Immutable; read and checked by <see cref="ConfigurationFile"/>.</summary>
internal sealed record ServerConfiguration
{
    public required Domain Hostname { get; init; }

    public required string DataFolder { get; init; }

    public required IReadOnlyList<ListenerConfiguration> Listeners { get; init; }

    public required IReadOnlyList<CertificateConfiguration> Certificates { get; init; }

    public required TlsConfiguration Tls { get; init; }

    public required SmtpConfiguration Smtp { get; init; }

    public required Pop3Configuration Pop3 { get; init; }

    public required ImapConfiguration Imap { get; init; }

    public required LoginConfiguration Login { get; init; }

    public required DeliveryConfiguration Delivery { get; init; }

    public required AuthenticationOptions Authentication { get; init; }

    public required DnsConfiguration Dns { get; init; }

    public required QueueOptions Queue { get; init; }

    public required AutoconfigurationConfiguration Autoconfiguration { get; init; }

    public required HttpConfiguration Http { get; init; }

    public required LogConfiguration Log { get; init; }

    /// <summary>How long running sessions may go on once the server was told to stop.</summary>
    public required TimeSpan StopTimeout { get; init; }

    /// <summary>
    /// The listeners as they are opened: where a protocol's encryption is switched off, its on-demand listeners speak in
    /// clear and its implicit ones stay closed.
    /// </summary>
    public IEnumerable<ListenerConfiguration> OpenListeners =>
        from listener in Listeners
        let encrypted = IsEncrypted(listener.Protocol)
        where encrypted || listener.Tls != TlsMode.Implicit
        select encrypted ? listener : listener with { Tls = TlsMode.None, TlsOnceOn = listener.Tls };

    /// <summary>True while a protocol's encryption is switched on.</summary>
    public bool IsEncrypted(ListenerProtocol protocol) => protocol switch
    {
        ListenerProtocol.Pop3 => Pop3.Encryption,
        ListenerProtocol.Imap => Imap.Encryption,
        ListenerProtocol.Https => true,
        _ => Smtp.Encryption,
    };
}

internal enum ListenerProtocol
{
    /// <summary>SMTP between servers.</summary>
    Smtp,

    /// <summary>SMTP from mail clients (RFC 6409).</summary>
    Submission,

    /// <summary>POP3.</summary>
    Pop3,

    /// <summary>IMAP.</summary>
    Imap,

    /// <summary>HTTPS: what other servers fetch and send (MTA-STS policies, TLS reports).</summary>
    Https,
}

/// <summary>A door.</summary>
/// <param name="Protocol">What is spoken behind it.</param>
/// <param name="Addresses">The local addresses; empty for all of them.</param>
/// <param name="Port">0 lets the system choose.</param>
/// <param name="Tls">What it does about TLS.</param>
internal sealed record ListenerConfiguration(
    ListenerProtocol Protocol, IReadOnlyList<IPAddress> Addresses, int Port, TlsMode Tls)
{
    /// <summary>What it does about TLS once its protocol's encryption is switched on again; null for <see cref="Tls"/>.</summary>
    public TlsMode? TlsOnceOn { get; init; }

    /// <summary>The port by which clients come to it, which they are told; null for the one it listens on, 0: they are told of none.</summary>
    public int? PublishedPort { get; init; }

    /// <summary>Capabilities that IMAP does not offer here; empty behind every other door.</summary>
    public IReadOnlyList<string> WithoutCapabilities { get; init; } = [];
}

/// <summary>A certificate with its key, and what it is for. One of the sources is set.</summary>
internal sealed record CertificateConfiguration
{
    /// <summary>PEM: the certificate and the chain above it.</summary>
    public string? CertificateFile { get; init; }

    /// <summary>PEM: the key; null when it stands in <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; init; }

    public string? PfxFile { get; init; }

    /// <summary>Its first line opens the key or the PFX.</summary>
    public string? PasswordFile { get; init; }

    public string? StoreThumbprint { get; init; }

    public string? StoreSubject { get; init; }

    /// <summary>The local addresses it is for; empty for all of them.</summary>
    public required IReadOnlyList<IPAddress> Addresses { get; init; }

    /// <summary>The names it is for; empty for those in the certificate.</summary>
    public required IReadOnlyList<string> Names { get; init; }

    /// <summary>The protocols it is for; empty for all of them.</summary>
    public required IReadOnlyList<ListenerProtocol> Protocols { get; init; }

    /// <summary>Served when nothing else fits.</summary>
    public required bool IsDefault { get; init; }
}

/// <param name="MinimumVersion">The floor.</param>
/// <param name="HandshakeTimeout">After it a handshake is broken off.</param>
/// <param name="MaxConcurrentHandshakes">How many may compute at once.</param>
/// <param name="MaxHandshakesPerAddress">How many one remote address may have under way.</param>
/// <param name="ReloadInterval">How often the certificates are read again.</param>
internal sealed record TlsConfiguration(
    TlsVersion MinimumVersion, TimeSpan HandshakeTimeout, int MaxConcurrentHandshakes, int MaxHandshakesPerAddress, TimeSpan ReloadInterval);

/// <param name="Encryption">False: no STARTTLS, and implicit listeners stay closed.</param>
/// <param name="Limits">The bounds of the protocol.</param>
internal sealed record SmtpConfiguration(bool Encryption, SmtpLimits Limits);

/// <param name="Encryption">False: no STLS, and implicit listeners stay closed.</param>
/// <param name="InternationalHeaders">What clients without UTF8 get of messages that need it.</param>
/// <param name="Limits">The bounds of the protocol.</param>
internal sealed record Pop3Configuration(bool Encryption, InternationalHeaders InternationalHeaders, Pop3Limits Limits);

/// <param name="Encryption">False: no STARTTLS, and implicit listeners stay closed.</param>
/// <param name="WithoutCapabilities">What is offered to nobody.</param>
/// <param name="Limits">The bounds of the protocol.</param>
internal sealed record ImapConfiguration(bool Encryption, IReadOnlyList<string> WithoutCapabilities, ImapLimits Limits);

/// <summary>When logins are refused for those that failed.</summary>
internal sealed record LoginConfiguration(
    int FailuresPerAddress, TimeSpan AddressWindow, int FailuresPerAccount, TimeSpan AccountWindow);

/// <param name="Postmaster">Who reads the mail for postmaster where nobody else does; null for nobody.</param>
/// <param name="DetailSeparator">Divides a local part from a detail; null for none.</param>
/// <param name="TraceRetention">How long traces and receipts are kept.</param>
internal sealed record DeliveryConfiguration(EmailAddress? Postmaster, char? DetailSeparator, TimeSpan TraceRetention);

/// <param name="Resolvers">Who is asked; empty for those of the system.</param>
/// <param name="Timeout">How long one of them may take.</param>
/// <param name="Attempts">How often all of them are tried.</param>
/// <param name="Validation">Who validates DNSSEC.</param>
/// <param name="TrustAnchorsFile">Where the keys stand that validation begins with; null for the root's.</param>
/// <param name="TrustAnchors">The keys.</param>
/// <param name="MaxCachedAnswers">How many answers are kept.</param>
internal sealed record DnsConfiguration(
    IReadOnlyList<IPEndPoint> Resolvers,
    TimeSpan Timeout,
    int Attempts,
    DnsValidation Validation,
    string? TrustAnchorsFile,
    DnsTrustAnchors TrustAnchors,
    int MaxCachedAnswers);

/// <summary>What mail programs are told of this server.</summary>
/// <param name="IsEnabled">False: nothing, by https.</param>
/// <param name="HostName">The host that they connect to; null for the server's own.</param>
internal sealed record AutoconfigurationConfiguration(bool IsEnabled, Domain? HostName);

/// <summary>Where metrics and health are asked for.</summary>
/// <param name="Enabled">False: nowhere.</param>
/// <param name="Address">The local address.</param>
/// <param name="Port">0 lets the system choose.</param>
internal sealed record HttpConfiguration(bool Enabled, IPAddress Address, int Port);

/// <param name="Json">One JSON object a line instead of text.</param>
/// <param name="Level">The least level that is written.</param>
internal sealed record LogConfiguration(bool Json, LogLevel Level);
