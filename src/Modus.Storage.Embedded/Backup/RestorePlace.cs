using Modus.Storage.Embedded.Content;

namespace Modus.Storage.Embedded.Backup;

/// <summary>Where a data folder is to be, and the folder beside it in which it grows.</summary>
internal sealed class RestorePlace
{
    private const string Marker = "modus-restore.unfinished";

    private RestorePlace(string folder) => Folder = folder;

    public string Folder { get; }

    public string Partial => Folder + ".partial";

    /// <exception cref="BackupException">Something is there.</exception>
    public static RestorePlace Take(string newFolder, Disk disk)
    {
        var place = new RestorePlace(Path.GetFullPath(newFolder).TrimEnd(Path.DirectorySeparatorChar));
        if (File.Exists(place.Folder) || (Directory.Exists(place.Folder) && Directory.EnumerateFileSystemEntries(place.Folder).Any()))
            throw new BackupException($"{place.Folder} is there already. A restoring never writes over anything: name a new folder.");
        for (var above = Path.GetDirectoryName(place.Folder); above is not null; above = Path.GetDirectoryName(above))
        {
            if (File.Exists(new StoreFolder(above).Database))
                throw new BackupException($"{place.Folder} lies in the data folder {above}, whose every backup would hold it, too: name a folder elsewhere.");
        }

        if (Directory.Exists(place.Partial))
        {
            if (!File.Exists(Path.Combine(place.Partial, Marker)))
                throw new BackupException($"{place.Partial} is there, and was not made by a restoring. Move it away.");
            Directory.Delete(place.Partial, recursive: true); // of one that was killed
        }

        StoreFolder.CreateFolder(place.Partial, disk);
        new PieceCopy(disk).Write(Path.Combine(place.Partial, Marker), ReadOnlyMemory<byte>.Empty);
        return place;
    }

    /// <summary>Everything is there and durable: gives it its name.</summary>
    public void Finish(Disk disk)
    {
        File.Delete(Path.Combine(Partial, Marker));
        disk.SyncFolder(Partial);
        if (Directory.Exists(Folder)) Directory.Delete(Folder); // it is empty
        Directory.Move(Partial, Folder);
        disk.SyncFolder(Path.GetDirectoryName(Folder)!);
    }

    public void Abandon()
    {
        try
        {
            if (Directory.Exists(Partial)) Directory.Delete(Partial, recursive: true);
        }
        catch (Exception stays) when (stays is IOException or UnauthorizedAccessException)
        {
            // The next restoring removes it.
        }
    }
}
