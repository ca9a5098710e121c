using System.CommandLine;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary><c>modus dest …</c></summary>
internal static class DestinationCommands
{
    private const int StandardLimit = 1000;

    public static Command Build(Terminal terminal) =>
        new("dest", "What is remembered of next hops and their TLS.") 
        {
            List(terminal), Show(terminal), Probe(terminal), Pin(terminal), Forget(terminal),
        };

    private static Command List(Terminal terminal)
    {
        var prefix = new Argument<string?>("prefix") { Description = "Only hosts whose names begin so.", Arity = ArgumentArity.ZeroOrOne };
        var limit = new Option<int>("--limit") { Description = "At most so many.", HelpName = "COUNT", DefaultValueFactory = static _ => StandardLimit };
        var command = new Command("list", "List the next hops.") { prefix, limit };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListHops,
            new HopQuery(parsed.GetValue(prefix), parsed.GetValue(limit)),
            rows => TextTable.Write(
                terminal.Out,
                ["HOST", "STATE", "TLS", "SESSIONS", "ENCRYPTED", "LAST SEEN", "NOTE"],
                [.. rows.Select(row => new[]
                {
                    row.Hop, $"{row.State}".ToLowerInvariant(), row.Protocol ?? "-", $"{row.Sessions}", $"{row.Encrypted}", DestinationText.Moment(row.LastSeen), DestinationText.Note(row),
                })],
                "No next hop was spoken to yet."),
            cancel));
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        var hop = Host();
        var command = new Command("show", "Show everything that is remembered of a next hop.") { hop };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.ShowHop, new HopName(parsed.GetRequiredValue(hop)), row => DestinationText.Write(terminal.Out, row), cancel));
        return command;
    }

    private static Command Probe(Terminal terminal)
    {
        var hop = Host();
        var command = new Command("probe", "Have the server call a next hop now, send nothing, and say what it meets.") { hop };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ProbeHop,
            new HopName(parsed.GetRequiredValue(hop)),
            findings =>
            {
                foreach (var finding in findings) DestinationText.Write(terminal.Out, finding);
            },
            cancel,
            static findings => findings.Any(static finding => finding.Reason is null) ? ExitCode.Done : ExitCode.Fault));
        return command;
    }

    private static Argument<string> Host() => new("host") { Description = "The host, with its port where it is not 25." };

    private static Command Forget(Terminal terminal)
    {
        var hop = Host();
        var command = new Command("forget", "Forget what is known of a next hop, its pinned key too.") { hop };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.ChangeHop, new HopChange(parsed.GetRequiredValue(hop), true, null), cancel));
        return command;
    }

    private static Command Pin(Terminal terminal)
    {
        var hop = Host();
        var key = new Option<string?>("--key") { Description = "SHA-256 of its public key in hex; without it the key that it showed last.", HelpName = "HEX" };
        var command = new Command("pin", "Take no other key of a next hop, and send it nothing in clear.") { hop, key };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.ChangeHop, new HopChange(parsed.GetRequiredValue(hop), false, parsed.GetValue(key)), cancel));
        return command;
    }
}
