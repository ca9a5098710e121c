using Modus.Delivery.OutboundTls;

namespace Modus.Server.Admin.Operations;

/// <summary>Lists what is remembered of next hops and TLS.</summary>
internal sealed class ListHops() : AdminOperation<HopQuery, HopRecord[]>("dest-list", AdminJson.Default.HopQuery, AdminJson.Default.AdminReplyHopRecordArray)
{
    public override async ValueTask<AdminReply<HopRecord[]>> RunAsync(HopQuery request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (request.Limit < 1) return AdminFault.Invalid("The limit must be 1 or more.");
        using var own = ports.Ledger is null ? HopNames.NewLedger(ports) : null;
        return (await (ports.Ledger ?? own!).ListAsync(request.Prefix?.ToLowerInvariant() ?? "", null, request.Limit, cancellationToken)).ToArray();
    }
}
