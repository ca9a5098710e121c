using System.Globalization;

namespace Modus.Protocols.Smtp.Responses;

/// <summary>What the server says, in one place: code, enhanced code (RFC 3463, RFC 5248) and words.</summary>
internal static class SmtpReplies
{
    public static readonly SmtpReply Ok = new(250, new(2, 0, 0), "Ok");
    public static readonly SmtpReply SenderOk = new(250, new(2, 1, 0), "Sender ok");
    public static readonly SmtpReply RecipientOk = new(250, new(2, 1, 5), "Recipient ok");
    public static readonly SmtpReply StartData = new(354, default, "End data with <CR><LF>.<CR><LF>");
    public static readonly SmtpReply ReadyForTls = new(220, new(2, 0, 0), "Ready to start TLS");
    public static readonly SmtpReply Bye = new(221, new(2, 0, 0), "Bye");
    public static readonly SmtpReply CannotVerify = new(252, new(2, 5, 0), "Cannot VRFY, but will take mail for an address of ours");
    public static readonly SmtpReply Authenticated = new(235, new(2, 7, 0), "Authentication succeeded");

    public static readonly SmtpReply Closing = new(421, new(4, 3, 2), "Service closing, try again soon");
    public static readonly SmtpReply IdleTooLong = new(421, new(4, 4, 2), "Idle for too long, closing");
    public static readonly SmtpReply TooManyFaults = new(421, new(4, 7, 0), "Too many errors, closing");
    public static readonly SmtpReply TooMuchJunk = new(421, new(4, 7, 0), "Too many commands without a message, closing");
    public static readonly SmtpReply TooManyConnections = new(421, new(4, 7, 0), "Too many connections, try again later");
    public static readonly SmtpReply TooManyTransactions = new(421, new(4, 7, 0), "Too many transactions in one session, connect again");
    public static readonly SmtpReply OurFault = new(421, new(4, 3, 0), "Internal fault, closing; please try again later");

    public static readonly SmtpReply LineTooLong = new(500, new(5, 5, 6), "Line too long");
    public static readonly SmtpReply BareLineFeed = new(500, new(5, 5, 2), "A command line must end in CRLF; closing");
    public static readonly SmtpReply UnknownCommand = new(500, new(5, 5, 1), "Command not recognized");
    public static readonly SmtpReply BadCharacters = new(500, new(5, 5, 2), "Command holds characters that it may not");
    public static readonly SmtpReply NoArgumentAllowed = new(501, new(5, 5, 4), "Command takes no argument");
    public static readonly SmtpReply HeloNeedsDomain = new(501, new(5, 5, 4), "Say your host name");
    public static readonly SmtpReply BadSenderSyntax = new(501, new(5, 1, 7), "Syntax: MAIL FROM:<address> [parameters]");
    public static readonly SmtpReply BadRecipientSyntax = new(501, new(5, 1, 3), "Syntax: RCPT TO:<address> [parameters]");
    public static readonly SmtpReply EtrnNeedsNode = new(500, new(5, 5, 4), "Syntax: ETRN domain, @domain or #queue"); // RFC 1985 §7
    public static readonly SmtpReply BadNode = new(501, new(5, 5, 4), "ETRN takes a full domain name, @domain or #queue");
    public static readonly SmtpReply BadChunkSyntax = new(501, new(5, 5, 4), "Syntax: BDAT size [LAST]");
    public static readonly SmtpReply NotImplemented = new(502, new(5, 5, 1), "Command not implemented");
    public static readonly SmtpReply NoTlsHere = new(502, new(5, 5, 1), "STARTTLS is not available here");
    public static readonly SmtpReply NoAuthHere = new(502, new(5, 5, 1), "Authentication is not available here; use the submission service");

    public static readonly SmtpReply NeedHelo = new(503, new(5, 5, 1), "Say EHLO first");
    public static readonly SmtpReply NeedMail = new(503, new(5, 5, 1), "Say MAIL first");
    public static readonly SmtpReply InTransaction = new(503, new(5, 5, 1), "Not in the middle of a transaction");
    public static readonly SmtpReply ChunksBegun = new(503, new(5, 5, 1), "Chunks were begun: only BDAT or RSET now");
    public static readonly SmtpReply BinaryNeedsChunks = new(503, new(5, 5, 1), "BODY=BINARYMIME goes by BDAT only");
    public static readonly SmtpReply AlreadyTls = new(503, new(5, 5, 1), "Encrypted already");
    public static readonly SmtpReply AlreadyAuthenticated = new(503, new(5, 5, 1), "Authenticated already");
    public static readonly SmtpReply NoRecipients = new(554, new(5, 5, 1), "No valid recipients");

