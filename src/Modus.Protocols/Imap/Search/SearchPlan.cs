using System.Buffers;
using Modus.Mail.Text;
using Modus.Protocols.Imap.Responses;
using Modus.Storage;

namespace Modus.Protocols.Imap.Search;

/// <summary>
/// Makes tests of keys, in the light of one session's view. What UIDs alone decide is decided here, as sets: SEARCH ALL and a set
/// of numbers read nothing. Recursive within <see cref="SearchLimits.Depth"/>.
/// </summary>
internal sealed class SearchPlan(SearchContext context)
{
    // What in a needle may stand differently in the header field, which is what the index knows, and in the ENVELOPE.
    private static readonly SearchValues<char> AddressSyntax = SearchValues.Create("\"<>(),:;\\\r\n");
    private static readonly SearchValues<char> TextSyntax = SearchValues.Create("\r\n");

    private readonly DateTimeOffset _now = context.Time.GetUtcNow();

    /// <summary>The questions to the text index that tests were made with; unanswered as yet.</summary>
    public List<IndexedText> Indexed { get; } = [];

    public SearchTest Make(SearchKey key) => key switch
    {
        AllKey => new UidTest(context.View),
        NothingKey => new UidTest(UidMap.Empty),
        RecentKey => new UidTest(UidSets.Intersect(context.View, context.Recent)),
        SetKey set => new UidTest(Resolve(set)),
        FlagKey flag => new RowTest(row => (row.Flags & flag.Flag) != 0),
        KeywordKey keyword => new RowTest(row => row.Keywords.Contains(keyword.Keyword, StringComparer.OrdinalIgnoreCase)),
        AgeKey age => Age(age),
        SizeKey { IsLarger: true } size => new RowTest(row => row.Size > size.Size),
        SizeKey size => new RowTest(row => row.Size < size.Size),
        ModSeqKey modSeq => new ModSeqTest(modSeq.AtLeast),
        EmailIdKey id => ObjectIds.TryReadEmail(id.ObjectId, out var email) ? new RowTest(row => row.Email == email) : new UidTest(UidMap.Empty),
        DateKey date => Date(date),
        EnvelopeKey envelope => Envelope(envelope),
        HeaderKey header => Header(header),
        ContentKey content => Content(content),
        NotKey not => Not(Make(not.Key)),
        AndKey and => And([.. and.Keys.Select(Make)]),
        OrKey or => Or([.. or.Keys.Select(Make)]),
        _ => throw new ArgumentException($"no test for {key.GetType().Name}", nameof(key)),
    };

    private UidMap Resolve(SetKey key)
    {
        var view = context.View;
        if (view.Count == 0) return UidMap.Empty; // and "*" stands for nothing
        if (key.Set.IsSavedResult) return UidSets.Intersect(view, context.Saved);
        if (key.IsUid)
        {
            return UidSets.Of(key.Set.Resolve(view.Last!.Value.Value)
                .SelectMany(range => view.Runs(new UidRange(new Uid(Math.Max(range.First, 1)), new Uid(range.Last)))));
        }

        // Numbers beyond the last message match nothing: a client may not know yet that messages went.
        return UidSets.Of(key.Set.Resolve((uint)view.Count)
            .Where(range => range.First <= view.Count && range.Last > 0)
            .SelectMany(range => view.Runs(new UidRange(view[(int)Math.Max(range.First, 1)], view[(int)Math.Min(range.Last, (uint)view.Count)]))));
    }

    // RFC 5032 §3: both ends of the interval match.
    private RowTest Age(AgeKey key)
    {
        var target = _now - TimeSpan.FromSeconds(key.Seconds);
        return key.IsYounger ? new RowTest(row => row.InternalDate >= target) : new RowTest(row => row.InternalDate <= target);
    }

    private static SearchTest Date(DateKey key) => key.Date switch
    {
        SearchDate.Internal => new RowTest(row => Matches(key, DateOnly.FromDateTime(row.InternalDate.DateTime))),
        SearchDate.Saved => new RowTest(row => Matches(key, DateOnly.FromDateTime(row.SaveDate.DateTime))),
        _ => new EnvelopeTest(envelope => envelope.SentDay is { } day && Matches(key, day)),
    };

    // RFC 9051 §6.4.4: the day as it is written, whatever the time and the zone.
    private static bool Matches(DateKey key, DateOnly day) => key.Relation switch
    {
        DateRelation.Before => day < key.Day,
        DateRelation.On => day == key.Day,
        _ => day >= key.Day,
    };

    private EnvelopeTest Envelope(EnvelopeKey key)
    {
        var text = TextFold.Fold(key.Text);
        var field = key.Field switch
        {
            EnvelopeField.From => TextField.From,
            EnvelopeField.To => TextField.To,
            EnvelopeField.Cc => TextField.Cc,
            EnvelopeField.Bcc => TextField.Bcc,
            _ => TextField.Subject,
        };
        var isSpelled = text.AsSpan().ContainsAny(field == TextField.Subject ? TextSyntax : AddressSyntax);
        var indexed = isSpelled ? null : Ask(field, text, isExact: true);
        return new EnvelopeTest(envelope => envelope.Folded(key.Field).Contains(text, StringComparison.Ordinal), indexed);
    }

    private ContentTest Header(HeaderKey key) =>
        new(content => content.HasField(key.Name, key.Text), Ask(TextField.Header, key.Text, isExact: false));

    private ContentTest Content(ContentKey key)
    {
        var field = key.WithHeader ? TextField.Text : TextField.Body;
        var text = TextFold.Fold(key.Text);
        return new ContentTest(content => content.Has(field, text), Ask(field, text, isExact: true));
    }

    private IndexedText Ask(TextField field, string text, bool isExact)
    {
        var indexed = new IndexedText(field, text, isExact);
        Indexed.Add(indexed);
        return indexed;
    }

    private SearchTest Not(SearchTest test) =>
        test is UidTest set ? new UidTest(UidSets.Except(context.View, set.Uids)) : new NotTest(test);

    private SearchTest And(IReadOnlyList<SearchTest> tests)
    {
        var set = tests.OfType<UidTest>().Aggregate(context.View, static (all, test) => UidSets.Intersect(all, test.Uids));
        var others = tests.Where(static test => test is not UidTest).ToList();
        if (set.Count == 0 || others.Count == 0) return new UidTest(set);
        if (set.Count < context.View.Count) others.Add(new UidTest(set));
        return others.Count == 1 ? others[0] : new ManyTest(others, all: true);
    }

    private SearchTest Or(IReadOnlyList<SearchTest> tests)
    {
        // One sort for all of them: hundreds of sets are usual.
        var set = UidSets.Union([.. tests.OfType<UidTest>().Select(static test => test.Uids)]);
        var others = tests.Where(static test => test is not UidTest).ToList();
        if (set.Count == context.View.Count || others.Count == 0) return new UidTest(set);
        if (set.Count > 0) others.Add(new UidTest(set));
        return others.Count == 1 ? others[0] : new ManyTest(others, all: false);
    }
}
