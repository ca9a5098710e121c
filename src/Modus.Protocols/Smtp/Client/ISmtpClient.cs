using System.Net;
using Modus.Mail.Envelopes;
using Modus.Tls;

namespace Modus.Protocols.Smtp.Client;

/// <summary>Opens sessions with other servers. Nothing is thrown for what a peer does. Thread-safe.</summary>
public interface ISmtpClient
{
    /// <summary>
    /// One TCP connection: connects, is greeted, says EHLO (HELO where EHLO is not known), goes over to TLS and logs in as asked. What
    /// fails is told apart, and the connection is closed then; whether to come again in clear is the caller's to decide.
    /// </summary>
    /// <exception cref="OperationCanceledException">The caller gave up.</exception>
    ValueTask<SmtpOpening> OpenAsync(SmtpHop hop, CancellationToken cancellationToken);
}

/// <summary>A server to open a session with, and how.</summary>
public sealed record SmtpHop
{
    /// <summary>Where it is.</summary>
    public required IPEndPoint EndPoint { get; init; }

    /// <summary>Its name, for people.</summary>
    public required string Host { get; init; }

    /// <summary>What to do about TLS.</summary>
    public required SmtpTlsUse Tls { get; init; }

    /// <summary>The handshake that is wanted; needed unless <see cref="SmtpTlsUse.Never"/>.</summary>
    public TlsClientRequest? Handshake { get; init; }

    /// <summary>The login; null for none. It is never sent in clear.</summary>
    public SmtpLogin? Login { get; init; }

    /// <summary>Our address; null leaves it to the system.</summary>
    public IPAddress? LocalAddress { get; init; }
}

/// <summary>What to do about TLS.</summary>
public enum SmtpTlsUse
{
    /// <summary>Do not ask for it, even when it is offered.</summary>
    Never,

    /// <summary>STARTTLS when it is offered; else go on in clear.</summary>
    WhenOffered,

    /// <summary>STARTTLS, or no session.</summary>
    Required,

    /// <summary>From the first byte.</summary>
    Implicit,
}

/// <summary>A login at a server (RFC 4954).</summary>
/// <param name="Name">The name.</param>
/// <param name="Password">The password; its owner wipes it.</param>
public sealed record SmtpLogin(string Name, ReadOnlyMemory<byte> Password);

/// <summary>How opening a session ended.</summary>
public enum SmtpOpenOutcome
{
    /// <summary>There is a session.</summary>
    Ready,

    /// <summary>No TCP connection: refused, no route, or no answer in time.</summary>
    Unreachable,

    /// <summary>Connected, but closed or silent before the greeting, or before the reply to EHLO.</summary>
    NotGreeted,

    /// <summary>The greeting or EHLO was answered with 4xx or 5xx.</summary>
    Refused,

    /// <summary>STARTTLS was wanted and is not on offer.</summary>
    TlsNotOffered,

    /// <summary>STARTTLS was answered with something but 220. Not answered at all, it is as if the handshake had ended so.</summary>
    TlsRefused,

    /// <summary>The handshake ended in an alert or in garbage.</summary>
    TlsAlert,

    /// <summary>The peer closed in the handshake.</summary>
    TlsClosed,

    /// <summary>The peer was silent in the handshake.</summary>
    TlsTimedOut,

    /// <summary>The peer's certificate is not what was wanted.</summary>
    TlsNotVerified,

    /// <summary>The handshake went well and the session broke before the reply to the EHLO behind it.</summary>
    BrokenAfterTls,

    /// <summary>A login is wanted and there is no TLS, or no mechanism in common.</summary>
    LoginNotPossible,

    /// <summary>The login was refused, or the session broke at it: there is no reply then.</summary>
    LoginRefused,

    /// <summary>The answers are no SMTP: too long, no code.</summary>
    ProtocolError,
}

/// <summary>What came of opening a session.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="Session">The session when ready; the caller's to dispose.</param>
/// <param name="Reply">The reply that decided; null when none did.</param>
/// <param name="Reason">A sentence for people.</param>
/// <param name="Tls">What came of the handshake; null when none was tried.</param>
public sealed record SmtpOpening(
    SmtpOpenOutcome Outcome, ISmtpClientSession? Session, SmtpReply? Reply, string Reason, TlsClientResult? Tls)
{
    /// <summary>The keyword that stands where STARTTLS should, written over; null when there is none, or there is TLS.</summary>
    public string? Mask { get; init; }
}

/// <summary>A session with another server. Used by one at a time.</summary>
public interface ISmtpClientSession : IAsyncDisposable
{
    /// <summary>What the server calls itself in its greeting and EHLO.</summary>
    string ServerName { get; }

    /// <summary>What the server offers now.</summary>
    SmtpOffer Offer { get; }

    /// <summary>How the session is encrypted; null in clear.</summary>
    TlsClientSession? Tls { get; }

    /// <summary>Where the server is.</summary>
    IPEndPoint RemoteEndPoint { get; }

