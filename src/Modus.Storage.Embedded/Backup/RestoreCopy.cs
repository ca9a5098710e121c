using Modus.Storage.Embedded.Content;

namespace Modus.Storage.Embedded.Backup;

/// <summary>Copies a generation to where a data folder is to be, and compares every file with its sum on the way.</summary>
internal sealed class RestoreCopy(
    BackupTarget target, GenerationFolder generation, Manifest manifest, PieceCopy pieces, Disk disk, IProgress<BackupProgress>? progress)
{
    /// <summary>What the configuration of then is called: not modus.json, which could be taken for the one that counts.</summary>
    public const string ConfigurationFile = "modus.json.restored";

    private long _done;

    /// <exception cref="BackupException">Something is damaged or missing.</exception>
    public void Run(string folder, CancellationToken cancellationToken)
    {
        var place = new StoreFolder(folder);
        place.Create(disk);
        Copy("the database", generation.Database, place.Database, manifest.Database.Length, manifest.Database.Sha256, cancellationToken);
        foreach (var segment in manifest.Segments)
        {
            Copy(
                $"segment {segment.Id}", target.SegmentFile(segment.File), Path.Combine(place.Segments, SegmentFolder.NameOf(segment.Id)),
                segment.Length, segment.Sha256, cancellationToken);
        }

        foreach (var file in manifest.Files)
        {
            var path = Path.Combine(folder, file.Path);
            StoreFolder.CreateFolder(Path.GetDirectoryName(path)!, disk);
            Copy($"file {file.Path}", Path.Combine(generation.Files, file.Path), path, file.Length, file.Sha256, cancellationToken);
        }

        if (manifest.Configuration is { } configuration)
        {
            Copy(
                "modus.json", generation.Configuration, Path.Combine(folder, ConfigurationFile), configuration.Length, configuration.Sha256,
                cancellationToken);
        }

        foreach (var made in Directory.EnumerateDirectories(folder, "*", SearchOption.AllDirectories).Prepend(folder)) disk.SyncFolder(made);
    }

    private void Copy(string what, string source, string path, long length, string sha256, CancellationToken cancellationToken)
    {
        var fault = File.Exists(source)
            ? SumFault.Judge(what, source, length, sha256, pieces.Copy(source, path, long.MaxValue, Moved, cancellationToken))
            : SumFault.Missing(what, source);
        if (fault is null) return;
        throw new BackupException(
            $"Generation {generation.Name}: {fault} Nothing was restored. `modus backup check {target.Root}` shows all that is damaged; take another generation, or bring the file from another copy of the backup.");
    }

    private void Moved(int bytes)
    {
        _done += bytes;
        progress?.Report(new BackupProgress("Restoring", _done, manifest.Bytes));
    }
}
