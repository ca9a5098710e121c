using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.Receipts;

/// <summary>Makes the report of how mail travelled, from the traces in the store, page by page. Thread-safe.</summary>
public sealed class TravelReportReader(ITraces traces)
{
    /// <summary>Peers that get a row of their own; a stranger chooses what domain he writes from, so those beyond it share one.</summary>
    public const int MaxPeers = 10_000;

    /// <summary>Messages in clear that are listed of each peer.</summary>
    public const int MaxExceptions = 20;

    /// <summary>What stands in the place of the peers beyond <see cref="MaxPeers"/>.</summary>
    public const string Others = "(others)";

    private const int PageSize = 1000;

    /// <summary>Reads all receipts of a span of time.</summary>
    /// <param name="from">From when on; null for the beginning.</param>
    /// <param name="until">Before when; null for no end.</param>
    /// <param name="peer">Only this peer; null for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<TravelReport> ReadAsync(DateTimeOffset? from, DateTimeOffset? until, Domain? peer, CancellationToken cancellationToken)
    {
        var tallies = new Dictionary<(string Peer, TravelDirection Direction), TravelTally>();
        var filter = new TraceFilter { From = from, Until = until, Peer = peer, WithReceipt = true, Limit = PageSize };
        while (true)
        {
            var page = await traces.FindAsync(filter, cancellationToken);
            foreach (var line in page)
                if (line.Receipt is { } receipt) Find(tallies, line, receipt).Add(line, receipt);
            if (page.Count < PageSize) break;
            filter = filter with { After = page[^1].Id };
        }

        return new TravelReport(
            from, until,
            [.. tallies.Select(static tally => tally.Value.ToRow(tally.Key.Peer, tally.Key.Direction))
                .OrderByDescending(static row => row.Messages).ThenBy(static row => row.Peer, StringComparer.Ordinal).ThenBy(static row => row.Direction)]);
    }

    private static TravelTally Find(Dictionary<(string, TravelDirection), TravelTally> tallies, TraceEvent line, TravelReceipt receipt)
    {
        var key = (line.Peer?.Name ?? "", receipt.Direction);
        if (!tallies.ContainsKey(key) && tallies.Count >= MaxPeers) key = (Others, receipt.Direction);
        if (!tallies.TryGetValue(key, out var tally)) tallies.Add(key, tally = new TravelTally());
        return tally;
    }
}
