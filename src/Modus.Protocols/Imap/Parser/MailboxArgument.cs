using System.Text;
using System.Text.Unicode;
using Modus.Mail.Text;
using Modus.Storage;

namespace Modus.Protocols.Imap.Parser;

/// <summary>A mailbox name on the wire. Sessions that enabled IMAP4rev2 or UTF8=ACCEPT write UTF-8, others modified UTF-7 (RFC 9051 §5.1, RFC 6855 §3).</summary>
/// <param name="Name">The name; null for one that no mailbox can have.</param>
/// <param name="Supplied">What the client wrote, when it is not the name itself but another form of it (RFC 9051 §5.1); else null.</param>
internal readonly record struct MailboxArgument(MailboxName? Name, string? Supplied)
{
    /// <summary>Takes a name; one that no mailbox can have leaves <see cref="Name"/> null, for the command to say NO.</summary>
    public static bool Take(ref ImapParser parser, bool utf8, out MailboxArgument argument)
    {
        argument = default;
        if (!parser.TakeAstring(out var bytes)) return false;
        argument = Read(bytes, utf8);
        return true;
    }

    /// <summary>The text of a name or pattern; null when it is encoded badly.</summary>
    public static string? Decode(ReadOnlySpan<byte> bytes, bool utf8)
    {
        if (!Utf8.IsValid(bytes)) return null;
        var text = Encoding.UTF8.GetString(bytes);
        if (utf8) return text;
        if (ModifiedUtf7.TryDecode(text, out var name)) return name;

        // Clients that write raw UTF-8 where they should not are understood as long as it can mean only one thing.
        return text.Contains('&', StringComparison.Ordinal) || Ascii.IsValid(text) ? null : text;
    }

    private static MailboxArgument Read(ReadOnlySpan<byte> bytes, bool utf8)
    {
        if (Decode(bytes, utf8) is not { } text) return default;

        // "foo/" asks for a name that can have inferiors (RFC 9051 §6.3.4); every name can.
        if (text.Length > 1 && text[^1] == MailboxName.Separator) text = text[..^1];
        if (!MailboxName.TryParse(text, out var name)) return default;
        return new MailboxArgument(name, UnicodeForm.ToNfc(text) == text ? null : text);
    }
}
