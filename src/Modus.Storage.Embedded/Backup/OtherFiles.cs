using Modus.Storage.Embedded.Content;

namespace Modus.Storage.Embedded.Backup;

/// <summary>
/// What a data folder holds besides the store: keys, certificates, authorities. All of it is copied but what the store is made of
/// or can make anew, so that a key of tomorrow is not forgotten.
/// </summary>
internal sealed class OtherFiles(string folder, PieceCopy pieces, Disk disk)
{
    private const int Passes = 5;

    private static readonly string[] OfTheStore =
        ["lock", "lock.owner", "store.db", "store.db-wal", "store.db-shm", "store.db-journal", "segments", "search", "admin.sock"];

    private readonly List<string> _notes = [];

    /// <summary>What was left out.</summary>
    public IReadOnlyList<string> Notes => _notes;

    /// <summary>
    /// Copies them. Files change while they are copied, and some name others: it begins again until nothing changed meanwhile.
    /// </summary>
    /// <exception cref="BackupException">They never kept still.</exception>
    public IReadOnlyList<ManifestFile> CopyTo(string target, CancellationToken cancellationToken)
    {
        for (var pass = 0; pass < Passes; pass++)
        {
            if (Directory.Exists(target)) Directory.Delete(target, recursive: true);
            StoreFolder.CreateFolder(target, disk);
            _notes.Clear();
            var before = List();
            var copied = TryCopy(before, target, cancellationToken);
            if (copied is not null && List().SequenceEqual(before)) return copied;
        }

        throw new BackupException($"The keys and certificates in {folder} change all the time. Try again when nothing changes them.");
    }

    private List<ManifestFile>? TryCopy(List<Found> files, string target, CancellationToken cancellationToken)
    {
        var copied = new List<ManifestFile>();
        foreach (var file in files)
        {
            var path = Path.Combine(target, file.Path);
            StoreFolder.CreateFolder(Path.GetDirectoryName(path)!, disk);
            try
            {
                var sum = pieces.Copy(Path.Combine(folder, file.Path), path, long.MaxValue, static _ => { }, cancellationToken);
                copied.Add(new ManifestFile(file.Path.Replace(Path.DirectorySeparatorChar, '/'), sum.Length, sum.Sha256));
            }
            catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
            {
                return null;
            }
        }

        foreach (var made in Directory.EnumerateDirectories(target, "*", SearchOption.AllDirectories).Prepend(target)) disk.SyncFolder(made);
        return copied;
    }

    private List<Found> List()
    {
        var found = new List<Found>();
        Walk(new DirectoryInfo(folder), "", found);
        found.Sort(static (one, other) => string.CompareOrdinal(one.Path, other.Path));
        return found;
    }

    private void Walk(DirectoryInfo above, string prefix, List<Found> found)
    {
        foreach (var entry in above.EnumerateFileSystemInfos())
        {
            var path = Path.Combine(prefix, entry.Name);
            if (prefix.Length == 0 && OfTheStore.Contains(entry.Name, StringComparer.Ordinal)) continue;
            if (entry.LinkTarget is not null) NoteOnce($"{path} is a link: what it leads to is not part of the backup.");
            else if (entry is DirectoryInfo inner) Walk(inner, path, found);
            else if (entry is FileInfo { Exists: true } file) found.Add(new Found(path, file.Length, file.LastWriteTimeUtc));
        }
    }

    private void NoteOnce(string note)
    {
        if (!_notes.Contains(note)) _notes.Add(note);
    }

    private readonly record struct Found(string Path, long Length, DateTime Changed);
}
