using Modus.Mail.Addresses;

namespace Modus.Protocols.Smtp.Parser;

/// <summary>Takes the argument of MAIL and RCPT apart: a keyword, a path, and what follows it.</summary>
internal static class PathAndParameters
{
    // "FROM:" Reverse-path [SP Mail-parameters] / "TO:" Forward-path [SP Rcpt-parameters]  (RFC 5321 §4.1.1.2, §4.1.1.3)
    public static bool TrySplit(string argument, string keyword, out string path, out string parameters)
    {
        path = parameters = "";
        if (!argument.StartsWith(keyword, StringComparison.OrdinalIgnoreCase)) return false;

        // Some clients put a space behind the colon; nothing else can be meant by it.
        var rest = argument.AsSpan(keyword.Length).TrimStart(' ');
        if (rest.IsEmpty || rest[0] != '<') return false;
        var end = FindEndOfPath(rest);
        if (end < 0) return false;

        path = rest[1..end].ToString();
        var behind = rest[(end + 1)..];
        if (!behind.IsEmpty && behind[0] != ' ') return false;
        parameters = behind.Trim(' ').ToString();
        return true;
    }

    // Path = "<" [ A-d-l ":" ] Mailbox ">" ; the source route is read over (RFC 5321 §4.1.2, appendix C)
    public static bool TryParseAddress(string path, out EmailAddress? address)
    {
        address = null;
        if (path.Length > 0 && path[0] == '@')
        {
            var colon = path.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0) return false;
            path = path[(colon + 1)..];
        }

        return EmailAddress.TryParse(path, out address);
    }

    private static int FindEndOfPath(ReadOnlySpan<char> text)
    {
        var quoted = false;
        for (var i = 1; i < text.Length; i++)
        {
            switch (text[i])
            {
                case '"':
                    quoted = !quoted;
                    break;
                case '\\' when quoted:
                    i++;
                    break;
                case '>' when !quoted:
                    return i;
            }
        }

        return -1;
    }
}
