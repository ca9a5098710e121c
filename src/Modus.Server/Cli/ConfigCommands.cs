using System.CommandLine;
using System.Text.Json;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Server.Composition;
using Modus.Server.Configuration;

namespace Modus.Server.Cli;

/// <summary><c>modus config …</c></summary>
internal static class ConfigCommands
{
    public static Command Build(Terminal terminal) => new("config", "The configuration file, modus.json, and the settings that change while the server runs.")
    {
        Validate(terminal), Show(terminal), Example(terminal),
        SettingCommands.Get(terminal), SettingCommands.Set(terminal), SettingCommands.Unset(terminal), SettingCommands.History(terminal),
        InstallationCommands.Export(terminal), InstallationCommands.Import(terminal), InstallationCommands.Diff(terminal),
        InstallationCommands.Rollback(terminal), InstallationCommands.Schema(terminal),
    };

    private static Command Validate(Terminal terminal)
    {
        var document = new Argument<string?>("file") { Description = "A document of `modus config export` to check instead; - for the standard input.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("validate", "Check the configuration, or a document of an installation, and name every fault.") { document };
        command.SetAction(async (parsed, cancel) =>
        {
            if (parsed.GetValue(document) is { } file) return await InstallationCommands.ValidateAsync(terminal, parsed, file, cancel);
            var loaded = ConfigurationFile.Load(parsed.GetValue(SharedOptions.Config));
            if (loaded.Configuration is { } read && CertificateTrial.FindFaults(read).ToList() is { Count: > 0 } faults)
                loaded = loaded with { Configuration = null, Faults = faults };
            if (parsed.GetValue(SharedOptions.Json))
            {
                var verdict = new ConfigurationVerdict(loaded.File, loaded.Faults);
                terminal.Out.WriteLine(JsonSerializer.Serialize(verdict, CliJson.ForPeople.ConfigurationVerdict));
            }
            else if (loaded.Configuration is { } configuration)
            {
                terminal.Out.WriteLine(
                    $"{loaded.File ?? "The environment"} is good: {configuration.Hostname}, {configuration.OpenListeners.Count()} listener(s), " +
                    $"{configuration.Certificates.Count} certificate(s), data in {configuration.DataFolder}.");
            }
            else
            {
                FaultText.Write(terminal.Error, loaded);
            }

            return loaded.Configuration is null ? ExitCode.Configuration : ExitCode.Done;
        });
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        var command = new Command("show", "Show what is in effect: file, environment, defaults, and what commands set (always JSON).");
        command.SetAction(async (parsed, cancel) =>
        {
            var loaded = ConfigurationFile.Load(parsed.GetValue(SharedOptions.Config));
            if (loaded.Configuration is { } configuration)
            {
                terminal.Out.WriteLine(ConfigurationText.Format(await OverlayAsync(terminal, configuration, cancel)));
                return ExitCode.Done;
            }

            FaultText.Write(terminal.Error, loaded);
            return ExitCode.Configuration;
        });
        return command;
    }

    // Each setting that a command set is named beside the JSON, which stays a modus.json as it could be written.
    private static async Task<ServerConfiguration> OverlayAsync(Terminal terminal, ServerConfiguration configuration, CancellationToken cancellationToken)
    {
        if (!Directory.Exists(configuration.DataFolder)) return configuration; // nothing was set yet, and showing makes no store
        try
        {
            await using var channel = await AdminChannel.OpenAsync(configuration.DataFolder, store => store with { File = configuration }, cancellationToken);
            var rows = await channel.RunAsync(AdminOperations.GetSettings, new SettingQuery(null), cancellationToken);
            foreach (var row in (rows.Result ?? []).Where(static row => row.Source == SettingSource.Command))
            {
                var setting = LiveSetting.Find(row.Key)!;
                if (setting.Read(row.Value!, out _) is not { } read) continue;
                terminal.Error.WriteLine($"{row.Key} was set by command to {row.Value}; file, environment or default say {setting.Word(configuration)}.");
                configuration = setting.Take(configuration, read);
            }
        }
        catch (AdminUnreachableException unreachable)
        {
            terminal.Error.WriteLine($"What commands set is not shown: {unreachable.Message}");
        }

        return configuration;
    }

    private static Command Example(Terminal terminal)
    {
        var command = new Command("example", "Print a commented modus.json to begin with.");
        command.SetAction(_ =>
        {
            terminal.Out.Write(ConfigurationText.ReadExample());
            return ExitCode.Done;
        });
        return command;
    }
}

/// <summary>What <c>modus config validate --json</c> prints.</summary>
internal sealed record ConfigurationVerdict(string? File, IReadOnlyList<ConfigurationFault> Faults);
