using System.Globalization;
using Modus.Mail.Addresses;

namespace Modus.Delivery.TlsReports;

/// <summary>Where reports stand among the records of the store: a prefix, the day, the domain; so they are in order.</summary>
internal static class TlsReportKeys
{
    public const string Kind = "tlsrpt";

    /// <summary>Counts that are not sent yet.</summary>
    public const string Tally = "tally/";

    /// <summary>Our reports, as they were sent.</summary>
    public const string Sent = "sent/";

    /// <summary>Others' reports.</summary>
    public const string Received = "received/";

    /// <summary>How long reports are kept to be looked at.</summary>
    public static readonly TimeSpan KeptFor = TimeSpan.FromDays(60);

    public static string Of(string prefix, DateOnly day, Domain domain) =>
        string.Create(CultureInfo.InvariantCulture, $"{prefix}{day:yyyy-MM-dd}/{domain.Name}");

    public static bool TryRead(string prefix, string key, out DateOnly day, out Domain domain)
    {
        domain = default;
        var rest = key.AsSpan(prefix.Length);
        return DateOnly.TryParseExact(rest[..Math.Min(rest.Length, 10)], "yyyy-MM-dd", CultureInfo.InvariantCulture, DateTimeStyles.None, out day)
            && rest.Length > 11
            && Domain.TryParse(rest[11..].ToString(), out domain);
    }
}
