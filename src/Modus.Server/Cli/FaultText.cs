using Modus.Server.Configuration;

namespace Modus.Server.Cli;

/// <summary>Writes the faults of a configuration for a person.</summary>
internal static class FaultText
{
    public static void Write(TextWriter writer, LoadedConfiguration loaded)
    {
        writer.WriteLine(loaded.File is null
            ? "There is no modus.json, and the environment alone makes no configuration:"
            : $"{Place(loaded)} {loaded.Faults.Count} fault(s):");
        foreach (var fault in loaded.Faults) writer.WriteLine($"  {fault}");
        writer.WriteLine(loaded.File is null
            ? "Begin with `modus config example > modus.json`, or name a file with --config."
            : "docs/configuration.md explains every key; `modus config validate` checks again.");
    }

    private static string Place(LoadedConfiguration loaded)
    {
        var fromEnvironment = loaded.Faults.Count(fault => fault.Variable is not null);
        return fromEnvironment == 0 ? $"{loaded.File} has"
            : fromEnvironment == loaded.Faults.Count ? $"{loaded.File} is overlaid by the environment, which has"
            : $"{loaded.File} and the environment have";
    }
}
