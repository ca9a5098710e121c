using System.CommandLine;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary><c>modus alias …</c></summary>
internal static class AliasCommands
{
    public static Command Build(Terminal terminal) => new("alias", "Other names for addresses, here or elsewhere.")
    {
        Add(terminal), List(terminal), Remove(terminal),
    };

    private static Command Add(Terminal terminal)
    {
        var address = new Argument<string>("address") { Description = "The other name, such as info@example.com." };
        var targets = new Argument<string[]>("target") { Description = "Where its mail goes.", Arity = ArgumentArity.OneOrMore };
        var command = new Command("add", "Add an alias.") { address, targets };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.AddAlias, new AliasRow(parsed.GetRequiredValue(address), parsed.GetRequiredValue(targets)), cancel));
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var domain = new Argument<string?>("domain") { Description = "Only those of this domain.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("list", "List the aliases.") { domain };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListAliases,
            new OptionalDomain(parsed.GetValue(domain)),
            rows => TextTable.Write(
                terminal.Out,
                ["ALIAS", "GOES TO"],
                [.. rows.Select(row => new[] { row.Address, string.Join(", ", row.Targets) })],
                "No aliases. Add one: `modus alias add info@example.com anna@example.com`."),
            cancel));
        return command;
    }

    private static Command Remove(Terminal terminal)
    {
        var address = new Argument<string>("address") { Description = "The alias." };
        var command = new Command("remove", "Remove an alias.") { address };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.RemoveAlias, new AddressName(parsed.GetRequiredValue(address)), cancel));
        return command;
    }
}
