using System.Text;
using Modus.Protocols.Imap.Parser;

namespace Modus.Server.Moving;

/// <summary>
/// The folder of a mailbox in Maildir++, as Dovecot reads it: INBOX is the root, <c>A/B</c> is <c>.A.B</c>, in modified UTF-7
/// (RFC 3501 §5.1.3). What divides or escapes there is written as Dovecot's listescape does: <c>.</c> as <c>\2e</c>.
/// </summary>
internal static class MaildirName
{
    /// <summary>Bytes that a file system takes in one name (ext4, xfs, NTFS and APFS alike).</summary>
    public const int MaxLength = 255;

    /// <summary>The folder's name below the root, empty for INBOX; null when it would be too long. Never leads out of the root.</summary>
    public static string? Of(string mailbox)
    {
        if (mailbox == "INBOX") return "";
        var name = new StringBuilder(mailbox.Length + 8);
        foreach (var level in mailbox.Split('/'))
        {
            var plain = level
                .Replace("\\", "\\5c", StringComparison.Ordinal)
                .Replace(".", "\\2e", StringComparison.Ordinal);
            name.Append('.').Append(ModifiedUtf7.Encode(plain));
        }

        return name.Length <= MaxLength ? name.ToString() : null;
    }
}
