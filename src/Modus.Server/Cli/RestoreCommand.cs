using System.CommandLine;
using Modus.Storage.Embedded.Backup;

namespace Modus.Server.Cli;

/// <summary><c>modus restore</c></summary>
internal static class RestoreCommand
{
    public static Command Build(Terminal terminal)
    {
        var target = BackupCommands.NewTarget();
        var folder = new Argument<string>("new-folder") { Description = "The new data folder; must not be there, or be empty." };
        var generation = BackupCommands.NewGeneration();
        var hold = new Option<bool>("--hold-queue") { Description = "Hold all mail that waits for elsewhere, so that nothing is sent twice." };
        var keepUids = new Option<bool>("--keep-uids")
        {
            Description = "Keep UIDVALIDITY and UIDL. Only when nothing was changed in the old store since the backup.",
        };
        var command = new Command("restore", "Make a data folder from a backup.") { target, folder, generation, hold, keepUids };
        command.SetAction((parsed, cancel) => BackupScreen.RunAsync(terminal, parsed, async progress =>
        {
            var request = new RestoreRequest
            {
                Target = parsed.GetRequiredValue(target),
                NewFolder = parsed.GetRequiredValue(folder),
                Generation = parsed.GetValue(generation),
                HoldQueue = parsed.GetValue(hold),
                KeepUids = parsed.GetValue(keepUids),
            };
            var report = await StoreRestore.RunAsync(request, progress, TimeProvider.System, cancel);
            if (parsed.GetValue(SharedOptions.Json)) AdminRunner.ShowJson(terminal, report);
            else BackupScreen.Show(terminal, report);
            return ExitCode.Done;
        }));
        return command;
    }
}