    /// <summary>Our address; null in memory.</summary>
    IPAddress? LocalAddress { get; }

    /// <summary>False once it broke or the server said that it closes (421): dispose it.</summary>
    bool IsUsable { get; }

    /// <summary>How many transactions it has had.</summary>
    int Transactions { get; }

    /// <summary>
    /// One transaction: MAIL, RCPT for each recipient, DATA or BDAT, pipelined as the server allows. The content is streamed. The
    /// session is ready for another one afterwards, unless <see cref="IsUsable"/> says no. Cancelling breaks the connection off, and the
    /// result says how far each recipient came; what <see cref="SmtpTransfer.OpenContent"/> and its stream throw passes through, after
    /// the connection was broken off.
    /// </summary>
    ValueTask<SmtpTransferResult> SendAsync(SmtpTransfer transfer, CancellationToken cancellationToken);

    /// <summary>Asks whether an idle session is still there (RSET).</summary>
    ValueTask<bool> ResetAsync(CancellationToken cancellationToken);

    /// <summary>Says QUIT and waits a short while for the reply; dispose afterwards.</summary>
    ValueTask QuitAsync(CancellationToken cancellationToken);
}

/// <summary>What a server offers (its EHLO lines).</summary>
/// <param name="Extensions">Keywords in upper case with their parameters.</param>
public sealed record SmtpOffer(IReadOnlyDictionary<string, string> Extensions)
{
    /// <summary>True when the keyword is offered.</summary>
    public bool Has(string keyword) => Extensions.ContainsKey(keyword);

    /// <summary>True when a keyword is written over with X, as firewalls do to STARTTLS.</summary>
    public bool MasksStartTls => Mask is not null;

    /// <summary>The keyword that is written over; null when none is.</summary>
    public string? Mask => Extensions.Keys.FirstOrDefault(static keyword => keyword.StartsWith("XXXX", StringComparison.Ordinal));

    /// <summary>SIZE's limit in bytes; null for none.</summary>
    public long? MaxSize => Extensions.TryGetValue("SIZE", out var text) && long.TryParse(text, out var size) && size > 0 ? size : null;
}

/// <summary>A message to send.</summary>
public sealed record SmtpTransfer
{
    /// <summary>Who it is from and to.</summary>
    public required Envelope Envelope { get; init; }

    /// <summary>How many bytes <see cref="OpenContent"/> gives.</summary>
    public required long Size { get; init; }

    /// <summary>Opens the content, CRLF lines, no dots added. Called once, when the recipients are known; disposed by the session.</summary>
    public required Func<CancellationToken, ValueTask<Stream>> OpenContent { get; init; }
}

/// <summary>How far a recipient came.</summary>
public enum SmtpStage
{
    /// <summary>Nothing was said of it.</summary>
    NotTried,

    /// <summary>At MAIL.</summary>
    Mail,

    /// <summary>At RCPT.</summary>
    Recipient,

    /// <summary>At DATA or the content.</summary>
    Content,

    /// <summary>The content was sent to its end, and the reply to it is lost: nobody knows whether the server took it.</summary>
    Unknown,

    /// <summary>The server took it.</summary>
    Taken,
}

/// <summary>What became of one recipient.</summary>
/// <param name="Recipient">The recipient.</param>
/// <param name="Stage">How far it came.</param>
/// <param name="Reply">The reply that decided; null when none came.</param>
/// <param name="Reason">A sentence for people.</param>
public sealed record SmtpRecipientResult(EnvelopeRecipient Recipient, SmtpStage Stage, SmtpReply? Reply, string Reason);

/// <summary>Why a message cannot be sent to this server as it is, before anything is said.</summary>
public enum SmtpTransferFault
{
    /// <summary>It can.</summary>
    None,

    /// <summary>It is larger than SIZE (RFC 1870 §6).</summary>
    TooLarge,

    /// <summary>An address or a header needs SMTPUTF8 (RFC 6531 §3.6).</summary>
    NeedsSmtpUtf8,

    /// <summary>It has 8-bit bytes and the server does not say 8BITMIME (RFC 6152 §3).</summary>
    NeedsEightBit,

    /// <summary>It is BINARYMIME and the server does not say so (RFC 3030 §3).</summary>
    NeedsBinary,

    /// <summary>It demands REQUIRETLS, and the server does not say so, or was not verified (RFC 8689 §2, §4.2.1).</summary>
    NeedsRequireTls,
}

/// <summary>What came of a transaction.</summary>
/// <param name="Fault">Why nothing was tried; none when something was.</param>
/// <param name="Recipients">The recipients in the order of the envelope.</param>
public sealed record SmtpTransferResult(SmtpTransferFault Fault, IReadOnlyList<SmtpRecipientResult> Recipients)
{
    /// <summary>True when DSN parameters went along: the server tells of success then, and nobody else does (RFC 3461 §5.2.2).</summary>
    public bool DsnPassedOn { get; init; }
}
