using System.CommandLine;
using System.Globalization;
using Modus.Storage.Embedded.Backup;
using Spectre.Console;

namespace Modus.Server.Cli;

/// <summary>What backup and restore show: how far they are, what came of it, and what stopped them.</summary>
internal static class BackupScreen
{
    /// <summary>Runs a command, with a bar for who watches.</summary>
    public static async Task<int> RunAsync(Terminal terminal, ParseResult parsed, Func<IProgress<BackupProgress>?, Task<int>> command)
    {
        try
        {
            return terminal.IsWatched && !parsed.GetValue(SharedOptions.Json)
                ? await RunWatchedAsync(terminal, command)
                : await command(null);
        }
        catch (BackupException refused)
        {
            terminal.Error.WriteLine(refused.Message);
            return ExitCode.Fault;
        }
        catch (OperationCanceledException)
        {
            terminal.Error.WriteLine("Stopped. Nothing of it counts; the same command begins anew, and uses what it finds.");
            return ExitCode.Fault;
        }
    }

    public static void Show(Terminal terminal, BackupReport report)
    {
        ShowLines(terminal, report.Notes, report.Faults);
        foreach (var removed in report.Removed) terminal.Out.WriteLine($"Generation {removed} was removed.");
        terminal.Out.WriteLine(
            $"Generation {report.Generation}: {report.Messages} messages, {report.QueueEntries} queue entries, {report.Segments} segments with " +
            $"{report.NewSegments} new ones; {report.Bytes} bytes, of which {report.NewBytes} were written now.");
        if (report.Faults.Count > 0)
            terminal.Out.WriteLine($"{report.Faults.Count} fault(s): the store is damaged, and the backup has what is left. Keep the earlier generations.");
    }

    public static void Show(Terminal terminal, IReadOnlyList<GenerationSummary> generations) => TextTable.Write(
        terminal.Out,
        ["Generation", "Taken", "Modus", "Messages", "Queue", "Segments", "Bytes", "Fault"],
        [.. generations.Select(static one => new[]
        {
            one.Generation,
            one.Taken is { } taken ? TimeText(taken) : "",
            one.Version ?? "",
            $"{one.Messages}", $"{one.QueueEntries}", $"{one.Segments}", $"{one.Bytes}",
            one.Fault ?? "",
        })],
        "No backups.");

    public static void Show(Terminal terminal, BackupCheckReport report)
    {
        ShowLines(terminal, report.Notes, report.Faults);
        terminal.Out.WriteLine($"Generation {report.Generation}: {report.Files} files with {report.Bytes} bytes and {report.Contents} contents compared.");
        terminal.Out.WriteLine(report.Faults.Count == 0
            ? "All is well."
            : $"{report.Faults.Count} fault(s). Take another generation, or bring the files from another copy of the backup; a segment that is " +
              "damaged and still in the store is copied anew by the next backup once its file is deleted here.");
    }

    public static void Show(Terminal terminal, RestoreReport report)
    {
        ShowLines(terminal, report.Notes, []);
        terminal.Out.WriteLine(
            $"{report.Folder} is the store of {TimeText(report.Taken)}: " +
            $"{report.Messages} messages, {report.QueueEntries} queue entries" +
            (report.HeldQueueEntries > 0 ? $", {report.HeldQueueEntries} of them held now" : "") + $"; {report.Bytes} bytes.");
        if (report.ConfigurationFile is { } configuration)
            terminal.Out.WriteLine($"The configuration of then is {configuration}. Compare it with yours; nothing reads it there.");
    }

    private static string TimeText(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static void ShowLines(Terminal terminal, IReadOnlyList<string> notes, IReadOnlyList<string> faults)
    {
        foreach (var note in notes) terminal.Out.WriteLine($"Mind: {note}");
        foreach (var fault in faults) terminal.Out.WriteLine($"FAULT: {fault}");
    }

    private static Task<int> RunWatchedAsync(Terminal terminal, Func<IProgress<BackupProgress>?, Task<int>> command) =>
        terminal.ToAnsiConsole().Progress().AutoClear(true).StartAsync(context =>
        {
            var task = context.AddTask("Beginning").IsIndeterminate();
            return command(new Progress<BackupProgress>(report =>
            {
                task.Description = report.What;
                task.IsIndeterminate(report.Total <= 0);
                task.MaxValue = Math.Max(report.Total, 1);
                task.Value = report.Done;
            }));
        });
}
