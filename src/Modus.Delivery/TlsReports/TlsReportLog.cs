using Microsoft.Extensions.Logging;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.TlsReports;

/// <summary>What the reporting of TLS says.</summary>
internal static partial class TlsReportLog
{
    [LoggerMessage(6720, LogLevel.Warning, "{Count} TLS sessions are in no report: too many domains at once")]
    public static partial void Dropped(ILogger log, long count);

    [LoggerMessage(6721, LogLevel.Warning, "The counts of {Count} TLS reports are not kept: {Outcome}")]
    public static partial void NotKept(ILogger log, int count, StoreOutcome outcome);

    [LoggerMessage(6722, LogLevel.Information, "The TLS report of {Day} for {Domain} went to {Addresses}")]
    public static partial void Sent(ILogger log, DateOnly day, Domain domain, string addresses);

    [LoggerMessage(6723, LogLevel.Information, "The TLS report of {Day} for {Domain} could not be sent: {Reason}")]
    public static partial void NotSent(ILogger log, DateOnly day, Domain domain, string reason);

    [LoggerMessage(6724, LogLevel.Information, "A TLS report of {Submitter} for {Domain} came by {Way}")]
    public static partial void Received(ILogger log, string submitter, Domain domain, string way);

    [LoggerMessage(6725, LogLevel.Information, "What came by {Way} as a TLS report is none: {Reason}")]
    public static partial void NotReceived(ILogger log, string way, string reason);

    [LoggerMessage(6726, LogLevel.Error, "The round of TLS reports ended early; the next one follows")]
    public static partial void RoundFailed(ILogger log, Exception fault);
}
