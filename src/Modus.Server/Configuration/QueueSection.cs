using Modus.Delivery.Queue;

namespace Modus.Server.Configuration;

/// <summary>Reads <c>queue</c>. Defaults, and where they come from, stand in <see cref="QueueOptions"/>.</summary>
internal static class QueueSection
{
    private static readonly TimeSpan OneSecond = TimeSpan.FromSeconds(1);

    public static QueueOptions Read(SectionReader queue)
    {
        var standard = new QueueOptions();
        var options = standard with
        {
            Sending = queue.Switch("sending", standard.Sending),
            Port = queue.Number("port", standard.Port, 1, 65535),
            FirstRetry = queue.Duration("firstRetry", standard.FirstRetry, OneSecond, TimeSpan.FromHours(24)),
            LongestRetry = queue.Duration("longestRetry", standard.LongestRetry, OneSecond, TimeSpan.FromHours(24)),
            Lifetime = queue.Duration("lifetime", standard.Lifetime, TimeSpan.FromMinutes(1), TimeSpan.FromHours(24 * 30)),
            DelayNoticeAfter = queue.Duration("delayNoticeAfter", standard.DelayNoticeAfter, TimeSpan.FromMinutes(1), TimeSpan.FromHours(24 * 30)),
            Destinations = queue.Number("destinations", standard.Destinations, 1, 10_000),
            ConnectionsPerDestination = queue.Number("connectionsPerDestination", standard.ConnectionsPerDestination, 1, 1000),
            RecipientsPerTransaction = queue.Number("recipientsPerTransaction", standard.RecipientsPerTransaction, 1, 1000),
            IdleConnection = queue.Duration("idleConnection", standard.IdleConnection, TimeSpan.Zero, TimeSpan.FromMinutes(5)),
            TransactionsPerConnection = queue.Number("transactionsPerConnection", standard.TransactionsPerConnection, 1, 100_000),
            Downgrade = queue.Choice<TlsDowngrade>(
                "downgrade", standard.Downgrade, ("report", TlsDowngrade.Report), ("hold", TlsDowngrade.Hold), ("allow", TlsDowngrade.Allow))!.Value,
            DowngradeAfterDays = queue.Number("downgradeAfterDays", standard.DowngradeAfterDays, 1, 365),
            BrokenTls = queue.Duration("brokenTls", standard.BrokenTls, TimeSpan.FromMinutes(1), TimeSpan.FromHours(24 * 7)),
            LongestBrokenTls = queue.Duration("longestBrokenTls", standard.LongestBrokenTls, TimeSpan.FromMinutes(1), TimeSpan.FromHours(24 * 30)),
        };
        if (options.LongestRetry < options.FirstRetry)
        {
            queue.Fault("longestRetry", UnitText.FormatDuration(options.LongestRetry), "is shorter than firstRetry.",
                "Write a duration that is at least as long.");
        }

        queue.RejectUnknown();
        return options;
    }
}
