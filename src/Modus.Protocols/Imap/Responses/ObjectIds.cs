using System.Globalization;
using Modus.Storage;

namespace Modus.Protocols.Imap.Responses;

/// <summary>
/// Object identifiers on the wire (RFC 8474 §4, §5.1): a letter for the kind, so that no two kinds share one, and the store's number.
/// </summary>
internal static class ObjectIds
{
    private const char Email = 'M';

    public static string Of(MailboxId mailbox) => string.Create(CultureInfo.InvariantCulture, $"F{mailbox.Value}");

    public static string Of(EmailId email) => string.Create(CultureInfo.InvariantCulture, $"{Email}{email.Value}");

    // objectid = 1*255(ALPHA / DIGIT / "_" / "-")
    public static void Write(ImapOutput output, EmailId email)
    {
        output.Write(Email);
        output.WriteNumber(email.Value);
    }

    /// <summary>Reads what <see cref="Of(EmailId)"/> gives, in the same spelling: object identifiers are compared byte by byte.</summary>
    public static bool TryReadEmail(string id, out EmailId email)
    {
        email = default;
        if (id.Length < 2 || id[0] != Email || !long.TryParse(id.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;
        email = new EmailId(value);
        return Of(email) == id;
    }
}
