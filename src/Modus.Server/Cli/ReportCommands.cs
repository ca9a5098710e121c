using System.CommandLine;
using System.Globalization;
using Modus.Delivery.Receipts;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary><c>modus report …</c></summary>
internal static class ReportCommands
{
    public static Command Build(Terminal terminal) => new("report", "What an auditor asks for.") { Tls(terminal) };

    private static Command Tls(Terminal terminal)
    {
        var peer = new Option<string?>("--peer") { Description = "Only mail from and to this domain.", HelpName = "DOMAIN" };
        var month = new Option<string?>("--month") { Description = "Only this month (UTC), such as 2026-11.", HelpName = "YYYY-MM" };
        var csv = new Option<bool>("--csv") { Description = "Print comma-separated values." };
        var command = new Command("tls", "Report how mail travelled: by peer and direction, from the receipts of each message.") { peer, month, csv };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ReportTravel,
            new TravelQuery(parsed.GetValue(peer), parsed.GetValue(month)),
            report =>
            {
                if (parsed.GetValue(csv)) WriteCsv(terminal.Out, report);
                else WriteText(terminal.Out, report);
            },
            cancel));
        return command;
    }

    private static void WriteText(TextWriter target, TravelReport report)
    {
        TextTable.Write(
            target,
            ["PEER", "WAY", "MESSAGES", "ENCRYPTED", "VERSIONS", "CIPHERS", "VERIFIED", "POLICIES"],
            [.. report.Peers.Select(static row => new[]
            {
                PeerOf(row), row.Direction.ToString().ToLowerInvariant(), Number(row.Messages), ShareOf(row), Words(row.Protocols), Words(row.CipherSuites),
                Words(row.Verified), Words(row.Policies),
            })],
            "No message came or went in this time, or its trace is forgotten by now (delivery.traceRetention).");
        foreach (var row in report.Peers.Where(static row => row.InClear.Count > 0))
        {
            var inClear = row.Messages - row.Encrypted;
            target.WriteLine();
            target.WriteLine($"{PeerOf(row)}, {row.Direction.ToString().ToLowerInvariant()}: {Number(inClear)} in clear{(inClear > row.InClear.Count ? $", the first {row.InClear.Count}" : "")}");
            foreach (var exception in row.InClear)
                target.WriteLine($"  {exception.At.ToString("yyyy-MM-dd HH:mm:ss zzz", CultureInfo.InvariantCulture)}  {exception.Message}  {exception.PeerName}  ({exception.Policy})");
        }
    }

    private static void WriteCsv(TextWriter target, TravelReport report)
    {
        target.WriteLine("peer,direction,messages,encrypted,versions,ciphers,groups,verified,policies");
        foreach (var row in report.Peers)
        {
            target.WriteLine(string.Join(
                ',', Quote(row.Peer), row.Direction.ToString().ToLowerInvariant(), Number(row.Messages), Number(row.Encrypted), Quote(Words(row.Protocols)),
                Quote(Words(row.CipherSuites)), Quote(Words(row.Groups)), Quote(Words(row.Verified)), Quote(Words(row.Policies))));
        }
    }

    private static string PeerOf(PeerTravel row) => row.Peer.Length > 0 ? row.Peer : "(none)";

    private static string ShareOf(PeerTravel row) =>
        string.Create(CultureInfo.InvariantCulture, $"{Math.Floor(row.Encrypted * 1000m / row.Messages) / 10:0.0} %");

    private static string Words(IReadOnlyDictionary<string, long> counts) =>
        string.Join("; ", counts.OrderByDescending(static count => count.Value).ThenBy(static count => count.Key, StringComparer.Ordinal)
            .Select(static count => $"{count.Key} {Number(count.Value)}"));

    private static string Number(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Quote(string text) =>
        text.AsSpan().ContainsAny(",\"\r\n") ? '"' + text.Replace("\"", "\"\"", StringComparison.Ordinal) + '"' : text;
}
