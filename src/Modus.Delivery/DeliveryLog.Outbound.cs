using Microsoft.Extensions.Logging;
using Modus.Protocols.Smtp.Client;
using Modus.Storage;

namespace Modus.Delivery;

/// <summary>What the queue, and delivery elsewhere, say. Event ids 6100 to 6199.</summary>
internal static partial class DeliveryLog
{
    [LoggerMessage(6100, LogLevel.Information, "{QueueId} to {Recipient}: sent. {Text}")]
    public static partial void Sent(ILogger log, string queueId, string recipient, string text);

    [LoggerMessage(6101, LogLevel.Information, "{QueueId} to {Recipient}: deferred until {Until}, {Status}. {Text}")]
    public static partial void Deferred(ILogger log, string queueId, string recipient, DateTimeOffset until, string status, string text);

    [LoggerMessage(6102, LogLevel.Information, "{QueueId} to {Recipient}: failed, {Status}. {Text}")]
    public static partial void Failed(ILogger log, string queueId, string recipient, string status, string text);

    [LoggerMessage(6103, LogLevel.Warning, "{QueueId} to {Recipient}: held, {Status}. {Text} `modus queue release` lets it go.")]
    public static partial void Held(ILogger log, string queueId, string recipient, string status, string text);

    [LoggerMessage(6104, LogLevel.Error, "{QueueId}: how its delivery ended cannot be stored ({Outcome}). Make room on the disk; it is tried again.")]
    public static partial void EndNotStored(ILogger log, string queueId, StoreOutcome outcome);

    [LoggerMessage(6105, LogLevel.Error, "Work on the queue for {Destination} broke off; what it had is due again.")]
    public static partial void WorkFailed(ILogger log, string destination, Exception fault);

    [LoggerMessage(6106, LogLevel.Error, "The queue cannot be worked on; tried again.")]
    public static partial void QueueFailed(ILogger log, Exception fault);

    [LoggerMessage(6107, LogLevel.Information, "{Count} entries that an earlier run was busy with are due again.")]
    public static partial void Recovered(ILogger log, int count);

    [LoggerMessage(6108, LogLevel.Information, "Nothing is sent: queue.sending is false. Mail for elsewhere waits in the queue.")]
    public static partial void NotSending(ILogger log);

    [LoggerMessage(6110, LogLevel.Information, "{Hop}: TLS failed ({Outcome}: {Reason}); another connection, {How}.")]
    public static partial void TlsFailed(ILogger log, string hop, SmtpOpenOutcome outcome, string reason, string how);

    [LoggerMessage(6111, LogLevel.Warning, "{Hop}: the login as {Login} fails: {Reason}")]
    public static partial void LoginFailed(ILogger log, string hop, string login, string reason);

    [LoggerMessage(6112, LogLevel.Warning,
        "DOWNGRADE: {Hop} spoke TLS on {Days} days and does not now: {Reason} Somebody on the way may keep it off. " +
        "`modus dest show` tells what is remembered; queue.downgrade in modus.json decides what happens.")]
    public static partial void Downgrade(ILogger log, string hop, int days, string reason);

    [LoggerMessage(6113, LogLevel.Warning, "What was learnt of next hops cannot be stored ({Outcome}); tried again.")]
    public static partial void LedgerNotStored(ILogger log, StoreOutcome outcome);
}
