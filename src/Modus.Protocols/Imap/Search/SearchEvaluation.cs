using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>
/// Finds the messages of a view that match a key (RFC 9051 §6.4.4). Cheap things are read first and decide what they can: sets of
/// UIDs before rows, rows before envelopes, the index or the envelope before contents.
/// </summary>
internal static class SearchEvaluation
{
    // To ask the index costs as much as to read some messages.
    private const int IndexWorthwhile = 8;

    /// <summary>Searches.</summary>
    /// <param name="context">Where.</param>
    /// <param name="command">What. Of a search that only tells of the first messages, no more than those are found.</param>
    /// <param name="cancellationToken">Gives up.</param>
    /// <exception cref="OperationCanceledException">It was given up.</exception>
    public static async ValueTask<SearchHits> FindAsync(SearchContext context, SearchArguments command, CancellationToken cancellationToken)
    {
        var plan = new SearchPlan(context);
        var test = plan.Make(command.Key);
        var conjuncts = ManyTest.Conjuncts(test);
        var candidates = conjuncts.OfType<UidTest>().FirstOrDefault()?.Uids ?? context.View;
        if (candidates.Count == 0 || (test is UidTest && !command.HasModSeq)) return new SearchHits(candidates);
        if (candidates.Count >= IndexWorthwhile)
            foreach (var question in plan.Indexed) await question.AskAsync(context, cancellationToken);

        var since = conjuncts.OfType<ModSeqTest>().Select(static changed => changed.AtLeast - 1).DefaultIfEmpty().Max();
        var hits = new HitCollector(command.HasModSeq, command.Criteria.Count == 0 ? command.Return?.Enough : null);
        await ScanAsync(context, test, candidates, new ModSeq(Math.Max(0, since)), hits, cancellationToken);
        return hits.ToHits();
    }

    private static async ValueTask ScanAsync(
        SearchContext context, SearchTest test, UidMap candidates, ModSeq since, HitCollector hits, CancellationToken cancellationToken)
    {
        var pace = new WorkPace();
        var candidate = new SearchCandidate(context);
        await foreach (var row in MailboxRows.ReadAsync(context, candidates, since, pace, cancellationToken))
            if (await candidate.MatchesAsync(row, test, pace, cancellationToken) && !hits.Add(row)) return;
    }
}
