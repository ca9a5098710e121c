using System.CommandLine;
using System.Globalization;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary>The commands of <c>modus queue</c> that change something, and <c>trace</c>.</summary>
internal static class QueueWorkCommands
{
    public static Command Change(Terminal terminal, string name, string description, QueueChangeKind change)
    {
        var id = new Argument<string?>("queue-id") { Description = "All that waits of this message.", Arity = ArgumentArity.ZeroOrOne };
        var entry = new Option<long?>("--entry") { Description = "This entry alone; `modus queue show` has its number.", HelpName = "NUMBER" };
        var domain = new Option<string?>("--domain") { Description = "All that waits for this domain.", HelpName = "NAME" };
        var all = new Option<bool>("--all") { Description = "All that waits." };
        var command = new Command(name, description) { id, entry, domain, all };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ChangeQueue,
            new QueueChange(change, parsed.GetValue(id), parsed.GetValue(entry), parsed.GetValue(domain), parsed.GetValue(all)),
            cancel));
        return command;
    }

    public static Command Trace(Terminal terminal)
    {
        var id = new Argument<string>("queue-id") { Description = "The id from the 250 reply, the Received field or the log." };
        var command = new Command("trace", "Tell what happened to a message, also when it waits no more.") { id };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.TraceQueue,
            new QueueTraceQuery(parsed.GetRequiredValue(id)),
            rows =>
            {
                foreach (var row in rows) Show(terminal, row);
            },
            cancel));
        return command;
    }

    private static void Show(Terminal terminal, TraceRow row)
    {
        var moment = row.At.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);
        terminal.Out.WriteLine($"{moment}  {row.Kind}{(row.Recipient is null ? "" : $" {row.Recipient}")}: {row.Text}");
        if (row.Receipt is not { } receipt) return;
        var tls = receipt.Protocol is null ? "in clear" : $"{receipt.Protocol} {receipt.CipherSuite}{(receipt.Group is null ? "" : $" {receipt.Group}")}";
        terminal.Out.WriteLine($"    {(receipt.Direction == Storage.TravelDirection.In ? "from" : "to")} {receipt.PeerName} [{receipt.Address}]: {tls}; verified: {receipt.Verified}; policy: {receipt.Policy}");
    }
}
