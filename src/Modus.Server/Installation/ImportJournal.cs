using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Modus.Server.Admin;
using Modus.Server.Configuration;
using Modus.Storage;

namespace Modus.Server.Installation;

/// <param name="Id">Under what the changes are kept.</param>
/// <param name="What">import, or rollback of an entry.</param>
/// <param name="Changes">How many items it changed.</param>
/// <param name="Chunks">Of how many records what is kept consists.</param>
internal sealed record ImportMark(string Id, string What, int Changes, int Chunks);

/// <summary>
/// Keeps of the last imports what they changed, so that it can be undone: records of the kind <c>import</c>. The journal of the
/// settings says who, when and how much.
/// </summary>
internal static class ImportJournal
{
    /// <summary>The setting whose journal lists imports.</summary>
    public const string Name = "import/last";

    /// <summary>Imports that can be undone. Each is as large as what it changed.</summary>
    public const int Kept = 10;

    private const string Kind = "import";
    private const int ChunkLength = 100_000; // characters; escaped once more it fits into a record

    /// <summary>The changes that write an import into the journal, and forget the one that is too many.</summary>
    public static async ValueTask<IEnumerable<StoreChange>> ToChangesAsync(
        IReadOnlyList<ItemChange> changes, string what, AdminPorts ports, CancellationToken cancellationToken)
    {
        var text = new JsonArray([.. changes.Select(ToJson)]).ToJsonString(); // escaped, so that a chunk may end anywhere
        var chunks = text.Chunk(ChunkLength).Select(static part => new string(part)).ToList();
        var mark = new ImportMark(Guid.CreateVersion7().ToString("N"), what, changes.Count, chunks.Count);
        var now = TimeProvider.System.GetUtcNow();
        List<StoreChange> writes = [.. chunks.Select((part, index) => new RecordPut(
            new StoredRecord(Kind, KeyOf(mark, index), JsonSerializer.Serialize(part, AdminJson.Default.String), now)))];
        writes.Add(new SettingPut(Name, JsonSerializer.Serialize(mark, InstallationJson.Default.ImportMark)));
        var earlier = await ports.Settings.ReadJournalAsync(Name, Kept, cancellationToken);
        if (earlier.Count == Kept && MarkOf(earlier[^1]) is { } oldest)
            writes.AddRange(Enumerable.Range(0, oldest.Chunks).Select(index => new RecordRemoval(Kind, KeyOf(oldest, index))));
        return writes;
    }

    /// <summary>What a change of the journal says; null when it is no import's.</summary>
    public static ImportMark? MarkOf(SettingChange change) =>
        change is { Name: Name, New: { } json } ? JsonSerializer.Deserialize(json, InstallationJson.Default.ImportMark) : null;

    /// <summary>What an import changed; null when it is kept no more.</summary>
    public static async ValueTask<IReadOnlyList<KeptChange>?> FindAsync(ImportMark mark, AdminPorts ports, CancellationToken cancellationToken)
    {
        var text = new StringBuilder();
        for (var index = 0; index < mark.Chunks; index++)
        {
            if (await ports.Records.GetAsync(Kind, KeyOf(mark, index), cancellationToken) is not { } record) return null;
            text.Append(JsonSerializer.Deserialize(record.Json, AdminJson.Default.String));
        }

        return [.. JsonNode.Parse(text.ToString())!.AsArray().Select(static node => FromJson(node!.AsObject()))];
    }

    /// <summary>The same of a change of a single setting by command; null when it is none.</summary>
    public static IReadOnlyList<KeptChange>? Find(SettingChange change)
    {
        if (StoredSettings.SettingOf(change.Name) is not { } found) return null;
        JsonObject? Item(string? json) => json is null ? null : new JsonObject { ["key"] = found.Key, ["value"] = StoredSettings.Word(json) };
        return [new KeptChange(Sections.Settings, found.Key, Item(change.Old), Item(change.New))];
    }

    private static string KeyOf(ImportMark mark, int index) => $"{mark.Id}/{index:D6}";

    private static JsonNode ToJson(ItemChange change) => new JsonObject
    {
        ["section"] = change.Section.Name,
        ["key"] = change.Key,
        ["before"] = change.Before is { } before ? change.Section.ToJson(before, change.Section.KeepsSecrets) : null,
        ["after"] = change.After is { } after ? change.Section.ToJson(after, change.Section.KeepsSecrets) : null,
    };

    private static KeptChange FromJson(JsonObject kept) => new(
        Sections.All.Single(section => section.Name == (string?)kept["section"]), (string)kept["key"]!, kept["before"] as JsonObject, kept["after"] as JsonObject);
}

/// <summary>A change that was made, as it is kept.</summary>
/// <param name="Section">Which list.</param>
/// <param name="Key">Which item.</param>
/// <param name="Before">As it was; null when it was not there.</param>
/// <param name="After">As it became; null when it was removed.</param>
internal sealed record KeptChange(Section Section, string Key, JsonObject? Before, JsonObject? After);
