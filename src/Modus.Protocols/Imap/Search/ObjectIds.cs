using System.Globalization;
using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>Object identifiers as clients see them (RFC 8474 §4): a letter, so that no two kinds share one, and a number.</summary>
internal static class ObjectIds
{
    private const char Email = 'M';

    public static string Format(EmailId email) => string.Create(CultureInfo.InvariantCulture, $"{Email}{email.Value}");

    /// <summary>Reads what <see cref="Format"/> writes, in the same spelling: object identifiers are compared byte by byte.</summary>
    public static bool TryReadEmail(string id, out EmailId email)
    {
        email = default;
        if (id.Length < 2 || id[0] != Email || !long.TryParse(id.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var value)) return false;
        email = new EmailId(value);
        return Format(email) == id;
    }
}
