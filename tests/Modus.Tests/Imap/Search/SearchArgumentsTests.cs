using Modus.Protocols.Imap.Responses;
using Modus.Protocols.Imap.Search;
using Xunit;
using static Modus.Tests.Imap.Search.SearchParsing;

namespace Modus.Tests.Imap.Search;

public sealed class SearchArgumentsTests
{
    [Theory]
    [InlineData("ALL", "all")]
    [InlineData("answered deleted DRAFT Flagged SEEN", "(answered & deleted & draft & flagged & seen)")]
    [InlineData("UNANSWERED UNDELETED UNDRAFT UNFLAGGED UNSEEN", "(!answered & !deleted & !draft & !flagged & !seen)")]
    [InlineData("RECENT OLD", "(recent & !recent)")]
    [InlineData("NEW", "(recent & !seen)")]
    [InlineData("KEYWORD $Junk UNKEYWORD work", "(keyword $Junk & !keyword work)")]
    [InlineData("BEFORE 1-Feb-1994 ON \"2-feb-1994\" SINCE 03-Feb-1994", "(InternalBefore 1994-02-01 & InternalOn 1994-02-02 & InternalSince 1994-02-03)")]
    [InlineData("SENTBEFORE 1-Feb-1994 SENTON 2-Feb-1994 SENTSINCE 3-Feb-1994", "(SentBefore 1994-02-01 & SentOn 1994-02-02 & SentSince 1994-02-03)")]
    [InlineData("SAVEDBEFORE 1-Feb-1994 SAVEDON 2-Feb-1994 SAVEDSINCE 3-Feb-1994 SAVEDATESUPPORTED", "(SavedBefore 1994-02-01 & SavedOn 1994-02-02 & SavedSince 1994-02-03 & all)")]
    [InlineData("OLDER 60 YOUNGER 259200", "(older 60 & younger 259200)")]
    [InlineData("LARGER 0 SMALLER 9223372036854775807", "(larger 0 & smaller 9223372036854775807)")]
    [InlineData("FROM Smith TO \"a b\" CC c BCC d SUBJECT {3}\r\nx y", "(From=Smith & To=a b & Cc=c & Bcc=d & Subject=x y)")]
    [InlineData("HEADER X-Spam \"\" BODY b TEXT t", "(X-Spam:  & body=b & text=t)")]
    [InlineData("1,3:* UID 5:2 $ UID $", "(seq 1:1,3:0 & uid 5:2 & seq $ & uid $)")]
    [InlineData("*:4", "seq 0:4")]
    [InlineData("EMAILID M17 THREADID T1", "(email M17 & nothing)")]
    [InlineData("MODSEQ 620162338 MODSEQ \"/flags/\\\\draft\" all 7", "(modseq 620162338 & modseq 7)")]
    [InlineData("NOT NOT SEEN NOT NOT NOT SEEN", "(seen & !seen)")]
    [InlineData("OR SEEN DRAFT DELETED", "((seen | draft) & deleted)")]
    [InlineData("OR OR 1 2 OR 3 4", "(seq 1:1 | seq 2:2 | seq 3:3 | seq 4:4)")]
    [InlineData("OR (SEEN (DRAFT DELETED)) NOT (OR 1 2)", "((seen & draft & deleted) | !(seq 1:1 | seq 2:2))")]
    [InlineData("((SEEN))", "seen")]
    [InlineData("NOT OR (1) (2) 3", "(!(seq 1:1 | seq 2:2) & seq 3:3)")]
    public void Keys_are_read(string arguments, string key)
    {
        var command = ReadSearch(arguments);
        Assert.Equal(key, Show(command.Key));
        Assert.Null(command.Return);
        Assert.Null(command.Refusal);
        Assert.Equal(arguments.Contains("MODSEQ", StringComparison.Ordinal), command.HasModSeq);
    }

