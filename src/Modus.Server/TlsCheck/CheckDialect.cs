using System.Net;
using System.Net.Sockets;

namespace Modus.Server.TlsCheck;

/// <summary>How a protocol speaks of TLS in clear. Immutable.</summary>
/// <param name="Name">What it is called on the command line.</param>
/// <param name="Good">How a good greeting starts.</param>
/// <param name="Keyword">What offers TLS.</param>
/// <param name="Hello">Asks what is offered; {0} is our address as a literal.</param>
/// <param name="EndsOffer">True for the last line of what is offered.</param>
/// <param name="Start">Asks for TLS.</param>
/// <param name="EndsReply">True for the last line of a greeting or of the reply to <paramref name="Start"/>.</param>
/// <param name="Go">How the reply that lets TLS begin starts.</param>
internal sealed record CheckDialect(
    string Name, string Good, string Keyword, string Hello, Func<string, bool> EndsOffer, string Start, Func<string, bool> EndsReply, string Go)
{
    private static readonly CheckDialect Smtp = new(
        "smtp", "220", "STARTTLS", "EHLO {0}", IsLastOfSmtp, "STARTTLS", IsLastOfSmtp, "220");

    private static readonly CheckDialect Pop3 = new(
        "pop3", "+OK", "STLS", "CAPA", static line => line == "." || line.StartsWith("-ERR", StringComparison.Ordinal), "STLS", static _ => true, "+OK");

    private static readonly CheckDialect Imap = new(
        "imap", "* ", "STARTTLS", "a CAPABILITY", IsLastOfImap, "a STARTTLS", static line => IsLastOfImap(line) || line.StartsWith("* ", StringComparison.Ordinal), "a OK");

    private static readonly CheckDialect Https = new(
        "https", "", "", "HEAD / HTTP/1.0\r\n", static _ => true, "", static _ => true, "");

    /// <summary>What can be written behind <c>--protocol</c>: what is spoken, and whether TLS comes first.</summary>
    public static IReadOnlyDictionary<string, (CheckDialect Dialect, bool IsImplicit, int Port)> Known { get; } =
        new Dictionary<string, (CheckDialect, bool, int)>(StringComparer.Ordinal)
        {
            ["smtp"] = (Smtp, false, 25), ["submission"] = (Smtp, false, 587), ["smtps"] = (Smtp, true, 465),
            ["pop3"] = (Pop3, false, 110), ["pop3s"] = (Pop3, true, 995),
            ["imap"] = (Imap, false, 143), ["imaps"] = (Imap, true, 993),
            ["https"] = (Https, true, 443),
        };

    public string HelloFrom(EndPoint? own) => string.Format(null, Hello, own switch
    {
        IPEndPoint { Address: { AddressFamily: AddressFamily.InterNetworkV6, IsIPv4MappedToIPv6: false } address } => $"[IPv6:{address}]", // RFC 5321 §4.1.3
        IPEndPoint { Address: var address } => $"[{address.MapToIPv4()}]",
        _ => "[127.0.0.1]",
    });

    private static bool IsLastOfSmtp(string line) => line.Length < 4 || line[3] != '-';

    private static bool IsLastOfImap(string line) => line.StartsWith("a ", StringComparison.Ordinal);
}
