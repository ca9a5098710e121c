using Modus.Delivery.Peers;
using Modus.Tls;

namespace Modus.Server.Admin.Operations;

/// <summary>Tells what a peer rule would have done; nothing is changed.</summary>
internal sealed class RehearsePeer()
    : AdminOperation<RehearsalWish, RehearsalReport>("peer-rehearse", AdminJson.Default.RehearsalWish, AdminJson.Default.AdminReplyRehearsalReport)
{
    private const int MaxDays = 3660; // traces are kept as long as somebody wants them

    public override async ValueTask<AdminReply<RehearsalReport>> RunAsync(RehearsalWish request, AdminPorts ports, CancellationToken cancellationToken)
    {
        var faults = PeerRuleCheck.FindFaults(request.Rule);
        if (faults.Count > 0) return AdminFault.Invalid(string.Join(Environment.NewLine, faults));
        if (request.Days is < 1 or > MaxDays) return AdminFault.Invalid($"{request.Days} is no number of days: write one from 1 to {MaxDays}.");
        return await RunAsync(request.Rule, TimeSpan.FromDays(request.Days), ports, cancellationToken);
    }

    public static ValueTask<RehearsalReport> RunAsync(PeerRule rule, TimeSpan span, AdminPorts ports, CancellationToken cancellationToken) =>
        new PeerRehearsal(ports.Traces, new PeerRuleStore(ports.Settings), TimeProvider.System).RehearseAsync(rule, span, cancellationToken);
}
