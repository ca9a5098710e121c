using System.CommandLine;
using Modus.Delivery.Peers;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary><c>modus peer …</c></summary>
internal static class PeerCommands
{
    private static readonly int DefaultDays = (int)PeerRehearsal.DefaultSpan.TotalDays;

    public static Command Build(Terminal terminal) =>
        new("peer", "What is demanded of single peers, both ways.") { Add(terminal), Rehearse(terminal), List(terminal), Test(terminal), Remove(terminal) };

    private static Command Add(Terminal terminal)
    {
        var options = new PeerRuleOptions();
        var replace = new Option<bool>("--replace") { Description = "Put it in place of the rule with this name." };
        var rehearse = new Option<bool>("--rehearse") { Description = "Rehearse it first, and add it only if no mail would have been kept back." };
        var command = new Command("add", "Add a rule.") { replace, rehearse };
        options.AddTo(command);
        command.SetAction(async (parsed, cancel) =>
        {
            if (await options.ReadAsync(parsed, terminal, cancel) is not { } rule) return ExitCode.Usage;
            return await new AdminRunner(terminal).RunAsync(parsed, AdminOperations.AddPeer, new PeerWish(rule, parsed.GetValue(replace), parsed.GetValue(rehearse)), cancel);
        });
        return command;
    }

    private static Command Rehearse(Terminal terminal)
    {
        var options = new PeerRuleOptions();
        var days = new Option<int>("--days") { Description = "How far to look back.", DefaultValueFactory = static _ => DefaultDays };
        var command = new Command("rehearse", "Say what a rule would have done to the mail of the last days, before it is added.") { days };
        options.AddTo(command);
        command.SetAction(async (parsed, cancel) => await options.ReadAsync(parsed, terminal, cancel) is { } rule
            ? await new AdminRunner(terminal).RunAsync(
                parsed,
                AdminOperations.RehearsePeer,
                new RehearsalWish(rule, parsed.GetValue(days)),
                report => RehearsalText.Write(terminal.Out, report),
                cancel,
                static report => report.HasRefusals ? ExitCode.Fault : ExitCode.Done)
            : ExitCode.Usage);
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
}
