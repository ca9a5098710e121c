using System.Globalization;

namespace Modus.Protocols.Imap.Search;

/// <summary>
/// The Date field of a message (RFC 5322 §3.3 with §4.3), read as generously as RFC 5256 §2.2 wants: a wrong zone is UTC, a wrong
/// time midnight.
/// </summary>
/// <param name="Day">The day in the zone of the sender.</param>
/// <param name="Moment">The moment.</param>
internal readonly record struct SentDate(DateOnly Day, DateTimeOffset Moment)
{
    private static readonly string[] Months = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

    // RFC 5322 §4.3; the military letters mean nothing reliable and are UTC.
    private static readonly Dictionary<string, int> Zones = new(StringComparer.OrdinalIgnoreCase)
    {
        ["EST"] = -5, ["EDT"] = -4, ["CST"] = -6, ["CDT"] = -5, ["MST"] = -7, ["MDT"] = -6, ["PST"] = -8, ["PDT"] = -7,
    };

    /// <summary>Reads a field.</summary>
    /// <returns>False when no day can be found in it.</returns>
    public static bool TryRead(string? field, out SentDate date)
    {
        date = default;
        if (field is null) return false;
        var words = Words(field);
        for (var i = 0; i + 2 < words.Count; i++)
        {
            if (!TryReadDay(words[i], words[i + 1], words[i + 2], out var day)) continue;
            var time = i + 3 < words.Count && TryReadTime(words[i + 3], out var read) ? read : (TimeOnly?)null;
            var zone = time is not null && i + 4 < words.Count ? ReadZone(words[i + 4]) : TimeSpan.Zero;
            date = new SentDate(day, ToMoment(day, time ?? TimeOnly.MinValue, zone));
            return true;
        }

        return false;
    }

    // Words without comments; a comma separates as white space does. A date is not longer than a few of them.
    private static List<string> Words(string field)
    {
        const int most = 12;
        var words = new List<string>(7);
        var (depth, start) = (0, -1);
        for (var i = 0; i <= field.Length && words.Count < most; i++)
        {
            var c = i < field.Length ? field[i] : ' ';
            var isWord = depth == 0 && c is not (' ' or '\t' or ',' or '(' or ')');
            if (isWord && start < 0) start = i;
            if (!isWord && start >= 0)
            {
                words.Add(field[start..i]);
                start = -1;
            }

            if (c == '(') depth++;
            else if (c == ')' && depth > 0) depth--;
        }

        return words;
    }

    private static bool TryReadDay(string day, string month, string year, out DateOnly date)
    {
        date = default;
        if (day.Length > 2 || year.Length is < 2 or > 4 || month.Length < 3) return false;
        if (!int.TryParse(day, NumberStyles.None, CultureInfo.InvariantCulture, out var d)) return false;
        if (!int.TryParse(year, NumberStyles.None, CultureInfo.InvariantCulture, out var y)) return false;
        var m = Array.FindIndex(Months, name => month.AsSpan(0, 3).Equals(name, StringComparison.OrdinalIgnoreCase)) + 1;
        y += year.Length switch { 2 when y < 50 => 2000, 2 or 3 => 1900, _ => 0 };
        if (m == 0 || y < 1 || d < 1 || d > DateTime.DaysInMonth(y, m)) return false;
        date = new DateOnly(y, m, d);
        return true;
    }

    // hour ":" minute [":" second]; a leap second counts as the one before it.
    private static bool TryReadTime(string text, out TimeOnly time)
    {
        time = default;
        var parts = text.Split(':');
        if (parts.Length is < 2 or > 3) return false;
        Span<int> numbers = stackalloc int[3];
        for (var i = 0; i < parts.Length; i++)
            if (!int.TryParse(parts[i], NumberStyles.None, CultureInfo.InvariantCulture, out numbers[i])) return false;
        if (numbers[0] > 23 || numbers[1] > 59 || numbers[2] > 60) return false;
        time = new TimeOnly(numbers[0], numbers[1], Math.Min(numbers[2], 59));
        return true;
    }

    private static TimeSpan ReadZone(string text)
    {
        if (Zones.TryGetValue(text, out var hours)) return TimeSpan.FromHours(hours);
        if (text.Length != 5 || text[0] is not ('+' or '-')) return TimeSpan.Zero;
        if (!int.TryParse(text.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var digits) || digits % 100 > 59) return TimeSpan.Zero;
        var offset = new TimeSpan(digits / 100, digits % 100, 0);
        if (offset > TimeSpan.FromHours(14)) return TimeSpan.Zero;
        return text[0] == '-' ? -offset : offset;
    }

    private static DateTimeOffset ToMoment(DateOnly day, TimeOnly time, TimeSpan zone)
    {
        var ticks = day.ToDateTime(time).Ticks - zone.Ticks;
        return new DateTimeOffset(Math.Clamp(ticks, DateTimeOffset.MinValue.Ticks, DateTimeOffset.MaxValue.Ticks), TimeSpan.Zero);
    }
}
