using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>What a search found.</summary>
/// <param name="Uids">The messages.</param>
/// <param name="ModSeqs">The MODSEQ of each, in the order of the UIDs; null when MODSEQ was not searched for.</param>
internal sealed record SearchHits(UidMap Uids, IReadOnlyList<long>? ModSeqs = null)
{
    /// <summary>No message.</summary>
    public static SearchHits None { get; } = new(UidMap.Empty);

    /// <summary>The greatest MODSEQ; null when it was not searched for, or nothing was found.</summary>
    public long? Greatest() => ModSeqs is { Count: > 0 } ? ModSeqs.Max() : null;

    /// <summary>The MODSEQ of a message that was found; null when it was not searched for.</summary>
    public long? ModSeqOf(Uid uid) => ModSeqs?[Uids.SequenceNumberOf(uid) - 1];
}

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
    /// <param name="command">What.</param>
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
        return await ScanAsync(context, test, candidates, new ModSeq(Math.Max(0, since)), command.HasModSeq, cancellationToken);
    }

    private static async ValueTask<SearchHits> ScanAsync(
        SearchContext context, SearchTest test, UidMap candidates, ModSeq since, bool withModSeq, CancellationToken cancellationToken)
    {
        var pace = new WorkPace();
        var found = new UidRanges();
        var modSeqs = withModSeq ? new List<long>() : null;
        var candidate = new SearchCandidate(context);
        await foreach (var row in MailboxRows.ReadAsync(context, candidates, since, pace, cancellationToken))
        {
            if (!await candidate.MatchesAsync(row, test, pace, cancellationToken)) continue;
            found.Add(row.Uid);
            modSeqs?.Add(row.ModSeq.Value);
        }

        return new SearchHits(UidSets.Of(found), modSeqs);
    }
}
