using Modus.Delivery.Etrn;

namespace Modus.Server.Admin.Operations;

/// <summary>Lists who may ask for which mail by ETRN.</summary>
internal sealed class ListEtrn() : AdminOperation<NoParameters, EtrnRow[]>("etrn-list", AdminJson.Default.NoParameters, AdminJson.Default.AdminReplyEtrnRowArray)
{
    public override async ValueTask<AdminReply<EtrnRow[]>> RunAsync(NoParameters request, AdminPorts ports, CancellationToken cancellationToken) =>
        (await new EtrnGrantStore(ports.Settings).ListAsync(cancellationToken)).Select(EtrnRow.From).ToArray();
}
