namespace Modus.Tls;

/// <summary>Who else may read a file that holds a secret.</summary>
public static class SecretFile
{
    private const UnixFileMode OfOthers = UnixFileMode.OtherRead | UnixFileMode.OtherWrite;

    /// <summary>
    /// Says that every account of the machine can read or write the file, with the command that mends it; null when it is for its owner
    /// and group, when a folder above it keeps others out, when it is not there, and on Windows, where folders hand down who may.
    /// </summary>
    public static string? FindExposure(string path)
    {
        if (OperatingSystem.IsWindows()) return null;
        try
        {
            if (!File.Exists(path)) return null;
            var real = Resolve(Path.GetFullPath(path));
            var mode = File.GetUnixFileMode(real);
            if ((mode & OfOthers) == 0) return null;
            for (var folder = Path.GetDirectoryName(real); folder is not null; folder = Path.GetDirectoryName(folder))
            {
                if ((File.GetUnixFileMode(folder) & UnixFileMode.OtherExecute) == 0) return null;
            }

            return $"Every account of this machine can {(mode.HasFlag(UnixFileMode.OtherRead) ? "read" : "change")} {path} "
                + $"(mode {Convert.ToString((int)mode, 8).PadLeft(4, '0')}): `chmod o-rwx {real}`.";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return null; // whoever reads it says why it cannot be read
        }
    }

    // Without links: the folders that count are those above the file itself.
    private static string Resolve(string path)
    {
        var real = Path.GetPathRoot(path)!;
        foreach (var part in path[real.Length..].Split(Path.DirectorySeparatorChar, StringSplitOptions.RemoveEmptyEntries))
        {
            real = Path.Combine(real, part);
            if (new FileInfo(real).ResolveLinkTarget(returnFinalTarget: true) is { } target) real = Resolve(target.FullName);
        }

        return real;
    }
}
