using System.Globalization;

namespace Modus.Mail;

/// <summary>Dates in the form of RFC 5322 §3.3, such as <c>Mon, 23 Nov 2026 23:18:09 +0000</c>.</summary>
public static class MailDate
{
    /// <summary>Formats a moment, to the second, with its own offset.</summary>
    public static string Format(DateTimeOffset moment)
    {
        var zone = moment.Offset < TimeSpan.Zero ? '-' : '+';
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{moment:ddd, d MMM yyyy HH:mm:ss} {zone}{moment.Offset:hhmm}");
    }
}
