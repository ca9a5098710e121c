using System.CommandLine;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Storage;
using Spectre.Console;

namespace Modus.Server.Cli;

/// <summary><c>modus store …</c></summary>
internal static class StoreCommands
{
    public static Command Build(Terminal terminal) => new("store", "Care for the store.") { Verify(terminal), Compact(terminal) };

    private static Command Verify(Terminal terminal)
    {
        var command = new Command("verify", "Read everything back and compare it with its checksums.");
        command.SetAction((parsed, cancel) => terminal.IsWatched && !parsed.GetValue(SharedOptions.Json)
            ? VerifyWatchedAsync(terminal, parsed, cancel)
            : VerifyAsync(terminal, parsed, null, cancel));
        return command;
    }

    private static Task<int> VerifyWatchedAsync(Terminal terminal, ParseResult parsed, CancellationToken cancel) =>
        terminal.ToAnsiConsole().Progress().AutoClear(true).StartAsync(async context =>
        {
            var task = context.AddTask("Reading the store back").IsIndeterminate();
            var progress = new Progress<VerifyProgress>(report =>
            {
                task.IsIndeterminate(false);
                task.MaxValue = report.Total;
                task.Value = report.Done;
            });
            return await VerifyAsync(terminal, parsed, progress, cancel);
        });

    private static Task<int> VerifyAsync(
        Terminal terminal, ParseResult parsed, IProgress<VerifyProgress>? progress, CancellationToken cancel) =>
        new AdminRunner(terminal) { Progress = progress }.RunAsync(
            parsed,
            AdminOperations.VerifyStore,
            new NoParameters(),
            report => Show(terminal, report),
            cancel,
            report => report.Faults.Count == 0 ? ExitCode.Done : ExitCode.Fault);

    private static void Show(Terminal terminal, VerifyRow report)
    {
        terminal.Out.WriteLine(
            $"{report.Accounts} accounts, {report.Mailboxes} mailboxes, {report.Messages} messages, {report.QueueEntries} queue entries; " +
            $"{report.Contents} contents with {report.Bytes} bytes read back, {report.DeadBytes} bytes dead.");
        foreach (var fault in report.Faults) terminal.Out.WriteLine($"FAULT: {fault}");
        terminal.Out.WriteLine(report.Faults.Count == 0
            ? "All is well."
            : $"{report.Faults.Count} fault(s). Stop the server, keep a copy of the data folder, and restore what is damaged from a backup.");
    }

    private static Command Compact(Terminal terminal)
    {
        var command = new Command("compact", "Give the space of deleted mail back to the disk.");
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.CompactStore,
            new NoParameters(),
            result => terminal.Out.WriteLine($"{result.BytesGivenBack} bytes given back."),
            cancel));
        return command;
    }
}
