using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Modus.Storage.Embedded.Content;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Backup;

/// <summary>
/// A generation's folder: <c>store.db</c>, <c>files/…</c>, <c>modus.json</c>, and last <c>manifest.json</c> with its own sum beside
/// it, as sha256sum writes one.
/// </summary>
internal sealed partial class GenerationFolder(string root)
{
    private const string SumFile = "manifest.json.sha256";
    private const string TimeForm = "yyyyMMdd'T'HHmmss'Z'";
    private const long MaxManifest = 1L << 30; // some 300 bytes a segment or file: three millions of them fit

    public string Name { get; } = Path.GetFileName(root);

    public string Root => root;

    public string Database => Path.Combine(root, "store.db");

    public string Files => Path.Combine(root, "files");

    public string Configuration => Path.Combine(root, "modus.json");

    /// <summary>False: the backup that made it was never finished.</summary>
    public bool IsFinished => File.Exists(ManifestPath);

    private string ManifestPath => Path.Combine(root, "manifest.json");

    /// <summary>
    /// A name for a generation of now that comes behind <paramref name="last"/>, also after a clock was set back: the newest is what
    /// is restored, and what is never removed.
    /// </summary>
    public static string NewName(DateTimeOffset now, string? last)
    {
        var time = now.UtcDateTime;
        if (last is not null
            && DateTime.TryParseExact(
                last[..last.IndexOf('-', StringComparison.Ordinal)], TimeForm, CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var before)
            && before.AddSeconds(1) > time)
            time = before.AddSeconds(1);
        return $"{time.ToString(TimeForm, CultureInfo.InvariantCulture)}-{RandomNumberGenerator.GetHexString(8, lowercase: true)}";
    }

    /// <summary>True for names that are made here: what a person put beside them is none of ours.</summary>
    public static bool IsName(string name) => NameForm().IsMatch(name);

    /// <summary>Writes the manifest: from now on the generation is finished.</summary>
    public void Finish(Manifest manifest, Disk disk)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(manifest, ManifestJson.Default.Manifest);
        var sum = $"{Convert.ToHexStringLower(SHA256.HashData(json))}  manifest.json\n";
        var pieces = new PieceCopy(disk);
        pieces.Write(Path.Combine(root, SumFile), Encoding.ASCII.GetBytes(sum));
        pieces.Write(ManifestPath + ".new", json);
        disk.SyncFolder(root);
        File.Move(ManifestPath + ".new", ManifestPath);
        disk.SyncFolder(root);
    }

    /// <summary>Takes the manifest away: from now on the generation counts as never made.</summary>
    public void Unfinish(Disk disk)
    {
        File.Delete(ManifestPath);
        disk.SyncFolder(root);
    }

    /// <exception cref="BackupException">It is damaged, or of a newer program.</exception>
    public Manifest Read()
    {
        try
        {
            if (new FileInfo(ManifestPath).Length > MaxManifest) throw Damaged("it is larger than any that Modus writes");
            var json = File.ReadAllBytes(ManifestPath);
            var sum = File.ReadAllText(Path.Combine(root, SumFile)).Split(' ')[0];
            if (sum != Convert.ToHexStringLower(SHA256.HashData(json))) throw Damaged("it is not the one that was written, by its SHA-256");
            var manifest = JsonSerializer.Deserialize(json, ManifestJson.Default.Manifest) ?? throw Damaged("it is empty");
            if (manifest.Format > Manifest.CurrentFormat || manifest.SchemaVersion > Migrator.Latest)
                throw new BackupException($"Generation {Name} was made by a newer Modus ({manifest.Version}). Use that one, or a newer one.");
            return manifest.AllPaths.All(IsInside) ? manifest : throw Damaged("it names a file outside the backup");
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or JsonException)
        {
            throw Damaged(unreadable.Message);
        }
    }

    // The sum keeps accidents out; a name that leads elsewhere would be no accident.
    private static bool IsInside(string path) =>
        !Path.IsPathRooted(path) && !path.Contains('\\', StringComparison.Ordinal)
        && path.Split('/').All(static part => part is not ("" or "." or ".."));

    private BackupException Damaged(string why) => new(
        $"The manifest of generation {Name} is damaged: {why}. Take another generation (`modus backup list`), or bring the file from another copy of the backup.");

    [GeneratedRegex(@"^\d{8}T\d{6}Z-[0-9a-f]{8}$")]
    private static partial Regex NameForm();
}
