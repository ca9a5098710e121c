using System.CommandLine;
using System.Text.Json;
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
        var command = new Command("show", "Show the configuration of file, environment and defaults (always JSON).");
        command.SetAction(parsed =>
        {
            var loaded = ConfigurationFile.Load(parsed.GetValue(SharedOptions.Config));
            if (loaded.Configuration is { } configuration)
            {
                terminal.Out.WriteLine(ConfigurationText.Format(configuration));
                return ExitCode.Done;
            }

            FaultText.Write(terminal.Error, loaded);
            return ExitCode.Configuration;
        });
        return command;
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
