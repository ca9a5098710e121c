using System.CommandLine;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary><c>modus dmarc …</c></summary>
internal static class DmarcCommands
{
    public static Command Build(Terminal terminal) => new("dmarc", "What becomes of mail that fails the DMARC policy of its domain.")
    {
        new Command("exception", "Domains whose mail is taken though it fails, such as those whose mailing lists break signatures.")
        {
            Add(terminal), List(terminal), Remove(terminal),
        },
    };

    private static Command Add(Terminal terminal)
    {
        var domain = new Argument<string>("domain") { Description = "The domain; those below it go with it." };
        var note = new Option<string?>("--note") { Description = "Why, for whoever reads the list.", HelpName = "TEXT" };
        var command = new Command("add", "Take the mail of a domain though it fails.") { domain, note };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.AddDmarcException, new DmarcExceptionRow(parsed.GetRequiredValue(domain), parsed.GetValue(note)), cancel));
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", "List the exceptions.");
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListDmarcExceptions,
            new NoParameters(),
            rows => TextTable.Write(
                terminal.Out, ["DOMAIN", "NOTE"], [.. rows.Select(static row => new[] { row.Domain, row.Note ?? "" })], "No exceptions: every policy counts."),
            cancel));
        return command;
    }

    private static Command Remove(Terminal terminal)
    {
        var domain = new Argument<string>("domain") { Description = "The domain." };
        var command = new Command("remove", "Let the policy of a domain count again.") { domain };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.RemoveDmarcException, new DomainName(parsed.GetRequiredValue(domain)), cancel));
        return command;
    }
}
