using System.Globalization;

namespace Modus.Server.Moving.Imap;

/// <summary>An account on another server, and how to get to it: always with TLS.</summary>
/// <param name="Host">The server's name, which its certificate must have.</param>
/// <param name="Port">Its port.</param>
/// <param name="IsImplicit">TLS from the first byte; else STARTTLS, without which nothing is said.</param>
/// <param name="User">The login name.</param>
/// <param name="Password">The password, or one for applications.</param>
/// <param name="Pin">SHA-256 of the certificate or of its key, which replaces its verification; null verifies it.</param>
internal sealed record ImapAccount(string Host, int Port, bool IsImplicit, string User, string Password, byte[]? Pin)
{
    public const int ImplicitPort = 993; // RFC 8314 §3.2
    public const int ClearPort = 143; // RFC 9051 §2.1

    private const string PinForm = "sha256:";

    /// <summary>Reads <c>HOST</c>, <c>HOST:PORT</c> or <c>[ADDRESS]:PORT</c>; without a port 993.</summary>
    public static bool TryParseServer(string text, out string host, out int port)
    {
        (host, port) = (text, ImplicitPort);
        var colon = text.LastIndexOf(':');
        if (text.StartsWith('['))
        {
            var end = text.IndexOf(']', StringComparison.Ordinal);
            if (end < 0) return false;
            (host, colon) = (text[1..end], end + 1 == text.Length ? -1 : colon);
        }
        else if (colon >= 0)
        {
            host = text[..colon];
        }

        return Uri.CheckHostName(host) != UriHostNameType.Unknown
            && (colon < 0 || (int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out port) && port is > 0 and <= ushort.MaxValue));
    }

    /// <summary>Reads <c>sha256:HEX</c>, with or without colons between the bytes.</summary>
    public static byte[]? ReadPin(string text)
    {
        if (!text.StartsWith(PinForm, StringComparison.OrdinalIgnoreCase)) return null;
        var hex = text[PinForm.Length..].Replace(":", "", StringComparison.Ordinal);
        return hex.Length == 64 && hex.All(char.IsAsciiHexDigit) ? Convert.FromHexString(hex) : null;
    }
}
