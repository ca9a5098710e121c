using System.Globalization;

namespace Modus.Protocols.Pop3.Responses;

/// <summary>What the server says, in one place, with the response codes of RFC 2449 §8.1, RFC 3206 and RFC 6856 §5.</summary>
internal static class Pop3Responses
{
    public static readonly Pop3Response Ok = Pop3Response.Ok("");
    public static readonly Pop3Response SayPassword = Pop3Response.Ok("Say PASS");
    public static readonly Pop3Response BeginTls = Pop3Response.Ok("Begin TLS", next: Pop3Next.Tls);
    public static readonly Pop3Response Utf8Mode = Pop3Response.Ok("UTF8 enabled");
    public static readonly Pop3Response Bye = Pop3Response.Ok("Bye", next: Pop3Next.Close);

    public static readonly Pop3Response Closing = Server("[SYS/TEMP] server is closing", Pop3Next.Close);
    public static readonly Pop3Response TooManyConnections = Server("[SYS/TEMP] too many connections, try again later", Pop3Next.Close);
    public static readonly Pop3Response OurFault = Server("[SYS/TEMP] internal fault, closing; please try again later", Pop3Next.Close);
    public static readonly Pop3Response TooManyFaults = Client("too many errors, closing", Pop3Next.Close);

    public static readonly Pop3Response UnknownCommand = Client("command not recognized");
    public static readonly Pop3Response BadCharacters = Client("command holds characters that it may not");
    public static readonly Pop3Response LineTooLong = Client("line too long");
    public static readonly Pop3Response BareLineFeed = Client("a command line must end in CRLF");
    public static readonly Pop3Response NoArgumentAllowed = Client("command takes no argument");
    public static readonly Pop3Response NeedsName = Client("syntax: USER name");
    public static readonly Pop3Response NeedsMechanism = Client("syntax: AUTH mechanism [initial-response]");
    public static readonly Pop3Response NeedsNumber = Client("syntax: a message number");
    public static readonly Pop3Response NeedsNumberAndLines = Client("syntax: TOP message-number lines");
    public static readonly Pop3Response LogInFirst = Client("log in first");
    public static readonly Pop3Response LoggedInAlready = Client("not after login");
    public static readonly Pop3Response UserFirst = Client("say USER first");

    public static readonly Pop3Response AlreadyTls = Client("TLS is active already");
    public static readonly Pop3Response NoTlsHere = Client("STLS is not available here");
    public static readonly Pop3Response BytesBehindStls = Client("bytes were sent behind STLS; closing", Pop3Next.Close);

    public static readonly Pop3Response TlsFirst = Login("[AUTH] no passwords in clear: use STLS first");
    public static readonly Pop3Response NoLoginHere = Login("[SYS/PERM] nobody can log in here");
    public static readonly Pop3Response BadMechanism = Login("mechanism not offered");
    public static readonly Pop3Response BadCredentials = Login("[AUTH] credentials invalid");
    public static readonly Pop3Response AuthMalformed = Login("malformed authentication data");
    public static readonly Pop3Response AuthCancelled = Login("authentication cancelled");
    public static readonly Pop3Response AuthTemporary = Login("[SYS/TEMP] cannot log in now, try again later");
    public static readonly Pop3Response InUse = Login("[IN-USE] maildrop is open in another session");
    public static readonly Pop3Response NoMaildrop = Login("[SYS/PERM] there is no maildrop");
    public static readonly Pop3Response TooManyFailedLogins = Login("[AUTH] too many failed logins, closing", Pop3Next.Close);

    public static readonly Pop3Response NoSuchMessage = Pop3Response.Error("no such message", Pop3Fault.NoSuchMessage);
    public static readonly Pop3Response NeedsUtf8 =
        Pop3Response.Error("[UTF8] the message has internationalized headers: say UTF8 before login", Pop3Fault.NoSuchMessage);
    public static readonly Pop3Response Unsayable = Pop3Response.Error(
        "[SYS/PERM] the message holds NULs or bare line ends that POP3 cannot carry; it stays as it is", Pop3Fault.NoSuchMessage);
    public static readonly Pop3Response ContentGone = Server("[SYS/PERM] the message is no longer there");
    public static readonly Pop3Response ContentDamaged = Server("[SYS/PERM] the message is damaged where it is stored");
    public static readonly Pop3Response NotDeletedNow = Server("[SYS/TEMP] some deleted messages not removed", Pop3Next.Close);
    public static readonly Pop3Response NotDeleted = Server("[SYS/PERM] some deleted messages not removed", Pop3Next.Close);

    // No timestamp in angle brackets: it would offer APOP (RFC 1939 §7), which needs passwords kept in clear.
    public static Pop3Response Greeting(string hostName) => Pop3Response.Ok($"{hostName} POP3 Modus");

    public static Pop3Response ShutOut(string rule) =>
        Server($"[SYS/PERM] encryption is demanded of you (peer rule {rule}), and this service has none", Pop3Next.Close);

    // RFC 3206 §4: a login against policy is a matter of AUTH, too.
    public static Pop3Response PeerRefused(string fault) => Login($"[AUTH] refused: {fault}", Pop3Next.Close);

    public static Pop3Response Maildrop(int messages, long size) => Ok1($"maildrop has {messages} messages ({size} octets)");

    // +OK SP nn SP mm
    public static Pop3Response Stat(int messages, long size) => Ok1($"{messages} {size}");

    public static Pop3Response Listing(int messages, long size, IPop3Body body) => Ok1($"{messages} messages ({size} octets)", body);

    public static Pop3Response ListingOne(int number, long size) => Ok1($"{number} {size}");

    public static Pop3Response UniqueIds(IPop3Body body) => Pop3Response.Ok("unique-ids follow", body);

    public static Pop3Response UniqueId(int number, uint uidValidity, uint uid) => Ok1($"{number} {uidValidity}.{uid}");

    public static Pop3Response Message(long size, IPop3Body body) => Ok1($"{size} octets", body);

    // No size: it is known when all is sent.
    public static Pop3Response Message(IPop3Body body) => Pop3Response.Ok("message follows", body);

    public static Pop3Response Top(IPop3Body body) => Pop3Response.Ok("top of message follows", body);

    public static Pop3Response MarkedDeleted(int number) => Ok1($"message {number} deleted");

    public static Pop3Response Capabilities(IPop3Body body) => Pop3Response.Ok("capability list follows", body);

    private static Pop3Response Ok1(FormattableString text, IPop3Body? body = null) =>
        Pop3Response.Ok(text.ToString(CultureInfo.InvariantCulture), body);

    private static Pop3Response Client(string text, Pop3Next next = Pop3Next.Command) => Pop3Response.Error(text, Pop3Fault.Client, next);

    private static Pop3Response Login(string text, Pop3Next next = Pop3Next.Command) => Pop3Response.Error(text, Pop3Fault.Login, next);

    private static Pop3Response Server(string text, Pop3Next next = Pop3Next.Command) => Pop3Response.Error(text, Pop3Fault.Server, next);
}
