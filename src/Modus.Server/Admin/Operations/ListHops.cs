using Microsoft.Extensions.Logging.Abstractions;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.Queue;

namespace Modus.Server.Admin.Operations;

/// <summary>Lists what is remembered of next hops and TLS.</summary>
internal sealed class ListHops() : AdminOperation<HopQuery, HopRecord[]>("dest-list", AdminJson.Default.HopQuery, AdminJson.Default.AdminReplyHopRecordArray)
{
    public override async ValueTask<AdminReply<HopRecord[]>> RunAsync(HopQuery request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (request.Limit < 1) return AdminFault.Invalid("The limit must be 1 or more.");
        if (ports.Ledger is { } running) return (await running.ListAsync(request.Prefix ?? "", null, request.Limit, cancellationToken)).ToArray();
        using var ledger = new HopLedger(ports.Records, new QueueOptions(), TimeProvider.System, NullLogger<HopLedger>.Instance);
        return (await ledger.ListAsync(request.Prefix ?? "", null, request.Limit, cancellationToken)).ToArray();
    }
}
