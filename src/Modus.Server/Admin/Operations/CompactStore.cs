namespace Modus.Server.Admin.Operations;

/// <summary>Gives the space of dead content back to the disk.</summary>
internal sealed class CompactStore()
    : AdminOperation<NoParameters, CompactRow>("store-compact", AdminJson.Default.NoParameters, AdminJson.Default.AdminReplyCompactRow)
{
    public override async ValueTask<AdminReply<CompactRow>> RunAsync(
        NoParameters request, AdminPorts ports, CancellationToken cancellationToken) =>
        new CompactRow(await ports.Maintenance.CompactAsync(cancellationToken));
}
