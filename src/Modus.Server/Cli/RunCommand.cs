using System.CommandLine;
using System.Net.Sockets;
using Modus.Server.Admin;
using Modus.Server.Composition;
using Modus.Server.Configuration;

namespace Modus.Server.Cli;

/// <summary><c>modus run</c></summary>
internal static class RunCommand
{
    public static Command Build(Terminal terminal)
    {
        var command = new Command("run", "Run the server until it is told to stop (SIGTERM, SIGINT).");
        command.SetAction((parsed, cancel) => RunAsync(terminal, parsed, cancel));
        return command;
    }

    /// <summary>Serves to the end.</summary>
    /// <returns>The exit code.</returns>
    internal static async Task<int> ServeAsync(RunningServer server, CancellationToken cancel)
    {
        await server.WaitForStopAsync(cancel);
        return server.HasFailed ? ExitCode.StoreFailed : ExitCode.Done;
    }

    private static async Task<int> RunAsync(Terminal terminal, ParseResult parsed, CancellationToken cancel)
    {
        var loaded = ConfigurationFile.Load(parsed.GetValue(SharedOptions.Config));
        if (loaded.Configuration is not { } configuration)
        {
            FaultText.Write(terminal.Error, loaded);
            return ExitCode.Configuration;
        }

        if (parsed.GetValue(SharedOptions.Data) is { } folder)
            configuration = configuration with { DataFolder = Path.GetFullPath(folder) };
        try
        {
            await using var server = await RunningServer.StartAsync(configuration, LogSetup.For(configuration.Log), cancel);
            return await ServeAsync(server, cancel);
        }
        catch (AdminUnreachableException unreachable)
        {
            terminal.Error.WriteLine(unreachable.Message);
            return ExitCode.Unreachable;
        }
        catch (IOException refused) when (refused is DoorShutException or DataExposedException)
        {
            terminal.Error.WriteLine(refused.Message);
            return ExitCode.Fault;
        }
        catch (Exception taken) when (taken is IOException or SocketException)
        {
            terminal.Error.WriteLine($"{taken.Message} Free it, change \"listeners\" in modus.json, or give the right to open it.");
            return ExitCode.Fault;
        }
    }
}
