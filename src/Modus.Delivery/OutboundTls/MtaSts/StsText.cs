using System.Buffers;
using System.Globalization;
using System.Text;
using Modus.Mail.Addresses;

namespace Modus.Delivery.OutboundTls.MtaSts;

/// <summary>The two texts of MTA-STS: the TXT record that announces a policy, and the policy.</summary>
internal static class StsText
{
    /// <summary>The longest policy that is read (RFC 8461 §3.3).</summary>
    public const int MaxPolicy = 64 * 1024;

    private const string RecordVersion = "v=STSv1";

    /// <summary>RFC 8461 §3.2: a year.</summary>
    public static readonly TimeSpan LongestMaxAge = TimeSpan.FromSeconds(31_557_600);

    private static readonly char[] Blanks = [' ', '\t'];
    private static readonly SearchValues<char> Alphanumerics =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");

    /// <summary>The id that the TXT records announce; null unless exactly one of them announces a policy, and properly.</summary>
    public static string? FindId(IEnumerable<string> records)
    {
        var announcing = records.Where(IsAnnouncement).Take(2).ToList();
        return announcing.Count == 1 ? ReadId(announcing[0]) : null;
    }

    /// <summary>Reads a policy (RFC 8461 §3.2).</summary>
    /// <returns>The policy, or what is wrong with it.</returns>
    public static (StsPolicy? Policy, string? Fault) Parse(string id, ReadOnlySpan<byte> text)
    {
        if (!System.Text.Unicode.Utf8.IsValid(text)) return (null, "the policy is not UTF-8");
        var lines = Encoding.UTF8.GetString(text).Split('\n').Select(static line => line.EndsWith('\r') ? line[..^1] : line).ToList();
        while (lines.Count > 0 && lines[^1].Trim(Blanks).Length == 0) lines.RemoveAt(lines.Count - 1);

        string? version = null, mode = null, age = null;
        var patterns = new List<string>();
        foreach (var line in lines)
        {
            // sts-policy-field-name ":" *WSP value *WSP
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon < 0 || !IsFieldName(line.AsSpan(0, colon))) return (null, $"'{Shorten(line)}' is no line of a policy");
            var value = line[(colon + 1)..].Trim(Blanks);
            switch (line[..colon])
            {
                case "version": version ??= value; break; // of repeated fields the first counts
                case "mode": mode ??= value; break;
                case "max_age": age ??= value; break;
                case "mx":
                    if (!TryReadPattern(value, out var pattern)) return (null, $"'{Shorten(value)}' is no mx pattern");
                    patterns.Add(pattern);
                    break;
            }
        }

        if (version != "STSv1") return (null, "there is no version STSv1");
        if (ToMode(mode) is not { } wanted) return (null, "there is no mode of enforce, testing and none");
        if (age is not { Length: >= 1 and <= 10 } || !ulong.TryParse(age, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds))
            return (null, "there is no max_age");
        if (patterns.Count == 0 && wanted != StsMode.None) return (null, "there is no mx");
        var maxAge = TimeSpan.FromSeconds(Math.Min(seconds, (ulong)LongestMaxAge.TotalSeconds));
        return (new StsPolicy(id, wanted, patterns, maxAge, lines), null);
    }

    /// <summary>The lines of a policy.</summary>
    public static IReadOnlyList<string> Format(StsMode mode, IEnumerable<string> patterns, TimeSpan maxAge) =>
    [
        "version: STSv1",
        $"mode: {ToWord(mode)}",
        .. patterns.Select(static pattern => $"mx: {pattern}"),
        string.Create(CultureInfo.InvariantCulture, $"max_age: {(long)maxAge.TotalSeconds}"),
    ];

    public static string ToWord(StsMode mode) => mode switch
    {
        StsMode.Enforce => "enforce",
        StsMode.Testing => "testing",
        _ => "none",
    };

    public static StsMode? ToMode(string? word) => word switch
    {
        "enforce" => StsMode.Enforce,
        "testing" => StsMode.Testing,
        "none" => StsMode.None,
        _ => null,
    };

    /// <summary>A host, or a wildcard for one label; brought into A-labels and lower case.</summary>
    public static bool TryReadPattern(string text, out string pattern)
    {
        var isWildcard = text.StartsWith("*.", StringComparison.Ordinal);
        pattern = "";
        if (!Domain.TryParse(isWildcard ? text[2..] : text, out var domain)) return false;
        pattern = isWildcard ? "*." + domain.Name : domain.Name;
        return true;
    }

    // Records that begin otherwise are discarded first (RFC 8461 §3.1).
    private static bool IsAnnouncement(string record) =>
        record.StartsWith(RecordVersion, StringComparison.Ordinal) && record[RecordVersion.Length..].TrimStart(Blanks).StartsWith(';');

    // sts-version 1*(*WSP ";" *WSP sts-field) [*WSP ";" *WSP]
    private static string? ReadId(string record)
    {
        string? id = null;
        var fields = record.Split(';');
        for (var index = 1; index < fields.Length; index++)
        {
            var field = fields[index].Trim(Blanks);
            if (field.Length == 0 && index == fields.Length - 1) break;
            var equals = field.IndexOf('=', StringComparison.Ordinal);
            if (equals < 0 || !IsFieldName(field.AsSpan(0, equals))) return null;
            var value = field.AsSpan(equals + 1);
            if (value.IsEmpty || value.ContainsAnyExceptInRange('!', '~') || value.Contains('=')) return null;
            if (field.AsSpan(0, equals) is not "id" || id is not null) continue;
            if (value.Length > 32 || value.ContainsAnyExcept(Alphanumerics)) return null;
            id = value.ToString();
        }

        return id;
    }

    // (ALPHA / DIGIT) *31(ALPHA / DIGIT / "_" / "-" / ".")
    private static bool IsFieldName(ReadOnlySpan<char> name)
    {
        if (name.Length is 0 or > 32 || !char.IsAsciiLetterOrDigit(name[0])) return false;
        foreach (var c in name)
            if (!char.IsAsciiLetterOrDigit(c) && c is not ('_' or '-' or '.')) return false;
        return true;
    }

    private static string Shorten(string text) => text.Length <= 60 ? text : text[..60] + "…";
}
