using System.Text.Json;
using Modus.Testing.Dns;

namespace Modus.EndToEnd.Tests.Authentication;

/// <summary>
/// The test suite of openspf.org for RFC 7208, as the Debian package python3-spf ships it: hundreds of records with what each means.
/// </summary>
internal sealed class SpfSuite
{
    private const string File = "/usr/share/doc/python3-spf/rfc7208-tests.yml.gz";

    // YAML is read by a reader of YAML.
    private const string ToJson = $"import gzip, json, yaml; print(json.dumps([s for s in yaml.safe_load_all(gzip.open('{File}')) if s]))";

    public required IReadOnlyList<Case> Cases { get; init; }

    /// <summary>One test.</summary>
    /// <param name="Name">Its section and name.</param>
    /// <param name="Helo">What the client calls itself.</param>
    /// <param name="Host">Its address.</param>
    /// <param name="MailFrom">MAIL FROM; empty for the null one.</param>
    /// <param name="Results">The outcomes that are right.</param>
    /// <param name="Zone">The DNS of its section.</param>
    internal sealed record Case(string Name, string Helo, string Host, string MailFrom, IReadOnlyList<string> Results, FakeZone Zone);

    public static async Task<SpfSuite> LoadAsync()
    {
        var (code, output) = await OutsideProgram.RunAsync("python3", ["-c", ToJson]);
        if (code != 0) throw new InvalidOperationException(output);
        using var json = JsonDocument.Parse(output);
        return new SpfSuite { Cases = [.. json.RootElement.EnumerateArray().SelectMany(Read)] };
    }

    private static IEnumerable<Case> Read(JsonElement section)
    {
        var title = section.GetProperty("description").GetString();
        var zone = ReadZone(section.GetProperty("zonedata"));
        foreach (var test in section.GetProperty("tests").EnumerateObject())
        {
            var results = test.Value.GetProperty("result");
            yield return new Case(
                $"{title}: {test.Name}",
                TextOf(test.Value.GetProperty("helo")),
                TextOf(test.Value.GetProperty("host")),
                TextOf(test.Value.GetProperty("mailfrom")),
                results.ValueKind == JsonValueKind.Array ? [.. results.EnumerateArray().Select(TextOf)] : [TextOf(results)],
                zone);
        }
    }

    private static FakeZone ReadZone(JsonElement zonedata)
    {
        var zone = new FakeZone();
        foreach (var name in zonedata.EnumerateObject())
        {
            var records = name.Value.EnumerateArray().ToList();
            var pairs = records.Where(record => record.ValueKind == JsonValueKind.Object)
                .SelectMany(record => record.EnumerateObject()).ToList();
            foreach (var pair in pairs) Add(zone, name.Name, pair);

            // Records of the type SPF, which is no more, stand for TXT where there is no TXT.
            if (!pairs.Exists(pair => pair.Name == "TXT"))
                foreach (var pair in pairs.Where(pair => pair.Name == "SPF")) zone.Text(name.Name, TextOf(pair.Value));
            if (records.Exists(record => record.ValueKind == JsonValueKind.String)) zone.Fail(name.Name); // TIMEOUT
        }

        return zone;
    }

    private static void Add(FakeZone zone, string name, JsonProperty record)
    {
        switch (record.Name)
        {
            case "A" or "AAAA":
                zone.Address(name, TextOf(record.Value));
                break;
            case "MX":
                zone.Mx(name, TextOf(record.Value[1]));
                break;
            case "PTR":
                zone.Ptr(AddressOf(name), TextOf(record.Value).TrimEnd('.'));
                break;
            case "CNAME" when TextOf(record.Value).TrimEnd('.').Equals(name, StringComparison.OrdinalIgnoreCase):
                zone.Fail(name); // a loop
                break;
            case "CNAME":
                zone.Alias(name, TextOf(record.Value).TrimEnd('.'));
                break;
            case "TXT" when TextOf(record.Value) != "NONE":
                zone.Text(name, TextOf(record.Value));
                break;
        }
    }

    // 4.3.2.1.in-addr.arpa, or 32 nibbles under ip6.arpa
    private static string AddressOf(string name)
    {
        var labels = name.Split('.')[..^2].Reverse();
        return name.EndsWith("in-addr.arpa", StringComparison.OrdinalIgnoreCase)
            ? string.Join('.', labels)
            : string.Join(':', labels.Chunk(4).Select(static group => string.Concat(group)));
    }

    private static string TextOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => string.Concat(value.EnumerateArray().Select(TextOf)),
        JsonValueKind.String => value.GetString()!,
        _ => value.ToString(),
    };
}
