using System.CommandLine;
using Modus.Server.Admin;
using Modus.Server.Moving;

namespace Modus.Server.Cli;

/// <summary><c>modus export</c></summary>
internal static class ExportCommand
{
    public static Command Build(Terminal terminal)
    {
        var address = new Argument<string>("address") { Description = "The account." };
        var to = new Option<string>("--to") { Description = "The folder to write.", HelpName = "FOLDER", Required = true };
        var format = new Option<ExportFormat>("--format") { Description = "maildir, a folder for each mailbox, or mbox, a file for each." };
        var mailboxes = new Option<string[]>("--mailbox")
        {
            Description = "Only this mailbox; may be repeated.",
            HelpName = "NAME",
            Arity = ArgumentArity.OneOrMore,
            AllowMultipleArgumentsPerToken = false,
        };
        var command = new Command("export", "Write the mail of an account as a Maildir or as mbox files.") { address, to, format, mailboxes };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            channel => ExportAsync(
                channel, parsed.GetRequiredValue(address), parsed.GetValue(format), Path.GetFullPath(parsed.GetRequiredValue(to)), parsed.GetValue(mailboxes) ?? [], cancel),
            report => Show(terminal, report),
            cancel,
            static report => report.Faults.Count == 0 ? ExitCode.Done : ExitCode.Fault));
        return command;
    }

    private static async ValueTask<AdminReply<ExportReport>> ExportAsync(
        IAdminChannel channel, string address, ExportFormat format, string folder, IReadOnlyList<string> mailboxes, CancellationToken cancellationToken)
    {
        try
        {
            return await new MailExport(channel, folder, format, cancellationToken).RunAsync(address, mailboxes);
        }
        catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
        {
            return new AdminFault(AdminFaultKind.NotAllowed, $"{folder} cannot be written: {denied.Message} What was written stays; the same command goes on.");
        }
    }

    private static void Show(Terminal terminal, ExportReport report)
    {
        foreach (var note in report.Notes) terminal.Out.WriteLine($"Mind: {note}");
        foreach (var fault in report.Faults) terminal.Out.WriteLine($"FAULT: {fault}");
        terminal.Out.WriteLine(
            $"{report.Mailboxes} mailboxes: {report.Exported} messages written ({report.Bytes} bytes), {report.AlreadyThere} were there already.");
        if (report.Faults.Count > 0) terminal.Out.WriteLine($"{report.Faults.Count} fault(s): the export is not complete.");
    }
}
