using System.Text;
using Modus.Storage.Embedded.Content;

namespace Modus.Storage.Embedded.Backup;

/// <summary>
/// A folder that holds backups: <c>segments/</c>, which generations share, <c>generations/</c>, and a lock that one writer has, or any
/// number of readers.
/// </summary>
internal sealed class BackupTarget(string root)
{
    private const string Marker = "modus-backup";
    private const string MarkerText = "Backups of a Modus mail server. `modus backup list` shows them; docs/backup.md explains the files.\n";

    public string Root { get; } = FolderExposure.WithoutLinks(root);

    public string Segments => Path.Combine(Root, "segments");

    public string Generations => Path.Combine(Root, "generations");

    /// <summary>Where a segment is while it is copied.</summary>
    public string Incoming => Path.Combine(Segments, "incoming.partial");

    private string Lock => Path.Combine(Root, "lock");

    public string SegmentFile(string name) => Path.Combine(Segments, name);

    public GenerationFolder Generation(string name) => new(Path.Combine(Generations, name));

    /// <summary>All that are there, oldest first, the unfinished too.</summary>
    public IReadOnlyList<GenerationFolder> ListGenerations() =>
        [.. Directory.EnumerateDirectories(Generations)
            .Where(static path => GenerationFolder.IsName(Path.GetFileName(path)))
            .Order(StringComparer.Ordinal)
            .Select(static path => new GenerationFolder(path))];

    /// <summary>The name of the newest, unfinished ones too; null for none.</summary>
    public string? LastName => ListGenerations() is [.., var last] ? last.Name : null;

    /// <summary>The generation of that name, or the newest finished one.</summary>
    /// <exception cref="BackupException">There is none.</exception>
    public GenerationFolder Choose(string? name)
    {
        var finished = ListGenerations().Where(static generation => generation.IsFinished).ToList();
        if (finished.Count == 0) throw new BackupException($"{Root} holds no finished backup. Make one: `modus backup {Root}`.");
        return name is null
            ? finished[^1]
            : finished.Find(generation => generation.Name == name)
                ?? throw new BackupException($"{Root} has no generation {name}. `modus backup list {Root}` shows those that there are.");
    }

    /// <summary>Takes it for a backup; makes it when it is not there or empty.</summary>
    /// <returns>The lock.</returns>
    /// <exception cref="BackupException">It is no place for a backup, or another backup writes it.</exception>
    public IDisposable OpenForWriting(Disk disk)
    {
        if (File.Exists(Root)) throw new BackupException($"{Root} is a file. Name a folder.");
        if (Directory.Exists(Root) && !File.Exists(Path.Combine(Root, Marker)) && Directory.EnumerateFileSystemEntries(Root).Any())
            throw new BackupException($"{Root} is not empty, and holds no backup of Modus. Name another folder, or a new one.");
        StoreFolder.CreateFolder(Root, disk);
        FolderExposure.Refuse(Root);
        var taken = TakeLock();
        try
        {
            StoreFolder.CreateFolder(Segments, disk);
            StoreFolder.CreateFolder(Generations, disk);
            FolderExposure.Refuse(Segments);
            FolderExposure.Refuse(Generations);
            if (!File.Exists(Path.Combine(Root, Marker)))
                new PieceCopy(disk).Write(Path.Combine(Root, Marker), Encoding.UTF8.GetBytes(MarkerText));
            disk.SyncFolder(Root);
            return taken;
        }
        catch
        {
            taken.Dispose();
            throw;
        }
    }

    /// <summary>Keeps others from writing it. A target that cannot be written, such as one on a read-only disk, needs no lock.</summary>
    /// <exception cref="BackupException">It is none, or a backup is being written.</exception>
    public IDisposable? OpenForReading()
    {
        if (!File.Exists(Path.Combine(Root, Marker)) || !Directory.Exists(Generations))
            throw new BackupException($"{Root} holds no backup of Modus. Name the folder that `modus backup` wrote.");
        if (!File.Exists(Lock)) return null;
        try
        {
            return new FileStream(Lock, FileMode.Open, FileAccess.Read, FileShare.Read);
        }
        catch (IOException)
        {
            throw Busy();
        }
    }

    private FileStream TakeLock()
    {
        try
        {
            return new FileStream(Lock, StoreFolder.Private(FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException) when (File.Exists(Lock))
        {
            throw Busy();
        }
    }

    private BackupException Busy() => new(
        $"Another backup, check or restoring works on {Root} at this moment. Wait until it has ended, and try again.");
}
