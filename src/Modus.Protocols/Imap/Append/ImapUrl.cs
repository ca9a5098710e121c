using System.Globalization;
using System.Text;
using System.Text.Unicode;
using Modus.Protocols.Imap.Fetch;
using Modus.Protocols.Imap.Parser;
using Modus.Storage;

namespace Modus.Protocols.Imap.Append;

/// <summary>An IMAP URL that names a message, or a part of one (RFC 5092), of this server and this account.</summary>
/// <param name="Mailbox">The mailbox; null for the selected one.</param>
/// <param name="UidValidity">Its UIDVALIDITY, if given.</param>
/// <param name="Uid">The message.</param>
/// <param name="Section">The part.</param>
/// <param name="Partial">The piece of it, if given.</param>
internal sealed record ImapUrl(MailboxName? Mailbox, UidValidity? UidValidity, Uid Uid, Section Section, Partial? Partial)
{
    private const string Scheme = "imap://";

    /// <summary>Reads a URL.</summary>
    /// <param name="text">The URL.</param>
    /// <param name="host">The name of this server.</param>
    /// <param name="user">Who is logged in.</param>
    /// <returns>Null for what is no such URL, and for mail of other servers and users.</returns>
    // [ "imap://" iserver ] "/" enc-mailbox [uidvalidity] "/" iuid ["/" isection] ["/" ipartial] ; or without the mailbox
    public static ImapUrl? Read(ReadOnlySpan<byte> text, string host, string user)
    {
        if (!Ascii.IsValid(text)) return null;
        var url = Encoding.ASCII.GetString(text);
        if (url.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase))
        {
            var path = url.IndexOf('/', Scheme.Length);
            if (path < 0 || !IsHere(url[Scheme.Length..path], host, user)) return null;
            url = url[path..];
        }

        var uidAt = FindUid(url);
        if (uidAt < 0) return null;
        MailboxName? mailbox = null;
        UidValidity? validity = null;
        if (url.StartsWith('/') && uidAt > 0 && !TryReadMailbox(url[1..uidAt], out mailbox, out validity)) return null;
        if (!url.StartsWith('/') && uidAt > 0) return null;
        return ReadMessage(url[uidAt..].TrimStart('/').Split('/'), mailbox, validity);
    }

    // iserver = [iuserinfo "@"] host [":" port] ; iuserinfo = enc-user [iauth] / [enc-user] iauth ; the port is any door of this server
    private static bool IsHere(string server, string host, string user)
    {
        var at = server.LastIndexOf('@');
        var userInfo = at < 0 ? "" : server[..at].Split(';')[0];
        if (userInfo.Length > 0 && !string.Equals(Unescape(userInfo), user, StringComparison.OrdinalIgnoreCase)) return false;
        return server[(at + 1)..].Split(':')[0].Equals(host, StringComparison.OrdinalIgnoreCase);
    }

    private static int FindUid(string url)
    {
        if (url.StartsWith(";UID=", StringComparison.OrdinalIgnoreCase)) return 0;
        return url.IndexOf("/;UID=", StringComparison.OrdinalIgnoreCase);
    }

    private static bool TryReadMailbox(string text, out MailboxName? mailbox, out UidValidity? validity)
    {
        mailbox = null;
        validity = null;
        if (text.IndexOf(";UIDVALIDITY=", StringComparison.OrdinalIgnoreCase) is var at and >= 0)
        {
            if (!uint.TryParse(text.AsSpan(at + ";UIDVALIDITY=".Length), NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;
            validity = new UidValidity(value);
            text = text[..at];
        }

        if (Unescape(text) is not { } name || !MailboxName.TryParse(name, out var parsed)) return false;
        mailbox = parsed;
        return true;
    }

    private static ImapUrl? ReadMessage(string[] parts, MailboxName? mailbox, UidValidity? validity)
    {
        Uid uid = default;
        var section = Section.Whole;
        Partial? partial = null;
        foreach (var part in parts)
        {
            var equals = part.IndexOf('=', StringComparison.Ordinal);
            var value = equals < 0 ? "" : part[(equals + 1)..];
            switch (equals < 0 ? "" : part[..equals].ToUpperInvariant())
            {
                case ";UID" when uint.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number > 0:
                    uid = new Uid(number);
                    break;
                case ";SECTION" when ReadSection(value) is { } found:
                    section = found;
                    break;
                case ";PARTIAL" when ReadPartial(value) is { } found:
                    partial = found;
                    break;
                default:
                    return null;
            }
        }

        return uid.Value == 0 ? null : new ImapUrl(mailbox, validity, uid, section, partial);
    }

    private static Section? ReadSection(string value)
    {
        if (Unescape(value) is not { } text) return null;
        var parser = new ImapParser(Encoding.UTF8.GetBytes($"[{text}]"));
        return SectionParser.Take(ref parser, partsOnly: false, out var section) && parser.IsAtEnd ? section : null;
    }

    // partial-range = number ["." nz-number]
    private static Partial? ReadPartial(string value)
    {
        var dot = value.IndexOf('.', StringComparison.Ordinal);
        if (!long.TryParse(dot < 0 ? value : value[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var first)) return null;
        var count = long.MaxValue;
        if (dot >= 0 && (!long.TryParse(value.AsSpan(dot + 1), NumberStyles.None, CultureInfo.InvariantCulture, out count) || count == 0)) return null;
        return new Partial(first, count);
    }

    // Percent-encoding (RFC 3986 §2.1) of UTF-8.
    private static string? Unescape(string text)
    {
        var bytes = new byte[text.Length];
        var length = 0;
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                bytes[length++] = (byte)text[i];
                continue;
            }

            if (i + 2 >= text.Length || !byte.TryParse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out bytes[length++])) return null;
            i += 2;
        }

        return Utf8.IsValid(bytes.AsSpan(0, length)) ? Encoding.UTF8.GetString(bytes, 0, length) : null;
    }
}
