using Microsoft.Extensions.Logging;

namespace Modus.Storage.Embedded;

/// <summary>What the engine tells the log (5000 to 5999).</summary>
internal static partial class StorageLog
{
    [LoggerMessage(5000, LogLevel.Information, "Store {Folder} opened: schema {Schema}, {Segments} segments")]
    public static partial void StoreOpened(this ILogger logger, string folder, int schema, int segments);

    [LoggerMessage(5001, LogLevel.Information, "Store {Folder} closed")]
    public static partial void StoreClosed(this ILogger logger, string folder);

    [LoggerMessage(5002, LogLevel.Critical, "The store has failed and refuses everything until it is opened anew")]
    public static partial void StoreFailed(this ILogger logger, Exception cause);

    [LoggerMessage(5003, LogLevel.Information, "Schema migrated to version {Version}")]
    public static partial void SchemaMigrated(this ILogger logger, int version);

    [LoggerMessage(5010, LogLevel.Information, "Segment {Segment}: cut {Bytes} bytes that no committed row refers to")]
    public static partial void TailCut(this ILogger logger, long segment, long bytes);

    [LoggerMessage(5011, LogLevel.Information, "Segment {Segment}: deleted, no committed row refers to it")]
    public static partial void OrphanDeleted(this ILogger logger, long segment);

    [LoggerMessage(5012, LogLevel.Error, "Segment {Segment} should have {Expected} bytes and has {Actual}")]
    public static partial void SegmentShort(this ILogger logger, long segment, long expected, long actual);

    [LoggerMessage(5013, LogLevel.Warning, "Segment {Segment} could not be deleted; the next start will")]
    public static partial void SegmentNotDeleted(this ILogger logger, Exception cause, long segment);

    [LoggerMessage(5020, LogLevel.Error, "No room on the disk; {Requests} requests refused")]
    public static partial void NoSpace(this ILogger logger, int requests);

    [LoggerMessage(5021, LogLevel.Error, "A request to the store failed; nothing of it was kept")]
    public static partial void RequestFaulted(this ILogger logger, Exception cause);

    [LoggerMessage(5022, LogLevel.Warning, "Message {QueueId}: its structure could not be read; stored as application/octet-stream")]
    public static partial void StructureFaulted(this ILogger logger, Exception cause, string queueId);

    [LoggerMessage(5023, LogLevel.Error, "A subscriber to the change feed threw")]
    public static partial void SubscriberFaulted(this ILogger logger, Exception cause);

    [LoggerMessage(5024, LogLevel.Warning, "The structure of an appended message could not be read; stored as application/octet-stream")]
    public static partial void AppendedStructureFaulted(this ILogger logger, Exception cause);

    [LoggerMessage(5030, LogLevel.Information, "Compacted segment {Segment}: {Bytes} bytes given back")]
    public static partial void Compacted(this ILogger logger, long segment, long bytes);

    [LoggerMessage(5031, LogLevel.Error, "Segment {Segment} stays as it is: content {Content} in it is damaged")]
    public static partial void CompactionMetDamage(this ILogger logger, long segment, long content);

    [LoggerMessage(5032, LogLevel.Error, "Compaction stopped; it will be tried again")]
    public static partial void CompactionFaulted(this ILogger logger, Exception cause);

    [LoggerMessage(5040, LogLevel.Warning, "The text index of account {Account} is damaged; it is made anew from the mail")]
    public static partial void IndexDamaged(this ILogger logger, Exception? cause, long account);

    [LoggerMessage(5041, LogLevel.Warning, "The text index of account {Account} cannot be written now; searches read the mail meanwhile")]
    public static partial void IndexFaulted(this ILogger logger, Exception cause, long account);

    [LoggerMessage(5042, LogLevel.Warning, "The text index of account {Account} could not answer; the search reads the mail")]
    public static partial void IndexNotRead(this ILogger logger, Exception cause, long account);

    [LoggerMessage(5043, LogLevel.Warning, "Email {Email} could not be read for the text index; searches read it themselves")]
    public static partial void EmailNotIndexed(this ILogger logger, Exception cause, long email);

    [LoggerMessage(5044, LogLevel.Error, "The text index stopped; searches read the mail until the store is opened anew")]
    public static partial void IndexerStopped(this ILogger logger, Exception cause);
}
