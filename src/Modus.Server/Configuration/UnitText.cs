using System.Globalization;

namespace Modus.Server.Configuration;

/// <summary>Sizes and durations as people write them.</summary>
internal static class UnitText
{
    /// <summary>Reads <c>52428800</c>, <c>50M</c>, <c>50MB</c> or <c>50MiB</c>: K, M, G are powers of 1024.</summary>
    public static bool TryParseSize(string text, out long bytes)
    {
        var (number, unit) = Split(text);
        var shift = unit.ToUpperInvariant() switch
        {
            "" or "B" => 0,
            "K" or "KB" or "KIB" => 10,
            "M" or "MB" or "MIB" => 20,
            "G" or "GB" or "GIB" => 30,
            _ => -1,
        };
        bytes = 0;
        if (shift < 0 || !long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return false;
        if (count > long.MaxValue >> shift) return false;
        bytes = count << shift;
        return true;
    }

    /// <summary>Reads <c>250ms</c>, <c>10s</c>, <c>5m</c>, <c>1h</c>. A number alone is refused: nobody knows of what.</summary>
    public static bool TryParseDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var (number, unit) = Split(text);
        if (!int.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var count)) return false;
        TimeSpan? one = unit.ToUpperInvariant() switch
        {
            "MS" => TimeSpan.FromMilliseconds(1),
            "S" => TimeSpan.FromSeconds(1),
            "M" => TimeSpan.FromMinutes(1),
            "H" => TimeSpan.FromHours(1),
            _ => null,
        };
        if (one is null) return false;
        duration = one.Value * count;
        return true;
    }

    /// <summary>The size in the greatest unit that divides it.</summary>
    public static string FormatSize(long bytes)
    {
        foreach (var (shift, unit) in new[] { (30, "G"), (20, "M"), (10, "K") })
            if (bytes != 0 && bytes % (1L << shift) == 0) return string.Create(CultureInfo.InvariantCulture, $"{bytes >> shift}{unit}");
        return bytes.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>The duration in the greatest unit that divides it.</summary>
    public static string FormatDuration(TimeSpan duration)
    {
        var milliseconds = (long)duration.TotalMilliseconds;
        foreach (var (length, unit) in new[] { (3_600_000L, "h"), (60_000L, "m"), (1_000L, "s") })
            if (milliseconds % length == 0) return string.Create(CultureInfo.InvariantCulture, $"{milliseconds / length}{unit}");
        return string.Create(CultureInfo.InvariantCulture, $"{milliseconds}ms");
    }

    private static (string Number, string Unit) Split(string text)
    {
        text = text.Trim();
        var end = 0;
        while (end < text.Length && char.IsAsciiDigit(text[end])) end++;
        return (text[..end], text[end..].Trim());
    }
}
