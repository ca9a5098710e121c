using System.Globalization;

namespace Modus.Storage.Embedded.Backup;

/// <summary>Whether others could put their own files in a folder, or another folder in its place.</summary>
internal static class FolderExposure
{
    private const UnixFileMode OfOthers = UnixFileMode.GroupWrite | UnixFileMode.OtherWrite;

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

        for (var above = Path.GetDirectoryName(path); above is not null; above = Path.GetDirectoryName(above))
        {
            var modeAbove = File.GetUnixFileMode(above);
            if (!modeAbove.HasFlag(UnixFileMode.OtherWrite) || modeAbove.HasFlag(UnixFileMode.StickyBit)) continue;
            throw new BackupException(
                $"Every account can put another folder in the place of {path}, because {above} has mode {Octal(modeAbove)}: `chmod o-w {above}`, or name another folder.");
        }
    }

    private static string Octal(UnixFileMode mode) => Convert.ToString((int)mode, 8).PadLeft(4, '0').ToString(CultureInfo.InvariantCulture);
}
