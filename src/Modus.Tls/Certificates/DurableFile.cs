using System.Runtime.InteropServices;
using System.Text;

namespace Modus.Tls;

/// <summary>
/// Files and folders for the account of this process alone, that are there after a crash once they were said to be. For keys, and for
/// what the program writes beside its store. Thread-safe; faults are those of <see cref="System.IO"/>.
/// </summary>
public static partial class DurableFile
{
    /// <summary>0700.</summary>
    public const UnixFileMode FolderMode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>0600.</summary>
    public const UnixFileMode SecretMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;

    /// <summary>Makes a folder, if it is not there, and those above it.</summary>
    public static void CreateFolder(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
            return;
        }

        // The mode would be that of the last folder alone, and those above it as open as the umask leaves them.
        if (Path.GetDirectoryName(Path.GetFullPath(path)) is { } above && !Directory.Exists(above)) CreateFolder(above);
        Directory.CreateDirectory(path, FolderMode);
    }

    /// <summary>Writes a file whole; its name is durable after <see cref="SyncFolder"/>.</summary>
    public static void Write(string path, string text) => Write(path, Encoding.UTF8.GetBytes(text));

    /// <inheritdoc cref="Write(string, string)"/>
    public static void Write(string path, byte[] content)
    {
        ArgumentNullException.ThrowIfNull(content);
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = SecretMode;
        using var file = new FileStream(path, options);
        file.Write(content);
        file.Flush(flushToDisk: true);
    }

    /// <summary>Puts the names in a folder on stable storage.</summary>
    // Windows journals names itself; elsewhere a name is durable when its folder is.
    public static void SyncFolder(string path)
    {
        if (OperatingSystem.IsWindows()) return;
        var folder = OpenFile(path, 0); // O_RDONLY
        if (folder < 0) throw Failed("open");
        var fault = FSync(folder) != 0 ? Failed("fsync") : null;
        _ = CloseFile(folder);
        if (fault is not null) throw fault;
    }

    private static IOException Failed(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseFile(int file);
}
