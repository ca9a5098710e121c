using System.CommandLine;
using System.Net.Sockets;
using System.Text.Json;
using Modus.Server.Admin;
using Modus.Server.Try;

namespace Modus.Server.Cli;

/// <summary><c>modus try</c></summary>
internal static class TryCommand
{
    public static Command Build(Terminal terminal)
    {
        var offset = new Option<int>("--port-offset")
        {
            Description = "Add this to every port (2525, 2587, 2465, 2110, 2995, 2143, 2993; metrics 2080).",
            HelpName = "N",
        };
        var anyPort = new Option<bool>("--any-port") { Description = "Let the system choose every port." };
        var once = new Option<bool>("--once") { Description = "Exit after the exchange: 0 only if every leg worked." };
        var command = new Command("try", "Show everything at work, in a temporary folder, on high ports, with two demo accounts.")
        {
            offset, anyPort, once,
        };
        command.Validators.Add(result =>
        {
            if (result.GetResult(offset)?.Tokens is [var given, ..] && !int.TryParse(given.Value, out _)) return; // the parser says it
            if (result.GetValue(offset) is < -2000 or > TryPorts.MaxOffset)
                result.AddError($"--port-offset goes from -2000 to {TryPorts.MaxOffset}.");
        });
        command.SetAction((parsed, cancel) =>
        {
            var ports = new TryPorts(parsed.GetValue(anyPort) ? null : parsed.GetValue(offset));
            return RunAsync(terminal, ports, parsed.GetValue(once), parsed.GetValue(SharedOptions.Json), cancel);
        });
        return command;
    }

    private static async Task<int> RunAsync(Terminal terminal, TryPorts ports, bool once, bool json, CancellationToken cancel)
    {
        try
        {
            await using var run = await TryRun.StartAsync(ports, cancel);
            Show(terminal, run.Report, once, json);
            if (!once) await run.WaitForStopAsync(cancel);
            return run.Report.AllWorked ? ExitCode.Done : ExitCode.Fault;
        }
        catch (Exception taken) when (taken is IOException or SocketException)
        {
            terminal.Error.WriteLine($"{taken.Message} Try other ports: --port-offset 1000, or --any-port.");
            return ExitCode.Fault;
        }
        catch (AdminUnreachableException unreachable)
        {
            terminal.Error.WriteLine(unreachable.Message);
            return ExitCode.Unreachable;
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Fault; // stopped in the middle of the tour
        }
    }

    private static void Show(Terminal terminal, TryReport report, bool once, bool json)
    {
        if (json)
        {
            terminal.Out.WriteLine(JsonSerializer.Serialize(report, CliJson.ForPeople.TryReport));
            terminal.Out.Flush();
            return;
        }

        var screen = new TryScreen(terminal.ToAnsiConsole());
        screen.ShowTour(report);
        if (!once) screen.ShowInvitation(report);
    }
}
