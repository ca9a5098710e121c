namespace Modus.Server.Admin.Operations;

/// <summary>Reads the whole store back and compares it with its checksums.</summary>
internal sealed class VerifyStore()
    : AdminOperation<NoParameters, VerifyRow>("store-verify", AdminJson.Default.NoParameters, AdminJson.Default.AdminReplyVerifyRow)
{
    public override async ValueTask<AdminReply<VerifyRow>> RunAsync(
        NoParameters request, AdminPorts ports, CancellationToken cancellationToken)
    {
        var report = await ports.Maintenance.VerifyAsync(ports.Progress, cancellationToken);
        return new VerifyRow(
            report.Accounts, report.Mailboxes, report.Messages, report.QueueEntries,
            report.Contents, report.Bytes, report.DeadBytes, report.Faults);
    }
}
