using System.CommandLine;
using Modus.Server.Admin;
using Modus.Server.Installation;
using Modus.Server.TlsCheck;

namespace Modus.Server.Cli;

/// <summary><c>modus config export</c>, <c>import</c>, <c>diff</c>, <c>rollback</c>, <c>schema</c>, and <c>validate FILE</c>.</summary>
internal static class InstallationCommands
{
    public static Command Export(Terminal terminal)
    {
        var file = new Argument<string?>("file") { Description = "Where to; without it, or with -, to the standard output.", Arity = ArgumentArity.ZeroOrOne };
        var secrets = new Option<bool>("--with-secrets") { Description = "Write what passwords are checked with and private keys, too. Needs a file, which only this account can read, or a - for the standard output." };
        var command = new Command("export", "Write all that commands decided as one JSON document, always the same for the same installation.") { file, secrets };
        command.SetAction(async (parsed, cancel) =>
        {
            var (path, isSecret) = (parsed.GetValue(file), parsed.GetValue(secrets));
            if (isSecret && path is null)
            {
                terminal.Error.WriteLine("A document with secrets goes into a file: name one, or say - for the standard output.");
                return ExitCode.Usage;
            }

            string? problem = null;
            var code = await new AdminRunner(terminal) { IsDocument = true }.RunAsync(
                parsed,
                AdminOperations.ExportInstallation,
                new ExportWish(isSecret),
                document =>
                {
                    if (path is null or InstallationFile.Standard) terminal.Out.Write(document.Json);
                    else if ((problem = InstallationFile.TryWrite(path, document.Json)) is null)
                        terminal.Out.WriteLine($"{path} is written{(isSecret ? ", with secrets: keep it as you keep the server's keys" : "")}.");
                },
                cancel);
            if (problem is null) return code;
            terminal.Error.WriteLine(problem);
            return ExitCode.Fault;
        });
        return command;
    }

    public static Command Import(Terminal terminal)
    {
        var file = Document();
        var dryRun = DryRun();
        var delete = Delete();
        var command = new Command("import", "Make the installation what a document says, in one step or not at all.") { file, dryRun, delete };
        command.SetAction((parsed, cancel) => RunAsync(
            terminal, parsed, parsed.GetRequiredValue(file), parsed.GetValue(dryRun), parsed.GetValue(delete), row => Show(terminal, row), static row => row.Faults.Count > 0 ? ExitCode.Configuration : ExitCode.Done, cancel));
        return command;
    }

    public static Command Diff(Terminal terminal)
    {
        var file = Document();
        var command = new Command("diff", "Say what an import would change. Exit code 1 when there is something.") { file };
        command.SetAction((parsed, cancel) => RunAsync(
            terminal, parsed, parsed.GetRequiredValue(file), dryRun: true, delete: true, row => Show(terminal, row), DiffCode, cancel));
        return command;
    }

    public static Task<int> ValidateAsync(Terminal terminal, ParseResult parsed, string file, CancellationToken cancellationToken) => RunAsync(
        terminal,
        parsed,
        file,
        dryRun: true,
        delete: true,
        row =>
        {
            ShowFaults(terminal, row);
            if (row.Faults.Count == 0) terminal.Out.WriteLine($"{file} is good. Changes by an import: {row.Changes.Count}.");
        },
        static row => row.Faults.Count > 0 ? ExitCode.Configuration : ExitCode.Done,
        cancellationToken);

    public static Command Rollback(Terminal terminal)
    {
        var entry = new Argument<long>("entry") { Description = "The number of the change in `modus config history`." };
        var dryRun = DryRun();
        var delete = Delete();
        var command = new Command("rollback", "Take back what a set, unset, import or rollback changed, where nobody changed it again since.") { entry, dryRun, delete };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.RollBackChange,
            new RollbackWish(parsed.GetValue(entry), parsed.GetValue(dryRun), parsed.GetValue(delete)),
            row => Show(terminal, row),
            cancel,
            static row => row.Faults.Count > 0 ? ExitCode.Fault : ExitCode.Done));
        return command;
    }

    public static Command Schema(Terminal terminal)
    {
        var command = new Command("schema", "Print the JSON Schema (draft 2020-12) of the document.");
        command.SetAction(_ =>
        {
            terminal.Out.Write(InstallationSchema.Text);
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task<int> RunAsync(
        Terminal terminal, ParseResult parsed, string file, bool dryRun, bool delete, Action<ImportRow> show, Func<ImportRow, int> judge, CancellationToken cancellationToken)
    {
        if (!InstallationFile.TryRead(terminal, file, out var document, out var problem))
        {
            terminal.Error.WriteLine(problem);
            return ExitCode.Configuration;
        }

        return await new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.ImportInstallation, new ImportWish(document, dryRun, delete), show, cancellationToken, judge);
    }

    private static int DiffCode(ImportRow row) =>
        row.Faults.Count > 0 ? ExitCode.Configuration : row.Changes.Count > 0 ? ExitCode.Fault : ExitCode.Done;

    private static void Show(Terminal terminal, ImportRow row)
    {
        foreach (var change in row.Changes) InstallationLines.Write(terminal.Out, change);
        ShowFaults(terminal, row);
        if (row.Faults.Count > 0) return;
        terminal.Out.WriteLine(
            row.Changes.Count == 0 ? "Nothing is different."
            : row.Entry is { } entry ? $"Changes made: {row.Changes.Count}. They count at once; `modus config rollback {entry}` takes them back, but for mail and private keys that went with them."
            : $"Changes that would be made: {row.Changes.Count}.");
    }

    private static void ShowFaults(Terminal terminal, ImportRow row)
    {
        foreach (var note in row.Notes) terminal.Error.WriteLine(StrangerText.Clean($"Note: {note}"));
        foreach (var fault in row.Faults.Take(InstallationLines.MostFaults)) terminal.Error.WriteLine(StrangerText.Clean($"{fault.Path}: {fault.Text}"));
        if (row.Faults.Count > InstallationLines.MostFaults) terminal.Error.WriteLine($"and {row.Faults.Count - InstallationLines.MostFaults} more (--json has all).");
        if (row.Faults.Count > 0) terminal.Error.WriteLine("Nothing was changed.");
    }

    private static Argument<string> Document() => new("file") { Description = "A document of `modus config export`; - for the standard input." };

    private static Option<bool> DryRun() => new("--dry-run") { Description = "Say what would be done, and do nothing." };

    private static Option<bool> Delete() => new("--delete") { Description = "Remove, too, what nobody can bring back: accounts with their mail, keys." };
}
