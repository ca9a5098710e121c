using System.CommandLine;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary><c>modus etrn …</c></summary>
internal static class EtrnCommands
{
    public static Command Build(Terminal terminal) => new("etrn", "Who may ask for waiting mail to be sent now (ETRN).")
    {
        Allow(terminal), List(terminal), Deny(terminal),
    };

    private static Command Allow(Terminal terminal)
    {
        var node = new Argument<string>("node") { Description = "The domain whose mail waits, or a queue such as #branches." };
        var network = Names("--network", "Addresses that may ask, such as 192.0.2.0/24.", "CIDR");
        var key = Names("--key", "The key of a client certificate that may ask: SHA-256 of SubjectPublicKeyInfo in hex.", "SHA256");
        var account = Names("--account", "An account that may ask once it logged in.", "ADDRESS");
        var domain = Names("--domain", "A domain that a queue stands for.", "NAME");
        var subdomains = new Option<bool>("--subdomains") { Description = "The domains below it as well." };
        var command = new Command("allow", "Let others ask for the mail of a node.") { node, network, key, account, domain, subdomains };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.AllowEtrn,
            new EtrnRow(parsed.GetRequiredValue(node))
            {
                Networks = parsed.GetValue(network) ?? [],
                Keys = [.. (parsed.GetValue(key) ?? []).Select(static text => text.ToLowerInvariant())],
                Accounts = parsed.GetValue(account) ?? [],
                Domains = parsed.GetValue(domain) ?? [],
                Subdomains = parsed.GetValue(subdomains),
            },
            row => terminal.Out.WriteLine($"The mail of {NodeOf(row)} may be asked for by {AskersOf(row)}."),
            cancel));
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", "List who may ask for which mail.");
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListEtrn,
            new NoParameters(),
            rows => TextTable.Write(
                terminal.Out,
                ["NODE", "MAY BE ASKED FOR BY"],
                [.. rows.Select(static row => new[] { NodeOf(row), AskersOf(row) })],
                "Nobody may ask: ETRN is not offered. Let somebody: `modus etrn allow example.com --network 192.0.2.1`."),
            cancel));
        return command;
    }

    private static Command Deny(Terminal terminal)
    {
        var node = new Argument<string>("node") { Description = "The domain or queue." };
        var command = new Command("deny", "Let nobody ask for the mail of a node any more.") { node };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.DenyEtrn, new EtrnNode(parsed.GetRequiredValue(node)), cancel));
        return command;
    }

    private static Option<string[]> Names(string name, string description, string helpName) =>
        new(name) { Description = description, HelpName = helpName, AllowMultipleArgumentsPerToken = false };

    private static string NodeOf(EtrnRow row) =>
        row.Domains.Count > 0 ? $"{row.Node} ({string.Join(", ", row.Domains)})" : row.Subdomains ? $"{row.Node} and below" : row.Node;

    private static string AskersOf(EtrnRow row) => string.Join(", ", [.. row.Networks, .. row.Keys.Select(static key => $"key {key}"), .. row.Accounts]);
}
