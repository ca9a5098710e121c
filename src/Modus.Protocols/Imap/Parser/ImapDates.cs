using System.Globalization;
using System.Text;

namespace Modus.Protocols.Imap.Parser;

/// <summary>Dates as IMAP writes them (RFC 9051 §9).</summary>
internal static class ImapDates
{
    private static readonly string[] Months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

    // date = date-text / DQUOTE date-text DQUOTE ; date-text = date-day "-" date-month "-" date-year
    public static bool TakeDate(ref ImapParser parser, out DateOnly date)
    {
        date = default;
        byte[] text;
        if (parser.IsAt('"'))
        {
            if (!parser.TakeString(out text)) return false;
        }
        else
        {
            if (!parser.TakeAtom(out var atom)) return false;
            text = atom.ToArray();
        }

        return TryReadDate(Encoding.ASCII.GetString(text), out date) || parser.Fail("a date such as 1-Feb-2026");
    }

    // date-time = DQUOTE date-day-fixed "-" date-month "-" date-year SP time SP zone DQUOTE
    public static bool TakeDateTime(ref ImapParser parser, out DateTimeOffset time)
    {
        time = default;
        if (!parser.TakeString(out var bytes)) return false;
        return TryReadDateTime(Encoding.ASCII.GetString(bytes), out time) || parser.Fail("a date such as \" 1-Feb-2026 10:20:30 +0100\"");
    }

    public static string Format(DateTimeOffset time)
    {
        var zone = time.Offset;
        return string.Create(CultureInfo.InvariantCulture,
            $"{time.Day,2}-{Months[time.Month - 1]}-{time.Year:0000} {time:HH:mm:ss} {(zone < TimeSpan.Zero ? '-' : '+')}{Math.Abs(zone.Hours):00}{Math.Abs(zone.Minutes):00}");
    }

    private static bool TryReadDateTime(string text, out DateTimeOffset time)
    {
        time = default;
        var parts = text.TrimStart(' ').Split(' ');
        if (parts is not [var day, var clock, { Length: 5 } zone] || !TryReadDate(day, out var date)) return false;
        if (!TimeOnly.TryParseExact(Leapless(clock), "HH:mm:ss", CultureInfo.InvariantCulture, DateTimeStyles.None, out var hour)) return false;
        if (zone[0] is not ('+' or '-') || !int.TryParse(zone.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var digits)) return false;
        var offset = new TimeSpan(digits / 100, digits % 100, 0);
        if (digits % 100 > 59 || offset > TimeSpan.FromHours(14)) return false;
        var local = date.ToDateTime(hour);
        offset = zone[0] == '-' ? -offset : offset;
        if (local.Ticks - offset.Ticks < DateTimeOffset.MinValue.Ticks || local.Ticks - offset.Ticks > DateTimeOffset.MaxValue.Ticks) return false;
        time = new DateTimeOffset(local, offset);
        return true;
    }

    // RFC 5322 §3.3 lets a leap second be written.
    private static string Leapless(string clock) => clock.EndsWith(":60", StringComparison.Ordinal) ? clock[..^2] + "59" : clock;

    private static bool TryReadDate(string text, out DateOnly date)
    {
        date = default;
        if (text.Split('-') is not [var day, var month, { Length: 4 } year]) return false;
        var monthIndex = Array.FindIndex(Months, name => name.Equals(month, StringComparison.OrdinalIgnoreCase));
        if (monthIndex < 0 || day.Length is < 1 or > 2) return false;
        if (!int.TryParse(day, NumberStyles.None, CultureInfo.InvariantCulture, out var d) || !int.TryParse(year, NumberStyles.None, CultureInfo.InvariantCulture, out var y)) return false;
        if (y < 1 || d < 1 || d > DateTime.DaysInMonth(y, monthIndex + 1)) return false;
        date = new DateOnly(y, monthIndex + 1, d);
        return true;
    }
}
