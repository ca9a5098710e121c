using Modus.Storage.Embedded.Content;

namespace Modus.Storage.Embedded.Backup;

/// <summary>
/// Removes old generations, the manifest first, so that none is ever half there and looks whole; then the segments that no
/// remaining manifest names. The target's lock is the caller's.
/// </summary>
internal sealed class BackupPruning(BackupTarget target, Disk disk)
{
    private readonly List<string> _removed = [];
    private readonly List<string> _notes = [];

    public IReadOnlyList<string> Removed => _removed;

    public IReadOnlyList<string> Notes => _notes;

    /// <summary>Keeps the newest <paramref name="keep"/> generations that can be read; older ones go.</summary>
    public void Run(int keep)
    {
        var good = new List<(GenerationFolder Folder, Manifest Manifest)>();
        var damaged = new List<GenerationFolder>();
        foreach (var generation in target.ListGenerations())
        {
            try
            {
                good.Add((generation, generation.Read()));
            }
            catch (BackupException)
            {
                damaged.Add(generation);
            }
        }

        foreach (var (folder, _) in good.SkipLast(keep)) Remove(folder);
        disk.SyncFolder(target.Generations);
        if (damaged.Count > 0)
        {
            // Nobody can say which segments it needs.
            _notes.Add(
                $"The manifest of {string.Join(", ", damaged.Select(static one => one.Name))} is damaged: no segment was removed. "
                + "Delete the folder of that generation if it is of no use, and the next backup removes what nothing needs.");
            return;
        }

        var needed = good.TakeLast(keep).SelectMany(static one => one.Manifest.Segments).Select(static segment => segment.File).ToHashSet(StringComparer.Ordinal);
        foreach (var path in Directory.EnumerateFiles(target.Segments))
        {
            var name = Path.GetFileName(path);
            if (SegmentName.Parse(name) is not null && !needed.Contains(name)) File.Delete(path);
        }
    }

    private void Remove(GenerationFolder folder)
    {
        folder.Unfinish(disk);
        Directory.Delete(folder.Root, recursive: true);
        _removed.Add(folder.Name);
    }
}
