using System.CommandLine;

namespace Modus.Server.Cli;

/// <summary>The options that every command takes.</summary>
internal static class SharedOptions
{
    public static readonly Option<string?> Config = new("--config", "-c")
    {
        Description = "The configuration file. Without it: MODUS_CONFIG, ./modus.json, /etc/modus/modus.json.",
        HelpName = "FILE",
        Recursive = true,
    };

    public static readonly Option<string?> Data = new("--data")
    {
        Description = "The data folder to work on, instead of the one that the configuration names.",
        HelpName = "FOLDER",
        Recursive = true,
    };

    public static readonly Option<bool> Json = new("--json")
    {
        Description = "Print the result as JSON.",
        Recursive = true,
    };
}
