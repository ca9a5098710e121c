using System.CommandLine;
using System.Globalization;
using Modus.Server.Admin;
using Modus.Server.Composition;
using Modus.Storage.Embedded.Backup;

namespace Modus.Server.Cli;

/// <summary>
/// <c>modus backup …</c>: the command copies with its own rights. A server that runs only keeps the files from being deleted
/// meanwhile, so it needs no right to write where backups are.
/// </summary>
internal static class BackupCommands
{
    public static Command Build(Terminal terminal)
    {
        var command = Backup(terminal);
        command.Add(List(terminal));
        command.Add(Check(terminal));
        return command;
    }

    internal static Argument<string> NewTarget() => new("target") { Description = "The folder that holds the backups." };

    internal static Option<string?> NewGeneration() => new("--generation")
    {
        Description = "Which one, as `modus backup list` names it; the newest without it.", HelpName = "NAME",
    };

    private static Command Backup(Terminal terminal)
    {
        var target = NewTarget();
        var keep = new Option<int?>("--keep") { Description = "Remove older generations, so that this many are left.", HelpName = "N" };
        keep.Validators.Add(result =>
        {
            if (result.Tokens is [var given] && int.TryParse(given.Value, CultureInfo.InvariantCulture, out var count) && count < 1)
                result.AddError("--keep is at least 1: the new backup is always kept.");
        });
        var command = new Command("backup", "Back up the store with its keys, beside a running server or without one; again into the same folder: only what is new is copied.")
        {
            target, keep,
        };
        command.SetAction((parsed, cancel) => BackupScreen.RunAsync(terminal, parsed, progress => new AdminRunner(terminal).RunAsync(
            parsed,
            (channel, installation) => RunAsync(
                channel, Request(installation, parsed.GetRequiredValue(target), parsed.GetValue(keep)), progress, cancel),
            report => BackupScreen.Show(terminal, report),
            cancel,
            static report => report.Faults.Count == 0 ? ExitCode.Done : ExitCode.Fault)));
        return command;
    }

    private static BackupRequest Request(Installation installation, string target, int? keep) => new()
    {
        DataFolder = installation.DataFolder,
        Target = target,
        Version = ModusHost.Version,
        ConfigurationFile = installation.ConfigurationFile,
        Keep = keep,
        Notes = installation.ConfigurationFile is { } file
            ? [$"Files that {file} names and that are not in the data folder, such as PEM files and passwords, are not part of the backup."]
            : ["No modus.json was read, because --data was given or there is none: it is not part of the backup."],
    };

    private static async ValueTask<AdminReply<BackupReport>> RunAsync(
        IAdminChannel channel, BackupRequest request, IProgress<BackupProgress>? progress, CancellationToken cancel)
    {
        try
        {
            await using var held = await HeldStore.BeginAsync(channel, TimeProvider.System, cancel);
            using var stop = CancellationTokenSource.CreateLinkedTokenSource(cancel, held.Lost);
            try
            {
                return await StoreBackup.RunAsync(request with { ConfirmHold = held.ConfirmAsync }, progress, TimeProvider.System, stop.Token);
            }
            catch (OperationCanceledException) when (held.Fault is { } lost)
            {
                throw new BackupException(lost);
            }
        }
        catch (BackupException refused)
        {
            return new AdminFault(AdminFaultKind.NotAllowed, refused.Message);
        }
    }

    private static Command List(Terminal terminal)
    {
        var target = NewTarget();
        var command = new Command("list", "List the generations in a folder.") { target };
        command.SetAction((parsed, cancel) => BackupScreen.RunAsync(terminal, parsed, async _ =>
        {
            var generations = (await StoredBackups.ListAsync(parsed.GetRequiredValue(target), cancel)).ToArray();
            if (parsed.GetValue(SharedOptions.Json)) AdminRunner.ShowJson(terminal, generations);
            else BackupScreen.Show(terminal, generations);
            return ExitCode.Done;
        }));
        return command;
    }

    private static Command Check(Terminal terminal)
    {
        var target = NewTarget();
        var generation = NewGeneration();
        var command = new Command("check", "Read a backup back and compare it with its sums, and its rows with the mail.") { target, generation };
        command.SetAction((parsed, cancel) => BackupScreen.RunAsync(terminal, parsed, async progress =>
        {
            var report = await StoredBackups.CheckAsync(parsed.GetRequiredValue(target), parsed.GetValue(generation), progress, cancel);
            if (parsed.GetValue(SharedOptions.Json)) AdminRunner.ShowJson(terminal, report);
            else BackupScreen.Show(terminal, report);
            return report.Faults.Count == 0 ? ExitCode.Done : ExitCode.Fault;
        }));
        return command;
    }
}
