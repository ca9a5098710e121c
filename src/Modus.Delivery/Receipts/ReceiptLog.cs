using Microsoft.Extensions.Logging;

namespace Modus.Delivery.Receipts;

/// <summary>What is said of traces: 6250-6259.</summary>
internal static partial class ReceiptLog
{
    [LoggerMessage(6250, LogLevel.Information, "{Lines} lines of traces from before {Moment} were forgotten")]
    public static partial void TracesForgotten(ILogger log, long lines, DateTimeOffset moment);

    [LoggerMessage(6251, LogLevel.Error, "Old traces could not be forgotten; tomorrow again")]
    public static partial void CleaningFailed(ILogger log, Exception fault);
}
