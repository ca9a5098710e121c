using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Testing.Smtp;

/// <summary>How a server behaves about being connected to.</summary>
public enum PeerDoor
{
    /// <summary>Takes the connection.</summary>
    Open,

    /// <summary>Refuses it, as where nobody listens.</summary>
    Refused,

    /// <summary>Never answers: the client's time runs out. In memory only.</summary>
    Silent,
}

/// <summary>How a server behaves about STARTTLS.</summary>
public enum PeerTls
{
    /// <summary>Does not offer it, and answers 502.</summary>
    NotOffered,

    /// <summary>Offers it and does it.</summary>
    Works,

    /// <summary>TLS from the first byte.</summary>
    Implicit,

    /// <summary>The keyword is written over with X, as by a firewall; the command is answered 500.</summary>
    Masked,

    /// <summary>Offers it and answers 454 4.7.0.</summary>
    RefusedForNow,

    /// <summary>Offers it and answers 554 5.7.3.</summary>
    RefusedForGood,

    /// <summary>Offers it and closes in place of an answer.</summary>
    DropsAtCommand,

    /// <summary>Says 220 and closes.</summary>
    DropsInHandshake,

    /// <summary>Says 220 and then nothing.</summary>
    HangsInHandshake,

    /// <summary>Says 220 and sends the alert handshake_failure.</summary>
    Alerts,

    /// <summary>Says 220 and then goes on in clear.</summary>
    SaysGarbage,

    /// <summary>Sends a reply to EHLO behind its 220, to be taken for an encrypted one.</summary>
    Injects,

    /// <summary>Does the handshake and closes.</summary>
    ClosesAfterHandshake,

    /// <summary>Does the handshake and then nothing.</summary>
    HangsAfterHandshake,
}

/// <summary>
/// How one connection of a <see cref="ScriptedSmtpServer"/> goes. As it is made, a server that takes everything and offers the usual
/// extensions; change what shall be otherwise:
/// <code>
/// new ScriptedPeer { Tls = PeerTls.Alerts }                                   // breaks in the handshake
/// new ScriptedPeer { DemandsTls = true }                                      // 530 5.7.0 to MAIL in clear
/// new ScriptedPeer { Answer = said => said.Line == "RCPT TO:&lt;b@x.test&gt;" ? "550 5.1.1 no" : null }
/// new ScriptedPeer { Answer = said => said.Verb == "DATA" ? ScriptedPeer.Drop : null }
/// new ScriptedPeer { AnswerContent = _ => ScriptedPeer.Drop }                     // the reply to the final dot is lost
/// </code>
/// </summary>
public sealed record ScriptedPeer
{
    /// <summary>In place of a reply: the connection is closed.</summary>
    public const string Drop = "(drop)";

    /// <summary>In place of a reply: the connection breaks as by a reset.</summary>
    public const string Reset = "(reset)";

    /// <summary>In place of a reply: nothing, ever.</summary>
    public const string Silence = "(silence)";

    /// <summary>In place of a reply: lines of a 250 reply without an end.</summary>
    public const string EndlessLines = "(endless lines)";

    /// <summary>In place of a reply: one line without an end.</summary>
    public const string EndlessLine = "(endless line)";

    /// <summary>About being connected to.</summary>
    public PeerDoor Door { get; init; }

    /// <summary>The host name that it calls itself.</summary>
    public string Name { get; init; } = "mx.peer.test";

    /// <summary>The greeting; one of the words above is possible.</summary>
    public string? Greeting { get; init; }

    /// <summary>EHLO lines beside STARTTLS and AUTH, in clear and in TLS.</summary>
    public IReadOnlyList<string> Offers { get; init; } =
        ["PIPELINING", "8BITMIME", "SMTPUTF8", "SIZE 10000000", "DSN", "ENHANCEDSTATUSCODES", "CHUNKING"];

    /// <summary>EHLO lines that are there in TLS alone.</summary>
    public IReadOnlyList<string> OffersInTls { get; init; } = [];

    /// <summary>About TLS.</summary>
    public PeerTls Tls { get; init; }

    /// <summary>What it shows in the handshake; a self-signed one for <see cref="Name"/> when null.</summary>
    public X509Certificate2? Certificate { get; init; }

    /// <summary>What it sends behind that.</summary>
    public IReadOnlyList<X509Certificate2> Chain { get; init; } = [];

    /// <summary>The versions that it speaks.</summary>
    public SslProtocols Versions { get; init; } = SslProtocols.Tls12 | SslProtocols.Tls13;

    /// <summary>Asks the client for a certificate; see <see cref="SmtpVisit.ClientCertificate"/>.</summary>
    public bool AsksForCertificate { get; init; }

    /// <summary>Answers 530 5.7.0 to MAIL and AUTH in clear.</summary>
    public bool DemandsTls { get; init; }

    /// <summary>Logins, name and password; with any, AUTH PLAIN LOGIN is offered in TLS and MAIL wants one.</summary>
    public IReadOnlyDictionary<string, string>? Accounts { get; init; }

    /// <summary>Answers a command otherwise than usual: a reply (lines parted by \r\n), one of the words above, or null for the usual.</summary>
    public Func<SmtpSaid, string?>? Answer { get; init; }

    /// <summary>Answers the whole content otherwise than 250; as <see cref="Answer"/>. Null takes it.</summary>
    public Func<SmtpReceived, string?>? AnswerContent { get; init; }

    /// <summary>After so many bytes of content it says <see cref="EarlyAnswer"/> and reads no more.</summary>
    public long? StopsReadingAfter { get; init; }

    /// <summary>See <see cref="StopsReadingAfter"/>.</summary>
    public string EarlyAnswer { get; init; } = "552 5.3.4 too much";

    /// <summary>Replies go out one byte at a time.</summary>
    public bool IsDripping { get; init; }

    /// <summary>The pause between two bytes when dripping, by the server's clock; none by default.</summary>
    public TimeSpan DripPause { get; init; }
}

/// <summary>A command that a client said.</summary>
/// <param name="Line">The line.</param>
/// <param name="IsEncrypted">Whether it came in TLS.</param>
/// <param name="Transaction">Which transaction of the connection it belongs to; the first is 1, before it is 0.</param>
public sealed record SmtpSaid(string Line, bool IsEncrypted, int Transaction)
{
    /// <summary>The first word, upper case.</summary>
    public string Verb => Line.Split(' ', 2)[0].ToUpperInvariant();
}

/// <summary>A message that a client sent to its end.</summary>
/// <param name="MailLine">The MAIL command.</param>
/// <param name="RcptLines">The RCPT commands that were accepted.</param>
/// <param name="Content">The content, dots undone.</param>
/// <param name="IsEncrypted">Whether it came in TLS.</param>
/// <param name="Visit">The connection it came by.</param>
public sealed record SmtpReceived(string MailLine, IReadOnlyList<string> RcptLines, byte[] Content, bool IsEncrypted, SmtpVisit Visit)
{
    /// <summary>The content as text.</summary>
    public string Text => System.Text.Encoding.UTF8.GetString(Content);
}
