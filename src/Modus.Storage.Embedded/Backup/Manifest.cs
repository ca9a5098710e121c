using System.Text.Json.Serialization;

namespace Modus.Storage.Embedded.Backup;

/// <summary>What a generation is made of. Written last, so that a generation without one was never finished.</summary>
internal sealed record Manifest
{
    /// <summary>What this program writes, and the newest that it reads.</summary>
    public const int CurrentFormat = 1;

    public required int Format { get; init; }

    public required string Generation { get; init; }

    /// <summary>When the copy of the database began: everything acknowledged before it is in.</summary>
    public required DateTimeOffset Taken { get; init; }

    /// <summary>The program that wrote it.</summary>
    public required string Version { get; init; }

    /// <summary>That of the database.</summary>
    public required int SchemaVersion { get; init; }

    public required long Messages { get; init; }

    public required long QueueEntries { get; init; }

    public required ManifestFile Database { get; init; }

    public required IReadOnlyList<ManifestSegment> Segments { get; init; }

    /// <summary>What else the data folder held: keys and certificates.</summary>
    public required IReadOnlyList<ManifestFile> Files { get; init; }

    /// <summary>modus.json; null when none was read.</summary>
    public required ManifestFile? Configuration { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    /// <summary>What was damaged in the store when it was copied.</summary>
    public required IReadOnlyList<string> Faults { get; init; }

    [JsonIgnore]
    public long Bytes => Database.Length + Segments.Sum(static segment => segment.Length) + Files.Sum(static file => file.Length)
        + (Configuration?.Length ?? 0);

    [JsonIgnore]
    public IEnumerable<string> AllPaths => Segments.Select(static segment => segment.File).Concat(Files.Select(static file => file.Path));
}

/// <param name="Path">Below its folder, with slashes.</param>
/// <param name="Length">In bytes.</param>
/// <param name="Sha256">In lower-case hex.</param>
internal sealed record ManifestFile(string Path, long Length, string Sha256);

/// <param name="Id">Its number in the store.</param>
/// <param name="Length">In bytes.</param>
/// <param name="File">Its name in the target.</param>
/// <param name="Sha256">In lower-case hex.</param>
internal sealed record ManifestSegment(long Id, long Length, string File, string Sha256);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Skip)]
[JsonSerializable(typeof(Manifest))]
internal sealed partial class ManifestJson : JsonSerializerContext;
