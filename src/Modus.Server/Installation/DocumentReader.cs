using System.Text.Json;
using System.Text.Json.Nodes;

namespace Modus.Server.Installation;

/// <summary>An installation as a document would have it.</summary>
/// <param name="Target">All that would be there.</param>
internal sealed record DocumentReading(InstallationState Target)
{
    /// <summary>Where each item stands in the document.</summary>
    public Dictionary<(Section Section, string Key), string> Paths { get; } = [];

    /// <summary>What is wrong.</summary>
    public List<InstallationFault> Faults { get; } = [];

    /// <summary>What cannot be done as the document says, and what is done instead.</summary>
    public List<string> Notes { get; } = [];

    public string PathOf(Section section, string key) => Paths.GetValueOrDefault((section, key)) ?? $"{section.Name} {key}";
}

/// <summary>Reads and writes the document.</summary>
internal static class DocumentReader
{
    /// <summary>What a document would make of an installation. Lists that it has not stay as they are.</summary>
    public static DocumentReading Read(JsonElement document, InstallationState present)
    {
        var reading = new DocumentReading(present.Copy());
        reading.Faults.AddRange(SchemaCheck.FindFaults(document));
        if (reading.Faults.Count > 0) return reading;
        foreach (var section in Sections.All)
            if (document.TryGetProperty(section.Name, out var items)) Read(section, items, present, reading);
        return reading;
    }

    /// <summary>The installation as a document: always the same for the same installation.</summary>
    public static string Write(InstallationState state, bool secrets)
    {
        var root = new JsonObject { ["format"] = InstallationDocument.FormatWord, ["version"] = InstallationDocument.CurrentVersion };
        foreach (var section in Sections.All)
            root[section.Name] = new JsonArray([.. state[section].Values.Select(item => (JsonNode)section.ToJson(item, secrets))]);
        return root.ToJsonString(InstallationJson.ForPeople.Options) + "\n";
    }

    private static void Read(Section section, JsonElement items, InstallationState present, DocumentReading reading)
    {
        var target = reading.Target[section];
        target.Clear();
        var index = 0;
        foreach (var element in items.EnumerateArray())
        {
            var path = $"{section.Name}[{index++}]";
            if (section.Parse(element, new ItemFaults(path, reading.Faults)) is not { } item) continue;
            var key = section.KeyOf(item);
            if (!reading.Paths.TryAdd((section, key), path))
            {
                reading.Faults.Add(new InstallationFault(path, $"is {key} once more: {reading.PathOf(section, key)} is it already."));
                continue;
            }

            var before = present[section].GetValueOrDefault(key);
            var whole = section.Complete(item, before, out var note);
            if (whole is not null && section.FindMissing(whole, reading) is { } missing) (whole, note) = (null, missing);
            whole ??= before;
            if (note is not null) reading.Notes.Add($"{path} ({key}) {note}");
            if (whole is not null) target[key] = whole;
        }
    }
}
