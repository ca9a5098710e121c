using System.Runtime.InteropServices;

namespace Modus.Storage.Embedded.Backup;

/// <summary>Whether others could put their own files in a folder, or another folder in its place.</summary>
internal static partial class FolderExposure
{
    private const UnixFileMode OfOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;
    private const int CurrentFolder = -100;   // AT_FDCWD
    private const uint WithOwner = 0x8;       // STATX_UID
    private const int StatusSize = 256;       // struct statx, the same on every architecture
    private const int OwnerOffset = 20;       // stx_uid

    /// <exception cref="BackupException">They could.</exception>
    public static void Refuse(string path)
    {
        if (OperatingSystem.IsWindows()) return; // folders hand down who may
        var mode = File.GetUnixFileMode(path);
        if ((mode & OfOthers) != 0)
        {
            throw new BackupException(
                $"Other accounts can write {path} (mode {Octal(mode)}), and a backup holds mail and private keys: `chmod go-w {path}`, or name another folder.");
        }

        if (FindOtherOwner(path) is { } owner)
        {
            throw new BackupException(
                $"{path} belongs to another account (uid {owner}), which could write what it wants there. Run the command as that account, or name another folder.");
        }

        for (var above = Path.GetDirectoryName(path); above is not null; above = Path.GetDirectoryName(above))
        {
            var modeAbove = File.GetUnixFileMode(above);
            if (!modeAbove.HasFlag(UnixFileMode.OtherWrite) || modeAbove.HasFlag(UnixFileMode.StickyBit)) continue;
            throw new BackupException(
                $"Every account can put another folder in the place of {path}, because {above} has mode {Octal(modeAbove)}: `chmod o-w {above}`, or name another folder.");
        }
    }

    /// <summary>The path without links: the folders that count are those that are really above it.</summary>
    public static string WithoutLinks(string path)
    {
        var full = Path.GetFullPath(path);
        var real = Path.GetPathRoot(full)!;
        foreach (var part in full[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            if (new DirectoryInfo(real) is { LinkTarget: not null } link && link.ResolveLinkTarget(returnFinalTarget: true) is { } target)
                real = WithoutLinks(target.FullName);
        }

        return real;
    }

    // Null when it is ours or root's, and where nobody can tell.
    private static uint? FindOtherOwner(string path)
    {
        if (!OperatingSystem.IsLinux()) return null;
        try
        {
            var status = new byte[StatusSize];
            if (Status(CurrentFolder, path, 0, WithOwner, status) != 0) return null;
            var owner = MemoryMarshal.Read<uint>(status.AsSpan(OwnerOffset));
            return owner == 0 || owner == User() ? null : owner;
        }
        catch (EntryPointNotFoundException)
        {
            return null; // a C library from before 2018
        }
    }

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0');

    [LibraryImport("libc", EntryPoint = "statx", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Status(int folder, string path, int flags, uint mask, [Out] byte[] status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    private static partial uint User();
}
