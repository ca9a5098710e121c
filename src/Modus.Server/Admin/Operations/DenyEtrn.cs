using Modus.Delivery.Etrn;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>Lets nobody ask for the mail of a node any more.</summary>
internal sealed class DenyEtrn() : AdminOperation<EtrnNode, Done>("etrn-deny", AdminJson.Default.EtrnNode, AdminJson.Default.AdminReplyDone)
{
    public override async ValueTask<AdminReply<Done>> RunAsync(EtrnNode request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!AllowEtrn.TryNode(request.Node, out var node, out var fault)) return fault;
        var outcome = await new EtrnGrantStore(ports.Settings).RemoveAsync(node, ports.Caller, cancellationToken);
        return outcome switch
        {
            StoreOutcome.Done => new Done($"Nobody may ask for the mail of {node} any more."),
            StoreOutcome.NotFound => AdminFault.NotFound($"Nobody may ask for the mail of {node}. `modus etrn list` shows what is allowed."),
            _ => AdminFault.From(outcome, $"ETRN for {node}"),
        };
    }
}