    [Theory]
    [InlineData("")]
    [InlineData("SPLENDID")]
    [InlineData("ALL ")]
    [InlineData(" ALL")]
    [InlineData("ALL  SEEN")]
    [InlineData("(SEEN")]
    [InlineData("SEEN)")]
    [InlineData("()")]
    [InlineData("( SEEN)")]
    [InlineData("(NOT)")]
    [InlineData("NOT")]
    [InlineData("NOT ")]
    [InlineData("OR SEEN")]
    [InlineData("(OR SEEN) DRAFT")]
    [InlineData("FROM")]
    [InlineData("FROM \"a")]
    [InlineData("HEADER X")]
    [InlineData("LARGER -1")]
    [InlineData("LARGER 9223372036854775808")]
    [InlineData("OLDER 0")]
    [InlineData("BEFORE 31-Feb-1994")]
    [InlineData("BEFORE yesterday")]
    [InlineData("0")]
    [InlineData("1:")]
    [InlineData("UID x")]
    [InlineData("MODSEQ \"/flags/x\" some 4")]
    [InlineData("MODSEQ")]
    [InlineData("KEYWORD \\Seen")]
    [InlineData("CHARSET UTF-8")]
    [InlineData("CHARSET US-ASCII SUBJECT \"\u00e9\"")]
    [InlineData("RETURN ALL")]
    [InlineData("RETURN (ALL)")]
    [InlineData("RETURN (ALL PARTIAL 1:5) ALL")]
    [InlineData("RETURN (PARTIAL 1:5 PARTIAL 1:6) ALL")]
    [InlineData("RETURN (PARTIAL 1:-5) ALL")]
    [InlineData("RETURN (PARTIAL 0:5) ALL")]
    [InlineData("RETURN (PARTIAL 1:*) ALL")]
    [InlineData("RETURN (UPDATE) ALL")]
    [InlineData("RETURN (MIN  MAX) ALL")]
    public void What_is_no_search_is_refused_with_what_was_expected(string arguments)
    {
        Assert.Null(TrySearch(arguments, out var expected));
        Assert.False(string.IsNullOrEmpty(expected));
    }

    [Theory]
    [InlineData("RETURN () ALL", "All", true)]
    [InlineData("RETURN (MIN MAX COUNT) ALL", "Min, Max, Count", true)]
    [InlineData("return (all save) ALL", "All, Save", true)]
    [InlineData("RETURN (SAVE) ALL", "Save", false)]
    [InlineData("RETURN (PARTIAL -1:-100 COUNT) CHARSET UTF-8 ALL", "Count, Partial", true)]
    public void Return_says_what_to_tell(string arguments, string items, bool hasResponse)
    {
        var options = ReadSearch(arguments).Return!;
        Assert.Equal(items, options.Items.ToString());
        Assert.Equal(hasResponse, options.HasResponse);
    }

    [Theory]
    [InlineData("1:3", 5, 1, 3)]
    [InlineData("3:1", 5, 1, 3)]
    [InlineData("4:9", 5, 4, 5)]
    [InlineData("6:9", 5, 1, 0)]
    [InlineData("-1:-2", 5, 4, 5)]
    [InlineData("-9:-4", 5, 1, 2)]
    [InlineData("-6:-9", 5, 1, 0)]
    [InlineData("1:4294967295", 5, 1, 5)]
    [InlineData("1:1", 0, 1, 0)]
    public void A_partial_range_is_counted_from_either_end(string range, int count, int first, int last)
    {
        var partial = ReadSearch($"RETURN (PARTIAL {range}) ALL").Return!.Partial;
        var (skip, take) = partial.Resolve(count);
        Assert.Equal(range, partial.ToString());
        Assert.Equal((first, last), (skip + 1, skip + take));
    }

    [Theory]
    [InlineData("utf-8")]
    [InlineData("\"UTF-8\"")]
    [InlineData("Utf8")]
    public void Charsets_are_known_in_any_case(string charset) =>
        Assert.Equal("Subject=\u00e9t\u00e9", Show(ReadSearch($"CHARSET {charset} SUBJECT \"\u00e9t\u00e9\"").Key));

    [Fact]
    public void Strings_come_in_other_charsets_too()
    {
        foreach (var name in "ISO-8859-2 ISO-8859-15 WINDOWS-1250 WINDOWS-1251 WINDOWS-1252 KOI8-U SHIFT_JIS EUC-JP GB2312 GBK BIG5 EUC-KR".Split(' '))
            Assert.Equal("Subject=abc", Show(ReadSearch($"CHARSET {name} SUBJECT abc").Key));

        // UTF-8's two bytes of "é" are two characters in ISO-8859-1, and in KOI8-R.
        Assert.Equal("Subject=\u00c3\u00a9", Show(ReadSearch("CHARSET ISO-8859-1 SUBJECT \"\u00e9\"").Key));
        Assert.Equal("Subject=\u0446\u2558", Show(ReadSearch("CHARSET koi8-r SUBJECT \"\u00e9\"").Key));
    }

    [Fact]
    public void An_unknown_charset_is_refused_and_the_saved_result_still_known_to_be_asked_for()
    {
        var command = ReadSearch("RETURN (SAVE) CHARSET X-MARTIAN (OR $ 1,3000:3021) TEXT {4}\r\nXXXX");
        Assert.Equal("NO [BADCHARSET (US-ASCII UTF-8)] That character set is not known here.", command.Refusal!.ToString());
        Assert.True(command.Return!.Has(ReturnItems.Save));
        Assert.Null(TrySearch("CHARSET X-MARTIAN SPLENDID", out _));
    }

