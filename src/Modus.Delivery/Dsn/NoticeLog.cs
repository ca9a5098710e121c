using Microsoft.Extensions.Logging;

namespace Modus.Delivery.Dsn;

/// <summary>What is said of notices: 6200-6249.</summary>
internal static partial class NoticeLog
{
    [LoggerMessage(6200, LogLevel.Information, "{QueueId}: {Sender} gets a notice of {Kind}, {NoticeId}, for {Recipients} recipients")]
    public static partial void Sent(ILogger log, string queueId, string sender, NoticeKind kind, string noticeId, int recipients);

    [LoggerMessage(6201, LogLevel.Warning, "{QueueId}: a notice of {Kind} to {Sender} was dropped: {Reason}")]
    public static partial void Dropped(ILogger log, string queueId, NoticeKind kind, string sender, string reason);

    [LoggerMessage(6202, LogLevel.Warning, "{QueueId} failed for {Recipients} recipients, and nobody is told: it is from the null reverse-path")]
    public static partial void NobodyToTell(ILogger log, string queueId, int recipients);

    [LoggerMessage(6203, LogLevel.Error, "{QueueId}: its content is damaged; a notice about it returns nothing of it. `modus store verify` tells more")]
    public static partial void OriginalDamaged(ILogger log, Exception fault, string queueId);
}
