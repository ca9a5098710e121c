using System.CommandLine;
using Modus.Delivery.Etrn;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary><c>modus etrn …</c></summary>
internal static class EtrnCommands
{
    public static Command Build(Terminal terminal) =>
        new("etrn", "Who may ask by ETRN that mail which waits is sent.") { Allow(terminal), List(terminal), Deny(terminal) };

    private static Command Allow(Terminal terminal)
    {
        var domain = new Argument<string>("domain") { Description = "The domain whose mail is meant, and those below it." };
        var network = new Option<string[]>("--network") { Description = "Clients with such addresses; may be repeated.", HelpName = "ADDRESS" };
        var key = new Option<string[]>("--key") { Description = "Clients with this key in their certificate (SHA-256 in hex); may be repeated.", HelpName = "HEX" };
        var account = new Option<string[]>("--account") { Description = "Whoever logged in as this account; may be repeated.", HelpName = "ADDRESS" };
        var command = new Command("allow", "Let clients ask for the mail of a domain.") { domain, network, key, account };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.AllowEtrn,
            new EtrnGrant
            {
                Domain = parsed.GetRequiredValue(domain),
                Networks = parsed.GetValue(network) ?? [],
                Keys = [.. (parsed.GetValue(key) ?? []).Select(static text => text.ToLowerInvariant())],
                Accounts = parsed.GetValue(account) ?? [],
            },
            cancel));
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", "List who may ask for what.");
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListEtrn,
            new NoParameters(),
            rows => TextTable.Write(
                terminal.Out,
                ["DOMAIN", "NETWORKS", "KEYS", "ACCOUNTS"],
                [.. rows.Select(row => new[] { row.Domain, string.Join(" ", row.Networks), string.Join(" ", row.Keys), string.Join(" ", row.Accounts) })],
                "Nobody may: ETRN is not offered."),
            cancel));
        return command;
    }

    private static Command Deny(Terminal terminal)
    {
        var domain = new Argument<string>("domain") { Description = "The domain." };
        var command = new Command("deny", "Let nobody ask for the mail of a domain any more.") { domain };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.DenyEtrn, new DomainName(parsed.GetRequiredValue(domain)), cancel));
        return command;
    }
}
