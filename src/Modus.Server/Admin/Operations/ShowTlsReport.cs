using System.Text.Json;
using Modus.Delivery.TlsReports;

namespace Modus.Server.Admin.Operations;

/// <param name="Key">As the list shows it.</param>
internal sealed record TlsReportKey(string Key);

/// <param name="Key">As the list shows it.</param>
/// <param name="Report">The report (RFC 8460 §4.4).</param>
internal sealed record TlsReportRow(string Key, JsonElement Report);

/// <summary>Shows a TLS report.</summary>
internal sealed class ShowTlsReport() : AdminOperation<TlsReportKey, TlsReportRow>(
    "tlsrpt-show", AdminJson.Default.TlsReportKey, AdminJson.Default.AdminReplyTlsReportRow)
{
    public override async ValueTask<AdminReply<TlsReportRow>> RunAsync(TlsReportKey request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (await new TlsReportShelf(ports.Records).GetAsync(request.Key, cancellationToken) is not { } json)
            return AdminFault.NotFound($"Report {request.Key} is not there. `modus tlsrpt list` shows those that are.");
        using var report = JsonDocument.Parse(json);
        return new TlsReportRow(request.Key, report.RootElement.Clone());
    }
}
