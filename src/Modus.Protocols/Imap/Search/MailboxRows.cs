using System.Runtime.CompilerServices;
using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>Reads the rows of chosen messages, a page at a time, and of as few others as is cheap.</summary>
internal static class MailboxRows
{
    /// <summary>The rows of <paramref name="uids"/>, in order; those that went meanwhile are missing.</summary>
    /// <param name="context">Where to read.</param>
    /// <param name="uids">Which ones: UIDs of the view.</param>
    /// <param name="changedSince">Leaves out what was not changed after this, where that is cheap; 0 for nothing.</param>
    /// <param name="pace">Lets others have their turn.</param>
    /// <param name="cancellationToken">Gives up.</param>
    public static async IAsyncEnumerable<MailboxMessage> ReadAsync(
        SearchContext context, UidMap uids, ModSeq changedSince, WorkPace pace, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        foreach (var span in Spans(uids, context.View))
        {
            var since = changedSince;
            for (var rest = span; ;)
            {
                var rows = await context.Store.ReadMessagesAsync(context.Mailbox, rest, since, SearchLimits.Page, cancellationToken);
                foreach (var row in rows)
                {
                    await pace.SpendAsync(SearchNeed.Row, cancellationToken);
                    if (uids.SequenceNumberOf(row.Uid) > 0) yield return row;
                }

                await pace.SpendAsync(SearchNeed.Envelope, cancellationToken); // a question costs even when nothing is there
                if (rows.Count < SearchLimits.Page || rows[^1].Uid >= rest.Last) break;

                // Asking by MODSEQ costs all that changed, each time: when that is a lot, the rows in order cost less.
                since = default;
                rest = new UidRange(new Uid(rows[^1].Uid.Value + 1), rest.Last);
            }
        }
    }

    // Runs of the set, joined where only a few other messages stand between them.
    private static IEnumerable<UidRange> Spans(UidMap uids, UidMap view)
    {
        UidRange? open = null;
        foreach (var run in uids.Runs())
        {
            if (open is not { } span) open = run;
            else if (view.CountUpTo(new Uid(run.First.Value - 1)) - view.CountUpTo(span.Last) <= SearchLimits.Gap) open = span with { Last = run.Last };
            else
            {
                yield return span;
                open = run;
            }
        }

        if (open is { } last) yield return last;
    }
}
