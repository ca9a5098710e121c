using Modus.Storage.Embedded.Content;

namespace Modus.Storage.Embedded;

/// <summary>The places in a store's folder, and the modes that keep others out of them.</summary>
internal sealed class StoreFolder(string root)
{
    private const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    public string Root { get; } = Path.GetFullPath(root);

    public string Database => Path.Combine(Root, "store.db");

    public string Segments => Path.Combine(Root, "segments");

    public string Search => Path.Combine(Root, "search");

    public string Lock => Path.Combine(Root, "lock");

    public string Owner => Path.Combine(Root, "lock.owner");

    public void Create(Disk disk)
    {
        CreateFolder(Root, disk);
        CreateFolder(Segments, disk);
        CreateFolder(Search, disk);
    }

    /// <summary>Options that create a file for its owner alone.</summary>
    public static FileStreamOptions Private(FileMode mode, FileAccess access, FileShare share)
    {
        var options = new FileStreamOptions { Mode = mode, Access = access, Share = share, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = FileMode;
        return options;
    }

    /// <summary>Makes a folder for its owner alone, and those above it, durably.</summary>
    public static void CreateFolder(string path, Disk disk)
    {
        if (Directory.Exists(path)) return;
        var above = Path.GetDirectoryName(path);
        if (above is not null) CreateFolder(above, disk);
        if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
        else Directory.CreateDirectory(path, FolderMode);
        if (above is not null) disk.SyncFolder(above); // or a crash may take the name, and with it all that is below
    }
}
