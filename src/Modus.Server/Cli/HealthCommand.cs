using System.CommandLine;
using System.Text.Json;
using Modus.Server.Admin;

namespace Modus.Server.Cli;

/// <summary><c>modus health</c></summary>
internal static class HealthCommand
{
    // What container runtimes give a health check by default is 30 seconds; it should end on its own, with a reason.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public static Command Build(Terminal terminal)
    {
        var command = new Command("health", "Ask the running server whether it is well and takes connections.");
        command.SetAction((parsed, cancel) => RunAsync(terminal, parsed, cancel));
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, ParseResult parsed, CancellationToken cancel)
    {
        if (!new AdminRunner(terminal).TryFindDataFolder(parsed, out var installation, out _, out var code)) return code;
        try
        {
            var health = await HealthCheck.AskAsync(installation.DataFolder, Patience, cancel);
            terminal.Out.WriteLine(parsed.GetValue(SharedOptions.Json)
                ? JsonSerializer.Serialize(health, CliJson.ForPeople.Health)
                : health.Text);
            return health switch
            {
                { IsReady: true } => ExitCode.Done,
                { IsThere: true } => ExitCode.Fault,
                _ => ExitCode.Unreachable,
            };
        }
        catch (AdminUnreachableException unreachable)
        {
            terminal.Error.WriteLine(unreachable.Message);
            return ExitCode.Unreachable;
        }
    }
}
