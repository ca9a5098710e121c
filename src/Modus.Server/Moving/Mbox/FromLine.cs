using System.Globalization;
using System.Text;

namespace Modus.Server.Moving.Mbox;

/// <summary>
/// The line that begins a message in an mbox file: <c>From sender date</c> (RFC 4155 Appendix A), the date as asctime(3) writes it, with or
/// without seconds, with a zone before or behind the year or none, which is UTC.
/// </summary>
internal static class FromLine
{
    private const string Months = "JanFebMarAprMayJunJulAugSepOctNovDec";
    private const int LongestLine = 1_000; // longer than any address

    /// <summary>Reads one; false for a line of a body that only begins so.</summary>
    public static bool TryRead(ReadOnlySpan<byte> line, out DateTimeOffset date)
    {
        date = default;
        if (line.Length > LongestLine || !line.StartsWith("From "u8)) return false;
        var words = Encoding.Latin1.GetString(line[5..]).Split([' ', '\t', '\r', '\n'], StringSplitOptions.RemoveEmptyEntries);

        // The date is at the end; what is before it may have spaces.
        for (var at = words.Length - 4; at >= 0; at--)
            if (MonthOf(words[at]) is { } month && TryRead(words.AsSpan(at + 1), month, out date)) return true;
        return false;
    }

    /// <summary>Writes one; asctime(3) pads the day with a space.</summary>
    public static string Write(string sender, DateTimeOffset date)
    {
        var utc = date.ToUniversalTime();
        return string.Create(CultureInfo.InvariantCulture, $"From {sender} {utc:ddd MMM} {utc.Day,2} {utc:HH':'mm':'ss yyyy}\n");
    }

    // day time [zone] year [zone]
    private static bool TryRead(ReadOnlySpan<string> words, int month, out DateTimeOffset date)
    {
        date = default;
        if (!TryNumber(words[0], 31, out var day) || !TryTime(words[1], out var time)) return false;
        var offset = TimeSpan.Zero;
        var year = 0;
        foreach (var word in words[2..])
            if (year == 0 && word.Length == 4 && TryNumber(word, 9998, out var number)) year = number;
            else if (TryZone(word, out var zone)) offset = zone;
        if (year < 1900 || day < 1 || day > DateTime.DaysInMonth(year, month)) return false;
        date = new DateTimeOffset(new DateTime(year, month, day) + time, offset);
        return true;
    }

    private static int? MonthOf(string word) =>
        word.Length == 3 && Months.IndexOf(word, StringComparison.Ordinal) is >= 0 and var at && at % 3 == 0 ? (at / 3) + 1 : null;

    private static bool TryTime(string word, out TimeSpan time)
    {
        time = default;
        var parts = word.Split(':');
        var seconds = 0;
        if (parts.Length is not (2 or 3) || !TryNumber(parts[0], 23, out var hours) || !TryNumber(parts[1], 59, out var minutes)
            || (parts.Length == 3 && !TryNumber(parts[2], 60, out seconds))) return false;
        time = new TimeSpan(hours, minutes, Math.Min(seconds, 59)); // a leap second
        return true;
    }

    // ±hhmm; names of zones mean too many things and are taken for UTC.
    private static bool TryZone(string word, out TimeSpan zone)
    {
        zone = default;
        if (word.Length != 5 || word[0] is not ('+' or '-') || !TryNumber(word[1..3], 13, out var hours) || !TryNumber(word[3..], 59, out var minutes)) return false;
        zone = new TimeSpan(hours, minutes, 0) * (word[0] == '-' ? -1 : 1);
        return true;
    }

    private static bool TryNumber(string word, int most, out int number) =>
        int.TryParse(word, NumberStyles.None, CultureInfo.InvariantCulture, out number) && number <= most;
}
