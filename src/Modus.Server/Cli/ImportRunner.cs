using System.CommandLine;
using Modus.Server.Admin;
using Modus.Server.Moving.Import;
using Modus.Server.TlsCheck;
using Spectre.Console;

namespace Modus.Server.Cli;

/// <summary>Runs an import, shows how it goes on to whoever watches, and what came of it.</summary>
internal sealed class ImportRunner(Terminal terminal, ParseResult parsed)
{
    public Task<int> RunAsync(ImportPlan plan, Func<IAdminChannel, IMailSource> open, CancellationToken cancellationToken) =>
        terminal.IsWatched && !parsed.GetValue(SharedOptions.Json)
            ? RunWatchedAsync(plan, open, cancellationToken)
            : RunAsync(terminal, plan, open, null, cancellationToken);

    // What is said in the end comes when the moving line is gone, which would run over it.
    private async Task<int> RunWatchedAsync(ImportPlan plan, Func<IAdminChannel, IMailSource> open, CancellationToken cancellationToken)
    {
        using var said = new StringWriter();
        using var wrong = new StringWriter();
        var later = new Terminal { Out = said, Error = wrong, In = terminal.In };
        var code = await terminal.ToAnsiConsole().Status().StartAsync(
            "Looking what is there", status => RunAsync(later, plan, open, new Watch(status), cancellationToken));
        await terminal.Out.WriteAsync(said.ToString());
        await terminal.Error.WriteAsync(wrong.ToString());
        return code;
    }

    private Task<int> RunAsync(
        Terminal shown, ImportPlan plan, Func<IAdminChannel, IMailSource> open, IProgress<ImportProgress>? progress, CancellationToken cancellationToken) =>
        new AdminRunner(shown).RunAsync(
            parsed,
            channel => ImportAsync(channel, plan, open, progress, cancellationToken),
            report => Show(shown, report),
            cancellationToken,
            static report => report.FaultCount == 0 ? ExitCode.Done : ExitCode.Fault);

    private static async ValueTask<AdminReply<ImportReport>> ImportAsync(
        IAdminChannel channel, ImportPlan plan, Func<IAdminChannel, IMailSource> open, IProgress<ImportProgress>? progress, CancellationToken cancellationToken)
    {
        try
        {
            await using var source = open(channel);
            return await new MailImport(channel, source, plan, progress).RunAsync(cancellationToken);
        }
        catch (MailSourceException broken)
        {
            return new AdminFault(AdminFaultKind.NotFound, StrangerText.Clean(broken.Message));
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            return new AdminFault(AdminFaultKind.NotAllowed, $"{denied.Message} What came in stays; the same command goes on.");
        }
    }

    private static void Show(Terminal terminal, ImportReport report)
    {
        foreach (var note in report.Notes) terminal.Out.WriteLine($"Mind: {note}");
        foreach (var fault in report.Faults) terminal.Out.WriteLine($"FAULT: {fault}");
        terminal.Out.WriteLine(
            $"{report.Mailboxes} mailboxes: {report.Imported} messages came in ({report.Bytes} bytes), {report.AlreadyThere} were there already.");
        if (report.FaultCount > report.Faults.Count) terminal.Out.WriteLine($"{report.FaultCount - report.Faults.Count} more faults are not listed.");
        if (report.FaultCount > 0) terminal.Out.WriteLine($"{report.FaultCount} fault(s): not everything came in.");
    }

    // Redrawn by Spectre's own clock, however often it is told.
    private sealed class Watch(StatusContext status) : IProgress<ImportProgress>
    {
        public void Report(ImportProgress value) => status.Status(Markup.Escape(
            $"{StrangerText.Clean(value.Mailbox)}: {value.Imported} in ({value.Bytes >> 20} MB), {value.AlreadyThere} were there"));
    }
}
