using System.Globalization;
using Modus.Storage;

namespace Modus.Protocols.Imap.Responses;

/// <summary>Object identifiers (RFC 8474 §4, §5.1): a letter for the kind, and the store's number.</summary>
internal static class ObjectIds
{
    public static string Of(MailboxId mailbox) => string.Create(CultureInfo.InvariantCulture, $"F{mailbox.Value}");

    public static string Of(EmailId email) => string.Create(CultureInfo.InvariantCulture, $"M{email.Value}");
}
