using System.Text.Json;
using System.Text.Json.Nodes;

namespace Modus.Server.Installation;

/// <param name="Secrets">True for a document that holds them.</param>
internal sealed record ExportWish(bool Secrets);

/// <param name="Json">The document.</param>
internal sealed record InstallationText(string Json);

/// <param name="Document">The document.</param>
/// <param name="DryRun">True to say what would be done, and do nothing.</param>
/// <param name="Delete">True to remove, too, what nobody can bring back: accounts with their mail, keys.</param>
internal sealed record ImportWish(JsonElement Document, bool DryRun, bool Delete);

/// <param name="Entry">The number of the change in `modus config history`.</param>
/// <param name="DryRun">True to say what would be done, and do nothing.</param>
/// <param name="Delete">True to remove, too, what nobody can bring back.</param>
internal sealed record RollbackWish(long Entry, bool DryRun, bool Delete);

/// <summary>What an import did, or would do.</summary>
/// <param name="Applied">True when it is done.</param>
/// <param name="Changes">What is another thing by it.</param>
/// <param name="Notes">What is not as the document says, and why.</param>
/// <param name="Faults">What is wrong; nothing was done then.</param>
internal sealed record ImportRow(bool Applied, IReadOnlyList<ItemChangeRow> Changes, IReadOnlyList<string> Notes, IReadOnlyList<InstallationFault> Faults)
{
    /// <summary>Its number in the journal, for `modus config rollback`; null when nothing was done.</summary>
    public long? Entry { get; init; }
}

internal enum ItemChangeKind
{
    Added,
    Changed,
    Removed,
}

/// <param name="Section">The list of the document.</param>
/// <param name="Key">The item.</param>
/// <param name="Kind">What becomes of it.</param>
/// <param name="Members">What is another value; empty unless it is changed.</param>
internal sealed record ItemChangeRow(string Section, string Key, ItemChangeKind Kind, IReadOnlyList<MemberChangeRow> Members)
{
    private const string Secret = "(secret)";

    public static ItemChangeRow From(ItemChange change)
    {
        var section = change.Section;
        if (change.Before is not { } before) return new ItemChangeRow(section.Name, change.Key, ItemChangeKind.Added, []);
        if (change.After is not { } after) return new ItemChangeRow(section.Name, change.Key, ItemChangeKind.Removed, []);
        var (shown, shownAfter) = (section.ToJson(before, secrets: false), section.ToJson(after, secrets: false));
        var (whole, wholeAfter) = (section.ToJson(before, secrets: true), section.ToJson(after, secrets: true));
        var members = new List<MemberChangeRow>();
        foreach (var name in whole.Select(static one => one.Key).Union(wholeAfter.Select(static one => one.Key)))
        {
            if (!JsonNode.DeepEquals(shown[name], shownAfter[name])) members.Add(new MemberChangeRow(name, Text(shown[name]), Text(shownAfter[name])));
            else if (!JsonNode.DeepEquals(whole[name], wholeAfter[name])) members.Add(new MemberChangeRow(name, Secret, Secret));
        }

        return new ItemChangeRow(section.Name, change.Key, ItemChangeKind.Changed, members);
    }

    private static string? Text(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? (string?)value : node?.ToJsonString(OneLine);

    private static readonly JsonSerializerOptions OneLine = new(InstallationJson.ForPeople.Options) { WriteIndented = false };
}

/// <param name="Name">The member.</param>
/// <param name="Before">Its value; null for none. A secret is not shown.</param>
/// <param name="After">Its new value.</param>
internal sealed record MemberChangeRow(string Name, string? Before, string? After);
