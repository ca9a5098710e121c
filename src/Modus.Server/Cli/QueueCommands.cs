using System.CommandLine;
using System.Globalization;
using Modus.Mail.Envelopes;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Storage;

namespace Modus.Server.Cli;

/// <summary><c>modus queue …</c></summary>
internal static class QueueCommands
{
    private const int StandardLimit = 1000;

    public static Command Build(Terminal terminal) => new("queue", "Mail that waits for delivery elsewhere.") 
    {
        List(terminal),
        Show(terminal),
        QueueWorkCommands.Trace(terminal),
        QueueWorkCommands.Change(terminal, "retry", "Try what waits now.", QueueChangeKind.Retry),
        QueueWorkCommands.Change(terminal, "hold", "Keep what waits from being sent until it is released.", QueueChangeKind.Hold),
        QueueWorkCommands.Change(terminal, "release", "Hold it no more.", QueueChangeKind.Release),
        QueueWorkCommands.Change(terminal, "drop", "Remove what waits; nobody is told.", QueueChangeKind.Drop),
    };

    private static Command List(Terminal terminal)
    {
        var state = new Option<QueueState?>("--state") { Description = "Only entries in this state." };
        var domain = new Option<string?>("--domain") { Description = "Only entries for this domain.", HelpName = "NAME" };
        var limit = new Option<int>("--limit")
        {
            Description = "At most so many entries.",
            HelpName = "COUNT",
            DefaultValueFactory = _ => StandardLimit,
        };
        var command = new Command("list", "List what waits, a row for each recipient.") { state, domain, limit };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListQueue,
            new QueueQuery(null, parsed.GetValue(state), parsed.GetValue(domain), parsed.GetValue(limit)),
            rows => TextTable.Write(
                terminal.Out,
                ["QUEUE ID", "STATE", "SIZE", "FROM", "TO", "NEXT ATTEMPT"],
                [.. rows.Select(row => new[] { row.QueueId, $"{row.State}", $"{row.Size}", row.From, row.To, Moment(row.NotBefore) })],
                "The queue is empty."),
            cancel));
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        var id = new Argument<string>("queue-id") { Description = "The id from the 250 reply, the Received field or the log." };
        var command = new Command("show", "Show everything about one message that waits.") { id };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListQueue,
            new QueueQuery(parsed.GetRequiredValue(id), null, null, StandardLimit),
            rows => ShowEntries(terminal, rows, parsed.GetRequiredValue(id)),
            cancel,
            rows => rows.Length == 0 ? ExitCode.Fault : ExitCode.Done));
        return command;
    }

    private static void ShowEntries(Terminal terminal, QueueRow[] rows, string id)
    {
        if (rows.Length == 0) terminal.Error.WriteLine($"No message {id} waits. `modus queue list` shows those that do.");
        foreach (var row in rows)
        {
            terminal.Out.WriteLine($"{row.QueueId}, entry {row.Entry}: {row.State}");
            terminal.Out.WriteLine($"  from          {row.From}");
            terminal.Out.WriteLine($"  to            {row.To}");
            terminal.Out.WriteLine($"  ENVID         {row.EnvelopeId ?? "-"}");
            terminal.Out.WriteLine($"  RET           {(row.Return == DsnReturn.Unspecified ? "-" : row.Return)}");
            terminal.Out.WriteLine($"  NOTIFY        {(row.Notify == DsnNotify.Unspecified ? "-" : row.Notify)}");
            terminal.Out.WriteLine($"  ORCPT         {row.OriginalRecipient ?? "-"}");
            terminal.Out.WriteLine($"  size          {row.Size} bytes");
            terminal.Out.WriteLine($"  came          {Moment(row.Created)}");
            terminal.Out.WriteLine($"  attempts      {row.Attempts}");
            terminal.Out.WriteLine($"  next attempt  {Moment(row.NotBefore)}");
            terminal.Out.WriteLine($"  last result   {row.LastResult ?? "-"}");
        }
    }

    private static string Moment(DateTimeOffset moment) => moment.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture);
}
