// Unicode normalisation (UAX #15) of our own: with InvariantGlobalization, which spares every machine the ICU library,
// string.Normalize gives back what it got. UnicodeForm.txt beside this file holds the tables.
using System.Globalization;
using System.Text;

namespace Modus.Mail.Text;

/// <summary>Normalisation forms of Unicode text. Thread-safe.</summary>
public static class UnicodeForm
{
    private const char LastBeforeMarks = '\u02ff'; // up to here all is composed as it stands

    private const int HangulS = 0xAC00, HangulL = 0x1100, HangulV = 0x1161, HangulT = 0x11A7;
    private const int HangulLCount = 19, HangulVCount = 21, HangulTCount = 28;
    private const int HangulNCount = HangulVCount * HangulTCount, HangulSCount = HangulLCount * HangulNCount;

    private static readonly Lazy<Tables> Unicode = new(Tables.Load);

    /// <summary>Form KC: composed, and compatibility characters (ligatures, full-width letters, ª) replaced. Idempotent.</summary>
    public static string ToNfkc(string text) => Normalize(text, compatibility: true);

    /// <summary>Form C: composed. Idempotent.</summary>
    public static string ToNfc(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return text.AsSpan().ContainsAnyExceptInRange('\0', LastBeforeMarks) ? Normalize(text, compatibility: false) : text;
    }

    private static string Normalize(string text, bool compatibility)
    {
        ArgumentNullException.ThrowIfNull(text);
        if (Ascii.IsValid(text)) return text;
        var tables = Unicode.Value;
        var decomposed = new List<int>(text.Length + 8);
        foreach (var rune in text.EnumerateRunes()) Decompose(rune.Value, compatibility, tables, decomposed);
        Reorder(decomposed, tables);
        var length = Compose(decomposed, tables);

        var result = new StringBuilder(length);
        foreach (var code in decomposed.Take(length)) result.Append(new Rune(code).ToString());
        return result.ToString();
    }

    private static void Decompose(int code, bool compatibility, Tables tables, List<int> target)
    {
        if (code is >= HangulS and < HangulS + HangulSCount)
        {
            var index = code - HangulS;
            target.Add(HangulL + index / HangulNCount);
            target.Add(HangulV + index % HangulNCount / HangulTCount);
            if (index % HangulTCount > 0) target.Add(HangulT + index % HangulTCount);
        }
        else if (tables.Mappings.TryGetValue(code, out var mapping) && (compatibility || !mapping.IsCompatibility))
        {
            foreach (var part in mapping.Codes) Decompose(part, compatibility, tables, target);
        }
        else
        {
            target.Add(code);
        }
    }

    // Canonical ordering: runs of combining marks by class, stable.
    private static void Reorder(List<int> codes, Tables tables)
    {
        for (var start = 0; start < codes.Count; start++)
        {
            if (tables.ClassOf(codes[start]) == 0) continue;
            var end = start + 1;
            while (end < codes.Count && tables.ClassOf(codes[end]) != 0) end++;
            var run = codes.GetRange(start, end - start).OrderBy(tables.ClassOf).ToList();
            for (var i = 0; i < run.Count; i++) codes[start + i] = run[i];
            start = end;
        }
    }

    // Canonical composition in place; returns the new length.
    private static int Compose(List<int> codes, Tables tables)
    {
        var length = 0;
        var starter = -1;
        var lastClass = -1;
        for (var i = 0; i < codes.Count; i++)
        {
            var code = codes[i];
            var combiningClass = tables.ClassOf(code);
            if (starter >= 0 && lastClass < combiningClass && Pair(codes[starter], code, tables) is { } composed)
            {
                codes[starter] = composed;
                continue;
            }

            if (combiningClass == 0)
            {
                starter = length;
                lastClass = -1;
            }
            else
            {
                lastClass = combiningClass;
            }

            codes[length++] = code;
        }

        return length;
    }

    private static int? Pair(int first, int second, Tables tables)
    {
        if (first is >= HangulL and < HangulL + HangulLCount && second is >= HangulV and < HangulV + HangulVCount)
            return HangulS + ((first - HangulL) * HangulVCount + (second - HangulV)) * HangulTCount;
        if (first is >= HangulS and < HangulS + HangulSCount && (first - HangulS) % HangulTCount == 0
            && second is > HangulT and < HangulT + HangulTCount)
            return first + (second - HangulT);
        return tables.Compositions.TryGetValue((first, second), out var composed) ? composed : null;
    }

    private readonly record struct Mapping(int[] Codes, bool IsCompatibility);

    private sealed class Tables
    {
        private readonly Dictionary<int, byte> _classes = [];

        public Dictionary<int, Mapping> Mappings { get; } = [];

        public Dictionary<(int First, int Second), int> Compositions { get; } = [];

        public int ClassOf(int code) => code < 0x300 ? 0 : _classes.GetValueOrDefault(code);

        public static Tables Load()
        {
            var tables = new Tables();
            using var stream = typeof(UnicodeForm).Assembly.GetManifestResourceStream("Modus.Mail.Text.UnicodeForm.txt")!;
            using var reader = new StreamReader(stream);
            while (reader.ReadLine() is { } line)
                if (line[0] != '#') tables.Add(line.Split(';'));
            return tables;
        }

        private void Add(string[] fields)
        {
            if (fields.Length == 2)
            {
                var range = fields[0].Split("..");
                for (var code = Hex(range[0]); code <= Hex(range[1]); code++)
                    _classes[code] = byte.Parse(fields[1], CultureInfo.InvariantCulture);
                return;
            }

            var codes = fields[2].Split(' ').Select(Hex).ToArray();
            Mappings[Hex(fields[0])] = new Mapping(codes, fields[1] == "K");
            if (fields[1] == "C" && codes.Length == 2) Compositions[(codes[0], codes[1])] = Hex(fields[0]);
        }

        private static int Hex(string text) => int.Parse(text, NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }
}