    [Fact]
    public void Bytes_that_are_no_UTF8_are_refused()
    {
        var parser = new Protocols.Imap.Parser.ImapParser(" SUBJECT \"\xe9\""u8.ToArray().Select(static b => b == 0xc3 ? (byte)0xe9 : b).ToArray());
        Assert.False(SearchArguments.TakeSearch(ref parser, out _));
    }

    [Theory]
    [InlineData("(SUBJECT REVERSE DATE) UTF-8 ALL", "Subject,-Date")]
    [InlineData("(reverse size arrival cc from to displayfrom REVERSE DISPLAYTO) us-ascii SEEN 1", "-Size,Arrival,Cc,From,To,DisplayFrom,-DisplayTo")]
    [InlineData("RETURN (PARTIAL 1:5) (DATE REVERSE DATE SIZE DATE) UTF-8 ALL", "Date,Size")]
    public void Sort_criteria_are_read(string arguments, string criteria)
    {
        var command = TrySort(arguments)!;
        Assert.Equal(criteria, string.Join(',', command.Criteria.Select(static criterion => (criterion.IsReverse ? "-" : "") + criterion.Key)));
    }

    [Theory]
    [InlineData("() UTF-8 ALL")]
    [InlineData("(SUBJECT) UTF-8")]
    [InlineData("(SUBJECT) ALL")]
    [InlineData("(REVERSE) UTF-8 ALL")]
    [InlineData("(REVERSE REVERSE DATE) UTF-8 ALL")]
    [InlineData("SUBJECT UTF-8 ALL")]
    [InlineData("(COLOUR) UTF-8 ALL")]
    public void What_is_no_sort_is_refused(string arguments) => Assert.Null(TrySort(arguments));

    [Fact]
    public void Thread_algorithms_are_read()
    {
        Assert.Equal(ThreadAlgorithm.References, TryThread("REFERENCES UTF-8 ALL")!.Algorithm);
        Assert.Equal(ThreadAlgorithm.OrderedSubject, TryThread("orderedsubject US-ASCII TEXT gewp")!.Algorithm);
        Assert.Equal(ImapStatus.No, TryThread("REFS UTF-8 ALL")!.Refusal!.Status);
        Assert.Null(TryThread("REFERENCES ALL"));
        Assert.Null(TryThread("REFERENCES UTF-8"));
    }

    [Fact]
    public void Long_chains_are_keys_of_one_level()
    {
        var chain = ReadSearch(string.Concat(Enumerable.Repeat("OR SEEN ", SearchLimits.Keys / 2 - 1)) + "DRAFT");
        Assert.Equal(2, chain.Key.Depth);
        Assert.Equal(SearchLimits.Keys / 2, chain.Key.Inner.Count);
        Assert.Equal("all", Show(ReadSearch(new string('(', SearchLimits.Keys - 1) + "ALL" + new string(')', SearchLimits.Keys - 1)).Key));
    }

    [Theory]
    [InlineData("(", 1_000_000)]
    [InlineData("NOT ", 1_000_000)]
    [InlineData("OR ", 1_000_000)]
    [InlineData("OR SEEN (DRAFT NOT ", 1_000_000)]
    [InlineData("SEEN ", 100_000)]
    public void Endless_nesting_is_refused(string link, int times)
    {
        Assert.Null(TrySearch(string.Concat(Enumerable.Repeat(link, times)), out var expected));
        Assert.StartsWith("at most", expected, StringComparison.Ordinal);
    }

    [Fact]
    public void What_costs_much_is_bounded()
    {
        var deep = string.Concat(Enumerable.Repeat("OR SEEN (DRAFT ", SearchLimits.Depth)) + "SEEN" + new string(')', SearchLimits.Depth);
        Assert.Null(TrySearch(deep, out var expected));
        Assert.Equal($"at most {SearchLimits.Depth} keys one inside another", expected);
        Assert.NotNull(TrySearch(string.Join(' ', Enumerable.Repeat("BODY x", SearchLimits.ContentKeys)), out _));
        Assert.Null(TrySearch(string.Join(' ', Enumerable.Repeat("BODY x", SearchLimits.ContentKeys + 1)), out _));
        Assert.NotNull(TrySearch("FROM " + new string('x', SearchLimits.Text), out _));
        Assert.Null(TrySearch("FROM " + new string('x', SearchLimits.Text + 1), out _));
    }
}
