using Modus.Mail.Structure;
using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>Puts what a search found into the order of SORT (RFC 5256 §3).</summary>
internal static class SortEvaluation
{
    private const int Piece = 4_096;

    /// <summary>Sorts. Messages that went since they were found are left out.</summary>
    /// <param name="context">Where the messages are.</param>
    /// <param name="criteria">The order; what it leaves open is decided by the sequence numbers.</param>
    /// <param name="uids">The messages.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public static async ValueTask<IReadOnlyList<Uid>> SortAsync(
        SearchContext context, IReadOnlyList<SortCriterion> criteria, UidMap uids, CancellationToken cancellationToken)
    {
        var pace = new WorkPace();
        var texts = new HashSet<string>(StringComparer.Ordinal);
        var columns = criteria.Select(criterion => new SortColumn(criterion, texts)).ToArray();
        var needsEnvelope = columns.Any(static column => column.NeedsEnvelope);
        var found = new List<Uid>(uids.Count);
        await foreach (var row in MailboxRows.ReadAsync(context, uids, default, pace, cancellationToken))
        {
            ImapEnvelope? envelope = null;
            if (needsEnvelope)
            {
                await pace.SpendAsync(SearchNeed.Envelope, cancellationToken);
                envelope = (await context.Store.ReadSummaryAsync(row.Email, cancellationToken))?.Structure.Envelope;
            }

            found.Add(row.Uid);
            foreach (var column in columns) column.Add(row, envelope);
        }

        var order = await OrderAsync(found.Count, Compare, pace, cancellationToken);
        return Array.ConvertAll(order, index => found[index]);

        int Compare(int left, int right)
        {
            foreach (var column in columns)
                if (column.Compare(left, right) is var order and not 0) return order;
            return left.CompareTo(right);
        }
    }

    /// <summary>The numbers below <paramref name="count"/> in an order without ties; a million of them must not hold the thread all the time.</summary>
    private static async ValueTask<int[]> OrderAsync(int count, Comparison<int> compare, WorkPace pace, CancellationToken cancellationToken)
    {
        var (from, to) = (new int[count], new int[count]);
        for (var i = 0; i < count; i++) from[i] = i;
        for (var start = 0; start < count; start += Piece)
        {
            from.AsSpan(start, Math.Min(Piece, count - start)).Sort(compare);
            await pace.SpendAsync(Piece / 2, cancellationToken);
        }

        for (long width = Piece; width < count; width *= 2)
        {
            for (long start = 0; start < count; start += 2 * width)
            {
                var (left, right) = ((int)start, (int)Math.Min(start + width, count));
                var (middle, end) = (right, (int)Math.Min(start + (2 * width), count));
                for (var at = (int)start; at < end;)
                {
                    for (var stop = Math.Min(end, at + Piece); at < stop; at++)
                        to[at] = right == end || (left < middle && compare(from[left], from[right]) < 0) ? from[left++] : from[right++];
                    await pace.SpendAsync(Piece / 10, cancellationToken);
                }
            }

            (from, to) = (to, from);
        }

        return from;
    }
}
