using System.CommandLine;
using System.Net;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Tls;

namespace Modus.Server.Cli;

/// <summary><c>modus peer …</c></summary>
internal static class PeerCommands
{
    public static Command Build(Terminal terminal) =>
        new("peer", "What is demanded of single peers, both ways.") { Add(terminal), List(terminal), Test(terminal), Remove(terminal) };

    private static Command Add(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The rule's name: what replies and receipts say." };
        var network = new Option<string?>("--network") { Description = "Peers with such addresses.", HelpName = "ADDRESS" };
        var domain = new Option<string?>("--domain") { Description = "Mail for this domain; .example.com for those below it.", HelpName = "NAME" };
        var host = new Option<string?>("--host") { Description = "Next hops of this name; *.example.com for names of one more label.", HelpName = "NAME" };
        var key = new Option<string?>("--key") { Description = "Clients that show this key (SHA-256 in hex).", HelpName = "HEX" };
        var direction = new Option<PeerDirections>("--direction") { Description = "in, out or both.", DefaultValueFactory = static _ => PeerDirections.Both };
        direction.AcceptOnlyFromAmong("in", "out", "both");
        var level = new Option<PeerLevel>("--level") { Description = "may, encrypt, verify or pin.", DefaultValueFactory = static _ => PeerLevel.Encrypt };
        level.AcceptOnlyFromAmong("may", "encrypt", "verify", "pin");
        var pin = new Option<string[]>("--pin") { Description = "A key that is taken at level pin (SHA-256 in hex); may be repeated.", HelpName = "HEX" };
        var certificateName = new Option<string[]>("--certificate-name") { Description = "A name that the peer's certificate may have at level verify; may be repeated.", HelpName = "NAME" };
        var authorities = new Option<string?>("--authorities") { Description = "A PEM file with authorities that are trusted beside the system's.", HelpName = "FILE" };
        var show = new Option<bool>("--show-certificate") { Description = "Show our certificate when the peer asks for one." };
        var relay = new Option<bool>("--relay") { Description = "Take mail for elsewhere from such a peer." };
        var note = new Option<string?>("--note") { Description = "Why the rule is there.", HelpName = "TEXT" };
        var replace = new Option<bool>("--replace") { Description = "Put it in place of the rule with this name." };
        var command = new Command("add", "Add a rule.") { name, network, domain, host, key, direction, level, pin, certificateName, authorities, show, relay, note, replace };
        command.SetAction(async (parsed, cancel) =>
        {
            string? pem = null;
            if (parsed.GetValue(authorities) is { } file)
            {
                try
                {
                    pem = await File.ReadAllTextAsync(file, cancel);
                }
                catch (Exception denied) when (denied is IOException or UnauthorizedAccessException)
                {
                    terminal.Error.WriteLine($"The file {file} cannot be read: {denied.Message}");
                    return ExitCode.Usage;
                }
            }

            if (!TryNetwork(parsed.GetValue(network), out var addresses))
            {
                terminal.Error.WriteLine($"'{parsed.GetValue(network)}' is no network: write an address such as 192.0.2.1, or a range such as 192.0.2.0/24.");
                return ExitCode.Usage;
            }

            var rule = new PeerRule
            {
                Name = parsed.GetRequiredValue(name),
                Network = addresses,
                Domain = parsed.GetValue(domain)?.ToLowerInvariant(),
                MxPattern = parsed.GetValue(host)?.ToLowerInvariant(),
                Key = parsed.GetValue(key)?.ToLowerInvariant(),
                Directions = parsed.GetValue(direction),
                Level = parsed.GetValue(level),
                Pins = [.. (parsed.GetValue(pin) ?? []).Select(static text => text.ToLowerInvariant())],
                Names = parsed.GetValue(certificateName) ?? [],
                Authorities = pem,
                ShowCertificate = parsed.GetValue(show),
                MayRelay = parsed.GetValue(relay),
                Note = parsed.GetValue(note),
            };
            return await new AdminRunner(terminal).RunAsync(parsed, AdminOperations.AddPeer, new PeerWish(rule, parsed.GetValue(replace)), cancel);
        });
        return command;
    }

    private static Command List(Terminal terminal)
    {
        var command = new Command("list", "List the rules.");
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListPeers,
            new NoParameters(),
            rows => TextTable.Write(
                terminal.Out,
                ["NAME", "PEER", "DIRECTION", "LEVEL", "NOTE"],
                [.. rows.Select(static row => new[]
                {
                    row.Name, row.Network?.ToString() ?? row.Domain ?? row.MxPattern ?? row.Key ?? "?", $"{row.Directions}".ToLowerInvariant(),
                    $"{row.Level}".ToLowerInvariant() + (row.MayRelay ? ", relays" : ""), row.Note ?? "",
                })],
                "No rules: encryption is used where both sides can."),
            cancel));
        return command;
    }

    private static Command Test(Terminal terminal)
    {
        var ip = new Option<string?>("--ip") { Description = "The peer's address.", HelpName = "ADDRESS" };
        var host = new Option<string?>("--host") { Description = "The next hop's name.", HelpName = "NAME" };
        var domain = new Option<string?>("--domain") { Description = "The domain that mail is for.", HelpName = "NAME" };
        var command = new Command("test", "Say which rule decides about a peer, and why.") { ip, host, domain };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.TestPeer,
            new PeerQuestion(parsed.GetValue(ip), parsed.GetValue(host), parsed.GetValue(domain)),
            answers =>
            {
                foreach (var answer in answers) terminal.Out.WriteLine($"{$"{answer.Direction}".ToLowerInvariant()}: {answer.Rule ?? "no rule"}. {answer.Reason}");
            },
            cancel));
        return command;
    }

    private static Command Remove(Terminal terminal)
    {
        var name = new Argument<string>("name") { Description = "The rule's name." };
        var command = new Command("remove", "Remove a rule.") { name };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed, AdminOperations.RemovePeer, new PeerName(parsed.GetRequiredValue(name)), cancel));
        return command;
    }

    // One address is a range of one.
    private static bool TryNetwork(string? text, out IPNetwork? network)
    {
        network = null;
        if (text is null) return true;
        if (IPAddress.TryParse(text, out var address)) network = new IPNetwork(address, address.GetAddressBytes().Length * 8);
        else if (IPNetwork.TryParse(text, out var range)) network = range;
        return network is not null;
    }
}
