namespace Modus.Server.Admin.Operations;

/// <param name="Id">Names a hold.</param>
internal sealed record HoldRow(string Id);

/// <summary>Keeps the files of the store from being deleted, for a command that copies them with its own rights.</summary>
internal sealed class BeginHold()
    : AdminOperation<NoParameters, HoldRow>("store-hold", AdminJson.Default.NoParameters, AdminJson.Default.AdminReplyHoldRow)
{
    public override ValueTask<AdminReply<HoldRow>> RunAsync(NoParameters request, AdminPorts ports, CancellationToken cancellationToken) =>
        ValueTask.FromResult<AdminReply<HoldRow>>(ports.Holds.Begin() is { } id
            ? new HoldRow(id)
            : new AdminFault(AdminFaultKind.NotAllowed, $"{StoreHolds.Max} backups run already. Wait until one has ended."));
}

/// <summary>Makes a hold last on.</summary>
internal sealed class RenewHold()
    : AdminOperation<HoldRow, HoldRow>("store-hold-renew", AdminJson.Default.HoldRow, AdminJson.Default.AdminReplyHoldRow)
{
    public override ValueTask<AdminReply<HoldRow>> RunAsync(HoldRow request, AdminPorts ports, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ports.Holds.Renew(request.Id) ? (AdminReply<HoldRow>)request : HoldWords.Ended);
}

/// <summary>Ends a hold.</summary>
internal sealed class EndHold()
    : AdminOperation<HoldRow, HoldRow>("store-hold-end", AdminJson.Default.HoldRow, AdminJson.Default.AdminReplyHoldRow)
{
    public override ValueTask<AdminReply<HoldRow>> RunAsync(HoldRow request, AdminPorts ports, CancellationToken cancellationToken) =>
        ValueTask.FromResult(ports.Holds.End(request.Id) ? (AdminReply<HoldRow>)request : HoldWords.Ended);
}

internal static class HoldWords
{
    /// <summary>The server was started anew, or the command was stopped for minutes.</summary>
    public static AdminFault Ended { get; } = AdminFault.NotFound(
        "The server did not keep the store's files to the end: it was started anew, or the backup stood still for minutes. Nothing of this backup counts; run it again.");
}
