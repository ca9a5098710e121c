using Modus.Tls;

namespace Modus.Server.Composition;

/// <summary>Keys, verifiers of passwords, or mail that every account of the machine can read.</summary>
/// <param name="message">Which file, and what to do.</param>
internal sealed class DataExposedException(string message) : IOException(message);

/// <summary>
/// Finds out whether others can read what the server keeps, as after a copy back that forgot the modes. Everything is made for
/// the server's account alone; what was opened to all since is no secret any more, and somebody should know.
/// </summary>
internal static class DataFolderCheck
{
    // The certificate store refuses, or takes back, a key that others can read: that is no reason to serve nothing.
    private static readonly string[] CheckedElsewhere = ["certificates", "tls"];

    /// <exception cref="DataExposedException">Names the first file.</exception>
    public static void Run(string dataFolder)
    {
        if (OperatingSystem.IsWindows() || !Directory.Exists(dataFolder)) return;
        if ((File.GetUnixFileMode(dataFolder) & UnixFileMode.OtherExecute) == 0) return; // nobody else comes in
        var inside = Directory.EnumerateDirectories(dataFolder)
            .Where(static folder => !CheckedElsewhere.Contains(Path.GetFileName(folder)))
            .SelectMany(static folder => Directory.EnumerateFiles(folder, "*", SearchOption.AllDirectories));
        if (Directory.EnumerateFiles(dataFolder).Concat(inside).Select(SecretFile.FindExposure).FirstOrDefault(static found => found is not null) is not { } exposure) return;
        throw new DataExposedException(
            $"The server does not start on keys and mail that are no secret. {exposure} `chmod 0700 {dataFolder}` keeps others out of all that is there.");
    }
}
