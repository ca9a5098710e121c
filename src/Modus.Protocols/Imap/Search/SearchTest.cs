using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>What must be read of a message before a test can say something; what comes later costs more.</summary>
internal enum SearchNeed
{
    /// <summary>Its UID, which the view knows.</summary>
    Uid,

    /// <summary>Its row: flags, dates, size.</summary>
    Row,

    /// <summary>Its ENVELOPE.</summary>
    Envelope,

    /// <summary>Its content.</summary>
    Content,
}

/// <summary>What a test says of a message.</summary>
internal enum Verdict
{
    /// <summary>It does not match.</summary>
    No,

    /// <summary>It matches.</summary>
    Yes,

    /// <summary>More of it must be read.</summary>
    Unknown,
}

/// <summary>A search key made ready to be asked of messages: sets resolved, texts folded. Immutable.</summary>
internal abstract class SearchTest(SearchNeed need)
{
    /// <summary>The least that must be read for a verdict that is not Unknown, if nothing else decides.</summary>
    public SearchNeed Need => need;

    public abstract Verdict Judge(SearchCandidate candidate);

    protected static Verdict Of(bool matches) => matches ? Verdict.Yes : Verdict.No;
}

/// <summary>Is the message one of these?</summary>
internal sealed class UidTest(UidMap uids) : SearchTest(SearchNeed.Uid)
{
    public UidMap Uids => uids;

    public override Verdict Judge(SearchCandidate candidate) => Of(uids.SequenceNumberOf(candidate.Row.Uid) > 0);
}

/// <summary>Something about the row.</summary>
internal class RowTest(Func<MailboxMessage, bool> matches) : SearchTest(SearchNeed.Row)
{
    public override Verdict Judge(SearchCandidate candidate) => Of(matches(candidate.Row));
}

/// <summary>Was the message changed since?</summary>
internal sealed class ModSeqTest(long atLeast) : RowTest(row => row.ModSeq.Value >= atLeast)
{
    public long AtLeast => atLeast;
}

/// <summary>Something about the ENVELOPE, which the index may know.</summary>
internal sealed class EnvelopeTest(Func<EnvelopeText, bool> matches, IndexedText? indexed = null) : SearchTest(SearchNeed.Envelope)
{
    public override Verdict Judge(SearchCandidate candidate)
    {
        if (indexed?.Judge(candidate.Row.Email) is { } known and not Verdict.Unknown) return known;
        if (candidate.IsGone) return Verdict.No;
        return candidate.Envelope is { } envelope ? Of(matches(envelope)) : candidate.Ask(Need);
    }
}

/// <summary>Something about the content, which the index may know.</summary>
internal sealed class ContentTest(Func<ContentText, bool> matches, IndexedText indexed) : SearchTest(SearchNeed.Content)
{
    public override Verdict Judge(SearchCandidate candidate)
    {
        if (indexed.Judge(candidate.Row.Email) is var known and not Verdict.Unknown) return known;
        if (candidate.IsGone) return Verdict.No;
        return candidate.Content is { } content ? Of(matches(content)) : candidate.Ask(Need);
    }
}

/// <summary>Something that is not so.</summary>
internal sealed class NotTest(SearchTest inner) : SearchTest(inner.Need)
{
    public override Verdict Judge(SearchCandidate candidate) => inner.Judge(candidate) switch
    {
        Verdict.Yes => Verdict.No,
        Verdict.No => Verdict.Yes,
        _ => Verdict.Unknown,
    };
}

/// <summary>Several tests, all of which or one of which must say yes; the cheap ones are asked first, and the first that decides ends it.</summary>
internal sealed class ManyTest : SearchTest
{
    private readonly SearchTest[] _tests;
    private readonly Verdict _decisive;

    public ManyTest(IEnumerable<SearchTest> tests, bool all)
        : this([.. tests.OrderBy(static test => test.Need)], all ? Verdict.No : Verdict.Yes)
    {
    }

    private ManyTest(SearchTest[] tests, Verdict decisive)
        : base(tests[0].Need) => (_tests, _decisive) = (tests, decisive);

    /// <summary>The tests that must all say yes; only this one when it is no such conjunction.</summary>
    public static IReadOnlyList<SearchTest> Conjuncts(SearchTest test) =>
        test is ManyTest { _decisive: Verdict.No } many ? many._tests : [test];

    public override Verdict Judge(SearchCandidate candidate)
    {
        var otherwise = _decisive == Verdict.No ? Verdict.Yes : Verdict.No;
        foreach (var test in _tests)
        {
            var verdict = test.Judge(candidate);
            if (verdict == _decisive) return verdict;
            if (verdict == Verdict.Unknown) otherwise = verdict;
        }

        return otherwise;
    }
}
