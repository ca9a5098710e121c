using Modus.Storage.Embedded.Content;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Backup;

/// <summary>One backup on its way. One thread at a time.</summary>
internal sealed class BackupRun(BackupRequest request, BackupTarget target, Disk disk, IProgress<BackupProgress>? progress, TimeProvider clock)
{
    private readonly PieceCopy _pieces = new(disk);
    private readonly List<string> _notes = [.. request.Notes];
    private readonly List<string> _faults = [];
    private GenerationFolder? _generation;
    private int _newSegments;
    private long _newBytes;

    /// <summary>Copies everything; nothing of it counts yet.</summary>
    public Manifest Copy(CancellationToken cancellationToken)
    {
        var place = new StoreFolder(request.DataFolder);
        var taken = clock.GetUtcNow();
        var generation = _generation = target.Generation(GenerationFolder.NewName(taken, target.LastName));
        StoreFolder.CreateFolder(generation.Root, disk);
        DatabaseCopy.Run(
            place.Database, generation.Database, disk,
            (done, total) => progress?.Report(new BackupProgress("Copying the database", done, total)), cancellationToken);
        var database = Count("store.db", PieceCopy.Sum(generation.Database, long.MaxValue, static _ => { }, cancellationToken));
        var counts = ReadCounts(generation.Database);
        var segments = CopySegments(place, counts.Segments, cancellationToken);
        var others = new OtherFiles(place.Root, _pieces, disk);
        var files = others.CopyTo(generation.Files, cancellationToken);
        _newBytes += files.Sum(static file => file.Length);
        _notes.AddRange(others.Notes);
        var configuration = request.ConfigurationFile is { } file
            ? Count("modus.json", _pieces.Copy(file, generation.Configuration, long.MaxValue, static _ => { }, cancellationToken))
            : null;
        disk.SyncFolder(target.Segments);
        disk.SyncFolder(target.Generations);
        return new Manifest
        {
            Format = Manifest.CurrentFormat,
            Generation = generation.Name,
            Taken = taken,
            Version = request.Version,
            SchemaVersion = counts.Schema,
            Messages = counts.Messages,
            QueueEntries = counts.QueueEntries,
            Database = database,
            Segments = segments,
            Files = files,
            Configuration = configuration,
            Notes = _notes,
            Faults = _faults,
        };
    }

    /// <summary>Makes it count, and removes the generations that are not to be kept.</summary>
    public BackupReport Finish(Manifest manifest)
    {
        _generation!.Finish(manifest, disk);
        _generation = null;
        var pruning = new BackupPruning(target, disk);
        if (request.Keep is { } keep) pruning.Run(keep);
        return new BackupReport(
            manifest.Generation, manifest.Messages, manifest.QueueEntries, manifest.Segments.Count, _newSegments, manifest.Bytes, _newBytes,
            pruning.Removed, [.. _notes, .. pruning.Notes], _faults);
    }

    /// <summary>Gives back the room of a backup that came to nothing, as far as that goes.</summary>
    public void Abandon()
    {
        try
        {
            File.Delete(target.Incoming);
            if (_generation is { IsFinished: false } unfinished) Directory.Delete(unfinished.Root, recursive: true);
        }
        catch (Exception stays) when (stays is IOException or UnauthorizedAccessException)
        {
            // The next backup removes it.
        }
    }

    private List<ManifestSegment> CopySegments(
        StoreFolder place, IReadOnlyList<(long Id, long Length)> segments, CancellationToken cancellationToken)
    {
        var there = Directory.EnumerateFiles(target.Segments).Select(static path => SegmentName.Parse(Path.GetFileName(path)))
            .OfType<SegmentName>().ToLookup(static name => (name.Id, name.Length));
        var (done, total) = (0L, segments.Sum(static segment => segment.Length));
        var copied = new List<ManifestSegment>(segments.Count);
        foreach (var (id, length) in segments)
        {
            cancellationToken.ThrowIfCancellationRequested();
            var source = Path.Combine(place.Segments, SegmentFolder.NameOf(id));
            if (!File.Exists(source))
            {
                _faults.Add($"segment {id} is not there: its mail is lost in the store, and not in this backup. An earlier generation may have it.");
                continue;
            }

            var name = FindCopy(source, length, there[(id, length)])
                ?? CopySegment(source, id, length, moved => Report(done += moved), cancellationToken);
            copied.Add(new ManifestSegment(id, name.Length, name.FileName, name.Sha256));
        }

        return copied;

        void Report(long at) => progress?.Report(new BackupProgress("Copying mail", at, total));
    }

    private SegmentName? FindCopy(string source, long length, IEnumerable<SegmentName> there)
    {
        var candidates = there.Where(name => new FileInfo(target.SegmentFile(name.FileName)).Length == name.Length).ToList();
        if (candidates.Count == 0 || new FileInfo(source).Length < length) return null;
        var mark = SegmentName.MarkOf(source, length);
        return candidates.FirstOrDefault(name => name.Mark == mark);
    }

    private SegmentName CopySegment(string source, long id, long length, Action<int> moved, CancellationToken cancellationToken)
    {
        var sum = _pieces.Copy(source, target.Incoming, length, moved, cancellationToken);
        if (sum.Length < length)
            _faults.Add($"segment {id} has {sum.Length} of {length} bytes: what is missing is lost in the store, and not in this backup.");
        var name = new SegmentName(id, sum.Length, SegmentName.MarkOf(target.Incoming, sum.Length), sum.Sha256);
        File.Move(target.Incoming, target.SegmentFile(name.FileName), overwrite: true);
        _newSegments++;
        _newBytes += sum.Length;
        return name;
    }

    private ManifestFile Count(string path, PieceSum sum)
    {
        _newBytes += sum.Length;
        return new ManifestFile(path, sum.Length, sum.Sha256);
    }

    private static StoreCounts ReadCounts(string path)
    {
        using var database = Database.OpenReader(path);
        return new StoreCounts(
            (int)(database.Of("SELECT MAX(version) FROM schema_version").Number() ?? 0),
            database.Of("SELECT COUNT(*) FROM messages").Number() ?? 0,
            database.Of("SELECT COUNT(*) FROM queue_entries").Number() ?? 0,
            database.Of("SELECT id, length FROM segments ORDER BY id").List(static row => (row.Long(0), row.Long(1))));
    }

    private sealed record StoreCounts(int Schema, long Messages, long QueueEntries, IReadOnlyList<(long Id, long Length)> Segments);
}