    public static readonly SmtpReply TlsFirst = new(530, new(5, 7, 0), "Must issue a STARTTLS command first");
    public static readonly SmtpReply NoService = new(503, new(5, 5, 1), "No service for you here: only QUIT now"); // RFC 5321 §3.1
    public static readonly SmtpReply AuthenticationFirst = new(530, new(5, 7, 0), "Authentication required");
    public static readonly SmtpReply TlsUnavailable = new(454, new(4, 7, 0), "TLS not available for a temporary reason");
    public static readonly SmtpReply BytesBehindStartTls = new(554, new(5, 5, 0), "Bytes were sent behind STARTTLS; closing");
    public static readonly SmtpReply EncryptionForAuth = new(538, new(5, 7, 11), "Encryption required: STARTTLS first");
    public static readonly SmtpReply RequireTlsInClear = new(530, new(5, 7, 10), "REQUIRETLS needs TLS: STARTTLS first");
    public static readonly SmtpReply AuthNeedsMechanism = new(501, new(5, 5, 4), "Syntax: AUTH mechanism [initial-response]");
    public static readonly SmtpReply BadMechanism = new(504, new(5, 5, 4), "Mechanism not offered");
    public static readonly SmtpReply BadCredentials = new(535, new(5, 7, 8), "Authentication credentials invalid");
    public static readonly SmtpReply AuthTemporary = new(454, new(4, 7, 0), "Temporary authentication failure, try again later");
    public static readonly SmtpReply AuthCancelled = new(501, new(5, 7, 0), "Authentication cancelled");
    public static readonly SmtpReply AuthMalformed = new(501, new(5, 5, 2), "Malformed authentication data");
    public static readonly SmtpReply AuthLineTooLong = new(500, new(5, 5, 6), "Authentication line too long"); // RFC 4954 §4

    public static readonly SmtpReply TooManyRecipients = new(452, new(4, 5, 3), "Too many recipients");
    public static readonly SmtpReply MessageTooBig = new(552, new(5, 3, 4), "Message is larger than this server takes");
    public static readonly SmtpReply NoSpace = new(452, new(4, 3, 1), "Insufficient system storage, try again later");
    public static readonly SmtpReply TemporaryFault = new(451, new(4, 3, 0), "Could not take the message, try again later");
    public static readonly SmtpReply Loop = new(554, new(5, 4, 6), "Too many hops: this message is in a loop");
    public static readonly SmtpReply BadLineEnds = new(554, new(5, 6, 0), "Message holds a bare CR, a bare LF or a NUL; lines end in CRLF");
    public static readonly SmtpReply ContentLineTooLong = new(554, new(5, 6, 0), "Message holds a line that is too long");
    public static readonly SmtpReply SenderNeedsUtf8 = new(550, new(5, 6, 7), "Address needs SMTPUTF8"); // RFC 6531 §3.5
    public static readonly SmtpReply Utf8Needed = new(553, new(5, 6, 7), "Address needs SMTPUTF8 in MAIL"); // RFC 6531 §3.5

    public static readonly SmtpReply Help = new(
        214, new(2, 0, 0), "Commands: EHLO HELO STARTTLS AUTH MAIL RCPT DATA BDAT RSET NOOP VRFY HELP QUIT", "End of HELP");

    public static SmtpReply Greeting(string hostName) => new(220, default, $"{hostName} ESMTP Modus");

    // RFC 1985 §5.1
    public static SmtpReply QueuingStarted(string node) => new(250, new(2, 0, 0), $"OK, queuing for node {node} started");

    public static SmtpReply NoMessagesWaiting(string node) => new(251, new(2, 0, 0), $"OK, no messages waiting for node {node}");

    public static SmtpReply PendingStarted(string node) => new(252, new(2, 0, 0), $"OK, pending messages for node {node} started");

    public static SmtpReply PendingStarted(string node, long messages) =>
        new(253, new(2, 0, 0), string.Create(CultureInfo.InvariantCulture, $"OK, {messages} pending messages for node {node} started"));

    public static SmtpReply UnableToQueue(string node, string reason) =>
        new(458, new(4, 3, 0), $"Unable to queue messages for node {node}: {reason}");

    public static SmtpReply NodeNotAllowed(string node, string reason) => new(459, new(4, 7, 1), $"Node {node} not allowed: {reason}");

    // 554: RFC 5321 §3.1 for a greeting, RFC 3207 §4.1 for a session that is not secure enough; X.7.10 as in RFC 8689 §4.2.1.
    public static SmtpReply ShutOut(string rule) =>
        new(554, new(5, 7, 10), $"Encryption is demanded of you (peer rule {rule}), and this service has none");

    public static SmtpReply PeerRefused(string fault) => new(554, new(5, 7, 1), $"Command refused due to lack of security: {fault}");

    public static SmtpReply Queued(string id) => new(250, new(2, 0, 0), $"Ok: queued as {id}");

    public static SmtpReply ChunkTaken(long octets) =>
        new(250, new(2, 0, 0), string.Create(CultureInfo.InvariantCulture, $"{octets} octets received"));

    public static SmtpReply BadParameter(string what) => new(501, new(5, 5, 4), $"Bad parameter: {what}");

    public static SmtpReply UnknownParameter(string name) => new(555, new(5, 5, 4), $"Parameter not recognized: {name}");
}
