using Modus.Delivery.TlsReports;

namespace Modus.Server.Admin.Operations;

/// <param name="Sent">Ours, in place of those of others.</param>
/// <param name="Domain">Only those about it; null for all.</param>
/// <param name="Limit">At most so many.</param>
internal sealed record TlsReportQuery(bool Sent, string? Domain, int Limit);

/// <summary>Lists TLS reports, the oldest first.</summary>
internal sealed class ListTlsReports() : AdminOperation<TlsReportQuery, TlsReportLine[]>(
    "tlsrpt-list", AdminJson.Default.TlsReportQuery, AdminJson.Default.AdminReplyTlsReportLineArray)
{
    public override async ValueTask<AdminReply<TlsReportLine[]>> RunAsync(TlsReportQuery request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryOptionalDomain(request.Domain, out var domain, out var fault)) return fault;
        if (request.Limit < 1) return AdminFault.Invalid("The limit must be 1 or more.");
        var lines = await new TlsReportShelf(ports.Records).ListAsync(request.Sent, domain, request.Limit, cancellationToken);
        return lines.ToArray();
    }
}
