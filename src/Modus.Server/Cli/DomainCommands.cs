using System.CommandLine;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary><c>modus domain …</c></summary>
internal static class DomainCommands
{
    public static Command Build(Terminal terminal) => new("domain", "The domains that this server is responsible for.")
    {
        Add(terminal), List(terminal), CatchAll(terminal), Remove(terminal),
    };

    private static Command Add(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The domain, such as example.com." };
        var catchAll = new Option<string?>("--catch-all")
        {
            Description = "Where mail for unknown addresses goes; without it such mail is refused.",
            HelpName = "ADDRESS",
        };
        var command = new Command("add", "Add a domain.") { name, catchAll };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.AddDomain, new DomainRow(parsed.GetRequiredValue(name), parsed.GetValue(catchAll)), cancel));
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", "List the domains.");
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListDomains,
            new NoParameters(),
            rows => TextTable.Write(
                terminal.Out,
                ["DOMAIN", "CATCH-ALL"],
                [.. rows.Select(row => new[] { row.Name, row.CatchAll ?? "-" })],
                "No domains yet. Add one: `modus domain add example.com`."),
            cancel));
        return command;
    }

    private static Command CatchAll(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The domain." };
        var address = new Argument<string?>("address")
        {
            Description = "Where mail for its unknown addresses goes; leave it out to refuse such mail.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        var command = new Command("catch-all", "Say where mail for unknown addresses goes.") { name, address };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.SetCatchAll, new DomainRow(parsed.GetRequiredValue(name), parsed.GetValue(address)), cancel));
        return command;
    }

    private static Command Remove(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The domain." };
        var command = new Command("remove", "Remove a domain that has no accounts and no aliases.") { name };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.RemoveDomain, new DomainName(parsed.GetRequiredValue(name)), cancel));
        return command;
    }
}
