using Modus.Storage;
using Modus.Tls;

namespace Modus.Delivery.Peers;

/// <summary>
/// Tells what a rule would have done before it is one: holds the receipts of the last days against the rules with it among them. Only
/// what the rule itself would have decided counts. Thread-safe.
/// </summary>
/// <param name="traces">Where the receipts are.</param>
/// <param name="rules">The rules that count.</param>
/// <param name="clock">The clock.</param>
public sealed class PeerRehearsal(ITraces traces, PeerRuleStore rules, TimeProvider clock)
{
    /// <summary>How far back it looks: as long as traces are kept when nothing else is set.</summary>
    public static readonly TimeSpan DefaultSpan = TimeSpan.FromDays(30);

    /// <summary>Rows of a report; a stranger chooses what domain he writes from, so those beyond share one for each end.</summary>
    public const int MaxRows = 10_000;

    /// <summary>What stands in the place of the peers beyond <see cref="MaxRows"/>.</summary>
    public const string Others = "(others)";

    private const int PageSize = 1000;

    /// <summary>Rehearses a rule that has no faults. A rule of its name is taken to be replaced.</summary>
    /// <param name="rule">The rule.</param>
    /// <param name="span">How far to look back.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async ValueTask<RehearsalReport> RehearseAsync(PeerRule rule, TimeSpan span, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(rule);
        var others = (await rules.ListAsync(cancellationToken)).Rules.Where(other => other.Name != rule.Name);
        var policy = new PeerPolicy([.. others, rule], clock);
        var tallies = new Dictionary<RowKey, Tally>();
        var from = clock.GetUtcNow() - span;
        var (seen, last) = (0L, default(QueueId));
        var filter = new TraceFilter { From = from, WithReceipt = true, Limit = PageSize };
        while (true)
        {
            var page = await traces.FindAsync(filter, cancellationToken);
            foreach (var line in page)
            {
                if (line.Receipt is not { } receipt || line.Message == last) continue; // its recipients have a line each, one behind the other
                last = line.Message;
                seen++;
                if (ReferenceEquals(Decisive(policy, line, receipt), rule)) Count(tallies, line, receipt, RehearsalJudge.Judge(rule, receipt));
            }

            if (page.Count < PageSize) break;
            filter = filter with { After = page[^1].Id };
        }

        return new RehearsalReport(rule.Name, from, seen,
            [.. tallies.Select(static tally => ToRow(tally.Key, tally.Value)).OrderBy(static row => row.End).ThenByDescending(static row => row.Messages)
                .ThenBy(static row => row.Peer, StringComparer.Ordinal).ThenBy(static row => row.Host, StringComparer.Ordinal)]);
    }

    private static PeerRule? Decisive(PeerPolicy policy, TraceEvent line, TravelReceipt receipt) => receipt.Direction == TravelDirection.Out
        ? policy.FindNextHop(line.Peer?.Name, receipt.PeerName, receipt.Address)
        : (receipt.Address is { } address ? policy.FindClient(address) : null) ?? (receipt.PeerKey is { } key ? policy.FindKey(key) : null);

    private static void Count(Dictionary<RowKey, Tally> tallies, TraceEvent line, TravelReceipt receipt, RehearsalVerdict verdict)
    {
        var host = receipt.Direction == TravelDirection.In ? $"{receipt.Address}" : receipt.PeerName;
        var key = new RowKey(line.Peer?.Name ?? "", host, receipt.Direction, verdict);
        if (!tallies.ContainsKey(key) && tallies.Count >= MaxRows)
            key = new RowKey(Others, "", receipt.Direction, verdict with { Why = "beyond the peers that are listed" });
        var tally = tallies.GetValueOrDefault(key);
        tallies[key] = new Tally(tally.Messages + 1, line.At > tally.LastSeen ? line.At : tally.LastSeen);
    }

    private static RehearsalRow ToRow(RowKey key, Tally tally) => new()
    {
        Peer = key.Peer, Host = key.Host, Direction = key.Direction, End = key.Verdict.End, Reply = key.Verdict.Reply, Why = key.Verdict.Why,
        Messages = tally.Messages, LastSeen = tally.LastSeen,
    };

    private readonly record struct RowKey(string Peer, string Host, TravelDirection Direction, RehearsalVerdict Verdict);

    private readonly record struct Tally(long Messages, DateTimeOffset LastSeen);
}
