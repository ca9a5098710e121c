using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Cli;

/// <summary><c>modus tlsrpt …</c></summary>
internal static class TlsReportCommands
{
    public static Command Build(Terminal terminal) => new("tlsrpt", "Reports about TLS (RFC 8460): those of others, and ours.")
    {
        List(terminal), Show(terminal), Address(terminal),
    };

    private static Command List(Terminal terminal)
    {
        var domain = new Argument<string?>("domain") { Description = "Only those about this domain.", Arity = ArgumentArity.ZeroOrOne };
        var sent = new Option<bool>("--sent") { Description = "Our reports about other domains, in place of those about ours." };
        var limit = new Option<int>("--limit") { Description = "At most so many.", HelpName = "NUMBER", DefaultValueFactory = static _ => 1000 };
        var command = new Command("list", "List the reports of the last 60 days.") { domain, sent, limit };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ListTlsReports,
            new TlsReportQuery(parsed.GetValue(sent), parsed.GetValue(domain), parsed.GetValue(limit)),
            lines => TextTable.Write(
                terminal.Out,
                ["DAY", "DOMAIN", "REPORTER", "GOOD", "FAILED", "KEY"],
                [.. lines.Select(static line => new[]
                {
                    line.Day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture), line.Domain, line.Reporter, $"{line.Succeeded}", $"{line.Failed}", line.Key,
                })],
                "No reports."),
            cancel));
        return command;
    }

    private static Command Show(Terminal terminal)
    {
        var key = new Argument<string>("key") { Description = "As the list shows it." };
        var command = new Command("show", "Show a report.") { key };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.ShowTlsReport,
            new TlsReportKey(parsed.GetRequiredValue(key)),
            row => terminal.Out.WriteLine(JsonSerializer.Serialize(row.Report, AdminJson.ForPeople.JsonElement)),
            cancel));
        return command;
    }

    private static Command Address(Terminal terminal)
    {
        var address = new Argument<string?>("address") { Description = "An address of this server.", Arity = ArgumentArity.ZeroOrOne };
        var none = new Option<bool>("--none") { Description = "Read no reports any more." };
        var command = new Command("address", "Show or set the address whose mail is read for reports.") { address, none };
        command.SetAction((parsed, cancel) => new AdminRunner(terminal).RunAsync(
            parsed,
            AdminOperations.SetTlsReportAddress,
            new TlsReportAddressWish(parsed.GetValue(address), parsed.GetValue(none)),
            row =>
            {
                terminal.Out.WriteLine(row.Address is null
                    ? "No address is set: reports that come by mail are mail."
                    : $"Reports are read in the mail of {row.Address}. Domains ask for them by this record:\n  _smtp._tls.<domain>. IN TXT \"v=TLSRPTv1; rua=mailto:{row.Address}\"");
            },
            cancel));
        return command;
    }
}
