using System.IO.Hashing;
using Microsoft.Win32.SafeHandles;
using Modus.Storage.Embedded.Content;
using Modus.Storage.Embedded.Maintenance;
using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Sqlite;

namespace Modus.Storage.Embedded.Backup;

/// <summary>Reads one generation back: the sums of its files, the checks between its rows, and each row's content.</summary>
internal sealed class BackupCheck(BackupTarget target, GenerationFolder generation, IProgress<BackupProgress>? progress)
{
    private readonly List<string> _notes = [];
    private readonly List<string> _faults = [];
    private long _done;
    private long _total;
    private int _files;

    public BackupCheckReport Run(CancellationToken cancellationToken)
    {
        var manifest = generation.Read();
        _notes.AddRange(manifest.Notes);
        _notes.AddRange(manifest.Faults.Select(static fault => $"already when the backup was made: {fault}"));
        _total = manifest.Bytes;
        var isDatabaseWhole = Compare("the database", generation.Database, manifest.Database.Length, manifest.Database.Sha256, cancellationToken);
        foreach (var segment in manifest.Segments)
            Compare($"segment {segment.Id}", target.SegmentFile(segment.File), segment.Length, segment.Sha256, cancellationToken);
        foreach (var file in manifest.Files)
            Compare($"file {file.Path}", Path.Combine(generation.Files, file.Path), file.Length, file.Sha256, cancellationToken);
        if (manifest.Configuration is { } configuration)
            Compare("modus.json", generation.Configuration, configuration.Length, configuration.Sha256, cancellationToken);
        var contents = isDatabaseWhole ? CompareRows(manifest, cancellationToken) : 0;
        if (!isDatabaseWhole) _notes.Add("The rows were not compared with the mail, because the database is damaged.");
        return new BackupCheckReport(generation.Name, _files, contents, _done, _notes, _faults);
    }

    private bool Compare(string what, string path, long length, string sha256, CancellationToken cancellationToken)
    {
        _files++;
        if (SumFault.Find(what, path, length, sha256, Moved, cancellationToken) is not { } fault) return true;
        _faults.Add(fault);
        return false;
    }

    private void Moved(int bytes)
    {
        _done += bytes;
        progress?.Report(new BackupProgress("Checking", _done, _total));
    }

    private long CompareRows(Manifest manifest, CancellationToken cancellationToken)
    {
        using var database = Database.OpenReader(generation.Database);
        if (manifest.SchemaVersion == Migrator.Latest) RowChecks.Run(database, _faults);
        else _notes.Add("The rows are of an older Modus: `modus store verify` compares them with each other once the backup is restored.");
        var files = manifest.Segments.ToDictionary(static segment => segment.Id, segment => target.SegmentFile(segment.File));
        var count = 0L;
        foreach (var id in database.Of("SELECT id FROM segments ORDER BY id").List(static row => row.Long(0)))
        {
            cancellationToken.ThrowIfCancellationRequested();
            var places = database.Of("SELECT id, segment, offset, length, checksum FROM contents WHERE segment = ? ORDER BY offset")
                .With(id).List(ContentRows.ReadPlace);
            count += places.Count;
            if (files.TryGetValue(id, out var file) && File.Exists(file)) CompareContents(file, places, cancellationToken);
            else _faults.Add($"segment {id} is not in the backup, and with it the content of {places.Count} rows.");
        }

        return count;
    }

    private void CompareContents(string path, List<ContentPlace> places, CancellationToken cancellationToken)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Read, FileShare.Read);
        var buffer = new byte[PieceCopy.PieceSize];
        foreach (var place in places)
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (!IsThere(file, place, buffer))
                _faults.Add($"content {place.Header.Content} is not in segment {place.Segment} at {place.Offset} as its row says.");
        }
    }

    private static bool IsThere(SafeFileHandle file, ContentPlace place, byte[] buffer)
    {
        var read = RandomAccess.Read(file, buffer.AsSpan(0, RecordHeader.Size), place.Offset);
        if (!RecordHeader.TryRead(buffer.AsSpan(0, read), out var header) || header != place.Header) return false;
        var checksum = new XxHash3();
        for (var at = 0L; at < header.Length; at += read)
        {
            read = RandomAccess.Read(file, buffer.AsSpan(0, (int)Math.Min(buffer.Length, header.Length - at)), place.BodyOffset + at);
            if (read == 0) return false;
            checksum.Append(buffer.AsSpan(0, read));
        }

        return checksum.GetCurrentHashAsUInt64() == header.Checksum;
    }
}

/// <summary>Compares a file of a backup with what its manifest says.</summary>
internal static class SumFault
{
    /// <returns>The fault, in a sentence; null when all is well.</returns>
    public static string? Find(
        string what, string path, long length, string sha256, Action<int> moved, CancellationToken cancellationToken)
    {
        if (!File.Exists(path)) return Missing(what, path);
        return Judge(what, path, length, sha256, PieceCopy.Sum(path, long.MaxValue, moved, cancellationToken));
    }

    public static string Missing(string what, string path) => $"{what} is not there: {path} is missing.";

    /// <inheritdoc cref="Find"/>
    public static string? Judge(string what, string path, long length, string sha256, PieceSum sum) =>
        sum.Length != length ? $"{what} is damaged: {path} has {sum.Length} bytes instead of {length}."
        : sum.Sha256 != sha256 ? $"{what} is damaged: the SHA-256 of {path} is not that of the manifest."
        : null;
}
