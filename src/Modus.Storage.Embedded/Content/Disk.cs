using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Modus.Storage.Embedded.Content;

/// <summary>
/// Every write and sync of segment files. One place, so that a test can make it fail where a disk would. A sync that
/// fails is never tried again. Thread-safe.
/// </summary>
internal partial class Disk
{
    private const int OpenDirectory = 0x1_0000 | 0x8_0000; // O_DIRECTORY | O_CLOEXEC, Linux on x64
    private const int OpenDirectoryArm = 0x4000 | 0x8_0000;

    public virtual void Write(SafeFileHandle file, IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset) =>
        RandomAccess.Write(file, buffers, offset);

    public virtual ValueTask WriteAsync(
        SafeFileHandle file, IReadOnlyList<ReadOnlyMemory<byte>> buffers, long offset, CancellationToken cancellationToken) =>
        RandomAccess.WriteAsync(file, buffers, offset, cancellationToken);

    /// <summary>Puts a file's bytes and length on stable storage.</summary>
    public virtual void Sync(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux()) RandomAccess.FlushToDisk(file); // also does F_FULLFSYNC where that is needed
        else if (FDataSync(file) != 0) throw Failed("fdatasync");
    }

    /// <summary>Puts the names in a folder on stable storage.</summary>
    public virtual void SyncFolder(string path)
    {
        if (!OperatingSystem.IsLinux()) return; // Windows journals names itself; macOS does so with the file's F_FULLFSYNC
        var isArm = RuntimeInformation.ProcessArchitecture is Architecture.Arm64 or Architecture.Arm;
        var folder = OpenFile(path, isArm ? OpenDirectoryArm : OpenDirectory);
        if (folder < 0) throw Failed("open");
        var failed = FSync(folder) != 0;
        var fault = failed ? Failed("fsync") : null;
        _ = CloseFile(folder);
        if (fault is not null) throw fault;
    }

    /// <summary>True when there was no room: ENOSPC or EDQUOT, and ERROR_DISK_FULL or ERROR_HANDLE_DISK_FULL.</summary>
    public static bool IsNoSpace(IOException fault) =>
        fault.HResult is 28 or 122 or unchecked((int)0x8007_0070) or unchecked((int)0x8007_0027);

    private static IOException Failed(string call)
    {
        var error = Marshal.GetLastPInvokeError();
        return new IOException($"{call}: {Marshal.GetPInvokeErrorMessage(error)}", error);
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    private static partial int FDataSync(SafeFileHandle file);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int OpenFile(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int file);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int CloseFile(int file);
}
