using System.CommandLine;
using Modus.Server.Moving.Import;

namespace Modus.Server.Cli;

/// <summary><c>modus import …</c></summary>
internal static class ImportCommands
{
    public static Command Build(Terminal terminal) => new("import", "Bring mail from elsewhere into an account; again: only what is new.")
    {
        Maildir(terminal),
    };

    private static Command Maildir(Terminal terminal)
    {
        var folder = new Argument<string>("folder") { Description = "The Maildir: the folder that has INBOX in it, with the others below." };
        var options = new ImportOptions();
        var command = new Command("maildir", "Bring in the mail of a Maildir.") { folder };
        options.AddTo(command);
        command.SetAction((parsed, cancel) => new ImportRunner(terminal, parsed).RunAsync(
            options.Read(parsed), () => new MaildirSource(Path.GetFullPath(parsed.GetRequiredValue(folder))), cancel));
        return command;
    }
}
