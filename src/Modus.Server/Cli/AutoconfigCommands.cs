using System.CommandLine;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary><c>modus autoconfig …</c></summary>
internal static class AutoconfigCommands
{
    public static Command Build(Terminal terminal) => new("autoconfig", "What mail programs are told, so that an address and a password set one up.")
    {
        Show(terminal), Records(terminal),
    };

    private static Command Show(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "A domain of this server, or an address in it." };
        var format = new Option<string?>("--format") { Description = "The document that programs get, as it is.", HelpName = "FORMAT" };
        format.AcceptOnlyFromAmong(AutoconfigWords.Formats);
        var command = new Command("show", "Show the settings that mail programs get.") { name, format };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ShowAutoconfig,
            new AutoconfigQuery(parsed.GetRequiredValue(name), parsed.GetValue(format)),
            row => Write(terminal, row),
            cancel));
        return command;
    }

    private static Command Records(Terminal terminal)
    {
        var domain = new Argument<string>("domain") { Description = "A domain of this server." };
        var command = new Command("records", "Print the DNS records by which mail programs find this server.") { domain };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListAutoconfigRecords,
            new DomainName(parsed.GetRequiredValue(domain)),
            found =>
            {
                var width = found.Records.Max(static record => record.Name.Length) + 1;
                foreach (var record in found.Records)
                    terminal.Out.WriteLine($"{(record.Name + '.').PadRight(width)} IN {record.Type} {record.Value}");
                foreach (var note in found.Notes) terminal.Out.WriteLine($"; {note}"); // a zone file takes all of it
            },
            cancel));
        return command;
    }

    private static void Write(Terminal terminal, AutoconfigRow row)
    {
        if (row.Document is { } document)
        {
            terminal.Out.Write(document);
            return;
        }

        TextTable.Write(
            terminal.Out,
            ["PROTOCOL", "HOST", "PORT", "ENCRYPTION", "USER NAME", "PASSWORD"],
            [.. row.Servers.Select(static server => new[]
            {
                server.Protocol, server.HostName, $"{server.Port}", server.Encryption == "implicit" ? "SSL/TLS" : "STARTTLS", server.UserName, "normal",
            })],
            "Nothing: no port with TLS is open to mail programs.");
        terminal.Out.WriteLine(row.IsServed ? "Programs ask for it at:" : "Programs that ask are told nothing: `--format mozilla` says why.");
        foreach (var address in row.Addresses) terminal.Out.WriteLine($"  {address}");
    }
}
