using Modus.Server.Installation;

namespace Modus.Server.Cli;

/// <summary>What an import changes, for people.</summary>
internal static class InstallationLines
{
    /// <summary>Faults that are shown: more than that is another document.</summary>
    public const int MostFaults = 100;

    private const int MostText = 100; // of a value: whole certificates are for --json

    public static void Write(TextWriter output, ItemChangeRow change)
    {
        var sign = change.Kind switch { ItemChangeKind.Added => '+', ItemChangeKind.Removed => '-', _ => '~' };
        output.WriteLine($"{sign} {change.Section} {change.Key}");
        foreach (var member in change.Members) output.WriteLine($"    {member.Name}: {Short(member.Before)} -> {Short(member.After)}");
    }

    private static string Short(string? text)
    {
        if (text is null) return "none";
        var line = text.ReplaceLineEndings(" ");
        return line.Length <= MostText ? line : line[..MostText] + "...";
    }
}
