using System.Text.Json;
using System.Text.Json.Nodes;

namespace Modus.Server.Installation;

/// <summary>What is wrong with a document.</summary>
/// <param name="Path">Where, such as <c>accounts[3].quota</c>.</param>
/// <param name="Text">What is wrong, and what to do instead.</param>
internal sealed record InstallationFault(string Path, string Text);

/// <summary>Compares a document with the schema and names every fault. Knows the words that <see cref="InstallationSchema"/> uses.</summary>
internal sealed class SchemaCheck
{
    private readonly List<InstallationFault> _faults = [];

    /// <summary>Every fault.</summary>
    public static IReadOnlyList<InstallationFault> FindFaults(JsonElement document)
    {
        var check = new SchemaCheck();
        check.Check(InstallationSchema.Root, document, "");
        return check._faults;
    }

    private void Check(JsonObject schema, JsonElement value, string path)
    {
        if ((string?)schema["type"] is { } type && !Is(value, type))
        {
            Add(path, $"is {Article(value)}: write {Article(type)}.");
            return;
        }

        if (schema["enum"] is JsonArray words && !words.Any(word => value.ValueKind == JsonValueKind.String && (string?)word == value.GetString()))
            Add(path, $"is {value}: write one of {string.Join(", ", words.Select(static word => (string?)word))}.");
        if ((string?)schema["format"] == "date-time" && !value.TryGetDateTimeOffset(out _))
            Add(path, $"is {value}: write a time such as 2026-05-01T12:00:00+00:00.");
        switch (value.ValueKind)
        {
            case JsonValueKind.Object: CheckMembers(schema, value, path); break;
            case JsonValueKind.Array: CheckItems(schema, value, path); break;
            case JsonValueKind.Number: CheckNumber(schema, value, path); break;
        }
    }

    private void CheckMembers(JsonObject schema, JsonElement value, string path)
    {
        var known = schema["properties"] as JsonObject ?? [];
        foreach (var member in value.EnumerateObject())
        {
            var inner = path.Length == 0 ? member.Name : $"{path}.{member.Name}";
            if (known[member.Name] is JsonObject rule) Check(rule, member.Value, inner);
            else Add(inner, $"is not known. Known here: {string.Join(", ", known.Select(static one => one.Key))}.");
        }

        foreach (var name in (schema["required"] as JsonArray ?? []).Select(static name => (string)name!))
            if (!value.TryGetProperty(name, out _)) Add(path.Length == 0 ? name : $"{path}.{name}", "is missing.");
    }

    private void CheckItems(JsonObject schema, JsonElement value, string path)
    {
        var count = value.GetArrayLength();
        if ((int?)schema["minItems"] is { } least && count < least) Add(path, $"has {count} items: {least} is the least.");
        if ((int?)schema["maxItems"] is { } most && count > most) Add(path, $"has {count} items: {most} is the most.");
        if (schema["items"] is not JsonObject rule) return;
        var index = 0;
        foreach (var item in value.EnumerateArray()) Check(rule, item, $"{path}[{index++}]");
    }

    private void CheckNumber(JsonObject schema, JsonElement value, string path)
    {
        if (!value.TryGetInt64(out var number)) Add(path, $"is {value}: write a whole number.");
        else if ((long?)schema["minimum"] is { } least && number < least) Add(path, $"is {number}: {least} is the least.");
        else if (number > ((long?)schema["maximum"] ?? long.MaxValue)) Add(path, $"is {number}: {schema["maximum"]} is the most.");
    }

    private void Add(string path, string text) => _faults.Add(new InstallationFault(path.Length == 0 ? "the document" : path, text));

    private static bool Is(JsonElement value, string type) => type switch
    {
        "object" => value.ValueKind == JsonValueKind.Object,
        "array" => value.ValueKind == JsonValueKind.Array,
        "string" => value.ValueKind == JsonValueKind.String,
        "boolean" => value.ValueKind is JsonValueKind.True or JsonValueKind.False,
        _ => value.ValueKind == JsonValueKind.Number,
    };

    private static string Article(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => "an object",
        JsonValueKind.Array => "a list",
        JsonValueKind.String => "a text",
        JsonValueKind.Number => "a number",
        JsonValueKind.Null => "null",
        _ => "true or false",
    };

    private static string Article(string type) => type switch
    {
        "object" => "an object in braces",
        "array" => "a list in brackets",
        "string" => "a text in quotes",
        "boolean" => "true or false",
        _ => "a whole number",
    };
}
