using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>Tells what happened to a message, and how it travelled.</summary>
internal sealed class TraceQueue() : AdminOperation<QueueTraceQuery, TraceRow[]>("queue-trace", AdminJson.Default.QueueTraceQuery, AdminJson.Default.AdminReplyTraceRowArray)
{
    public override async ValueTask<AdminReply<TraceRow[]>> RunAsync(QueueTraceQuery request, AdminPorts ports, CancellationToken cancellationToken)
    {
        var trace = await ports.Traces.ReadAsync(new QueueId(request.QueueId), cancellationToken);
        return trace.Count > 0
            ? trace.Select(TraceRow.From).ToArray()
            : AdminFault.NotFound($"There is no trace of a message {request.QueueId}. The id is in the 250 reply, the Received field and the log.");
    }
}
