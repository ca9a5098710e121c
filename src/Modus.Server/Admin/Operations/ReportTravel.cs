using System.Globalization;
using Modus.Delivery.Receipts;

namespace Modus.Server.Admin.Operations;

/// <param name="Peer">Only this peer's domain; null for all.</param>
/// <param name="Month">Only this month (UTC), as <c>2026-11</c>; null for as long as traces are kept.</param>
internal sealed record TravelQuery(string? Peer, string? Month);

/// <summary>Reports how mail travelled.</summary>
internal sealed class ReportTravel()
    : AdminOperation<TravelQuery, TravelReport>("report-tls", AdminJson.Default.TravelQuery, AdminJson.Default.AdminReplyTravelReport)
{
    public override async ValueTask<AdminReply<TravelReport>> RunAsync(TravelQuery request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryOptionalDomain(request.Peer, out var peer, out var fault)) return fault;
        DateTimeOffset? from = null;
        if (request.Month is { } month)
        {
            if (!DateTimeOffset.TryParseExact(month, "yyyy-MM", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var first))
                return AdminFault.Invalid($"'{month}' is no month. Write one such as 2026-11.");
            from = first;
        }

        return await new TravelReportReader(ports.Traces).ReadAsync(from, from?.AddMonths(1), peer, cancellationToken);
    }
}
