namespace Modus.Server.Composition;

/// <summary>The journal of systemd, when it is what reads our lines: it has a time of its own, and takes the level from the line.</summary>
internal static class Journal
{
    private const string Variable = "JOURNAL_STREAM"; // systemd.exec(5): device and inode of the socket
    private const string Output = "/proc/self/fd/1";

    /// <summary>True when stdout leads there.</summary>
    public static bool TakesOutput =>
        OperatingSystem.IsLinux() && IsItsOwn(Environment.GetEnvironmentVariable(Variable), new FileInfo(Output).LinkTarget);

    // The variable is inherited by all that a service starts, also when its output goes elsewhere.
    internal static bool IsItsOwn(string? stream, string? output) =>
        stream?.Split(':') is [_, { Length: > 0 } inode] && output == $"socket:[{inode}]";
}
