using System.Text;
using Modus.Protocols.Imap.Fetch;
using Modus.Protocols.Imap.Parser;
using Modus.Storage;
using Xunit;

namespace Modus.Tests.Imap.Fetch;

public sealed class FetchParserTests
{
    [Theory]
    [InlineData("ALL", "FLAGS INTERNALDATE RFC822.SIZE ENVELOPE")]
    [InlineData("fast", "FLAGS INTERNALDATE RFC822.SIZE")]
    [InlineData("Full", "FLAGS INTERNALDATE RFC822.SIZE ENVELOPE BODY")]
    [InlineData("flags", "FLAGS")]
    [InlineData("(uid rfc822.size envelope)", "UID RFC822.SIZE ENVELOPE")]
    [InlineData("(MODSEQ EMAILID THREADID SAVEDATE BODYSTRUCTURE BODY)", "MODSEQ EMAILID THREADID SAVEDATE BODYSTRUCTURE BODY")]
    [InlineData("(FLAGS UID FLAGS)", "FLAGS UID")]
    [InlineData("(RFC822 RFC822.HEADER RFC822.TEXT)", "RFC822 RFC822.HEADER RFC822.TEXT")]
    [InlineData("PREVIEW", "PREVIEW")]
    [InlineData("PREVIEW (LAZY)", "PREVIEW")]
    [InlineData("preview (lazy LAZY)", "PREVIEW")]
    [InlineData("(PREVIEW (LAZY) UID PREVIEW)", "PREVIEW UID")]
    [InlineData("BODY[]", "BODY[]")]
    [InlineData("body.peek[]<0.2048>", "BODY[]<0>")]
    [InlineData("BODY[]<9223372036854775807.9223372036854775807>", "BODY[]<9223372036854775807>")]
    [InlineData("BODY[1.2.3]", "BODY[1.2.3]")]
    [InlineData("BODY[4294967295.mime]", "BODY[4294967295.MIME]")]
    [InlineData("BODY[header]", "BODY[HEADER]")]
    [InlineData("BODY[2.Text]<5.1>", "BODY[2.TEXT]<5>")]
    [InlineData("BODY[HEADER.FIELDS (Date FROM)]", "BODY[HEADER.FIELDS (Date FROM)]")]
    [InlineData("BODY.PEEK[1.header.fields.not (X-A)]<1.2>", "BODY[1.HEADER.FIELDS.NOT (X-A)]<1>")]
    [InlineData("BODY[HEADER.FIELDS (\"Date\" \"a b\" \"\" \"q\\\"q\" {3}\r\nx\r\n)]", "BODY[HEADER.FIELDS (Date \"a b\" \"\" {3}\r\nq\"q {3}\r\nx\r\n)]")]
    [InlineData("BODY[HEADER.FIELDS (a]b)]", "BODY[HEADER.FIELDS (\"a]b\")]")]
    [InlineData("(BINARY[1] BINARY.PEEK[]<1.1> BINARY.SIZE[2.1])", "BINARY[1] BINARY[]<1> BINARY.SIZE[2.1]")]
    public void Takes_attributes_and_labels_their_answers(string text, string labels) =>
        Assert.Equal(labels, string.Join(' ', FetchRoom.Parse(text).Attributes.Select(static a => Encoding.Latin1.GetString(a.Label.Span))));

    [Theory]
    [InlineData("")]
    [InlineData(" ")]
    [InlineData("()")]
    [InlineData("( FLAGS)")]
    [InlineData("(FLAGS )")]
    [InlineData("(FLAGS  UID)")]
    [InlineData("(FLAGS,UID)")]
    [InlineData("(FLAGS UID")]
    [InlineData("((FLAGS))")]
    [InlineData("(ALL)")]
    [InlineData("(FLAGS FAST)")]
    [InlineData("FLAGS UID")]
    [InlineData("FLAGSX")]
    [InlineData("FLAGS[]")]
    [InlineData("ENVELOPE<0.1>")]
    [InlineData("RFC822.PEEK")]
    [InlineData("RFC822[]")]
    [InlineData("BODY.PEEK")]
    [InlineData("BINARY")]
    [InlineData("BINARY.SIZE")]
    [InlineData("BINARY.SIZE[1]<0.1>")]
    [InlineData("BINARY[HEADER]")]
    [InlineData("BINARY[1.MIME]")]
    [InlineData("BINARY[1.]")]
    [InlineData("BODYSTRUCTURE[]")]
    [InlineData("BODY[")]
    [InlineData("BODY[1")]
    [InlineData("BODY[ ]")]
    [InlineData("BODY[0]")]
    [InlineData("BODY[1.0]")]
    [InlineData("BODY[4294967296]")]
    [InlineData("BODY[-1]")]
    [InlineData("BODY[1.]")]
    [InlineData("BODY[.1]")]
    [InlineData("BODY[1..2]")]
    [InlineData("BODY[MIME]")]
    [InlineData("BODY[1.FOO]")]
    [InlineData("BODY[HEADERS]")]
    [InlineData("BODY[HEADER.1]")]
    [InlineData("BODY[TEXT.MIME]")]
    [InlineData("BODY[HEADER.FIELDS]")]
    [InlineData("BODY[HEADER.FIELDS ()]")]
    [InlineData("BODY[HEADER.FIELDS(DATE)]")]
    [InlineData("BODY[HEADER.FIELDS (DATE]")]
    [InlineData("BODY[HEADER.FIELDS (DATE )]")]
    [InlineData("BODY[HEADER.FIELDS (\"DATE)]")]
    [InlineData("BODY[HEADER.FIELDS DATE]")]
    [InlineData("BODY[HEADER (DATE)]")]
    [InlineData("BODY[]<>")]
    [InlineData("BODY[]<0>")]
    [InlineData("BODY[]<0.0>")]
    [InlineData("BODY[]<0.>")]
    [InlineData("BODY[]<.1>")]
    [InlineData("BODY[]<-1.1>")]
    [InlineData("BODY[]<0.1")]
    [InlineData("BODY[]<0.9223372036854775808>")]
    [InlineData("BODY[]<0.1><0.1>")]
    [InlineData("PREVIEW (")]
    [InlineData("PREVIEW (LAZY")]
    [InlineData("PREVIEW ()")]
    [InlineData("(PREVIEW (EAGER))")]
    [InlineData("(PREVIEW (LAZY EAGER))")]
    public void Refuses_what_the_grammar_does_not_have(string text)
    {
        var parser = new ImapParser(Encoding.Latin1.GetBytes(text));
        Assert.False(FetchParser.Take(ref parser, out _) && parser.TakeEnd());
        Assert.NotNull(parser.Expected);
    }

    [Theory]
    [InlineData("FLAGS", false, false, false, false)]
    [InlineData("(UID RFC822.SIZE INTERNALDATE EMAILID THREADID SAVEDATE)", false, false, false, false)]
    [InlineData("MODSEQ", false, false, false, true)]
    [InlineData("ENVELOPE", true, false, false, false)]
    [InlineData("BODY", true, false, false, false)]
    [InlineData("BODYSTRUCTURE", true, false, false, false)]
    [InlineData("PREVIEW", true, false, false, false)]
    [InlineData("RFC822", false, true, true, false)]
    [InlineData("RFC822.TEXT", true, true, true, false)]
    [InlineData("RFC822.HEADER", true, true, false, false)]
    [InlineData("BODY[]", false, true, true, false)]
    [InlineData("BODY[HEADER]", true, true, true, false)]
    [InlineData("BODY.PEEK[]", false, true, false, false)]
    [InlineData("BODY.PEEK[1.MIME]", true, true, false, false)]
    [InlineData("BINARY[1]", true, true, true, false)]
    [InlineData("BINARY.PEEK[1]", true, true, false, false)]
    [InlineData("BINARY.SIZE[1]", true, true, false, false)]
    public void Knows_what_is_needed_and_what_is_set(string text, bool summary, bool content, bool seen, bool modSeq)
    {
        var request = FetchRoom.Parse(text);
        Assert.Equal((summary, content, seen, modSeq), (request.NeedsSummary, request.NeedsContent, request.SetsSeen, request.NeedsModSeq));
    }

    [Fact]
    public void Bounds_what_one_FETCH_may_ask()
    {
        Assert.Equal(256, FetchRoom.Parse(Sections(256)).Attributes.Count);
        AssertRefused(Sections(257));
        Assert.Equal(256, FetchRoom.Parse($"BODY[HEADER.FIELDS ({Names(256)})]").Attributes[0].Section!.Fields.Count);
        AssertRefused($"BODY[HEADER.FIELDS ({Names(257)})]");
        AssertRefused($"(BODY[HEADER.FIELDS ({Names(129)})] BODY[1.HEADER.FIELDS ({Names(128)})])");
        AssertRefused($"BODY[HEADER.FIELDS ({new string('a', 999)})]");
        Assert.Equal(101, FetchRoom.Parse($"BODY[{Numbers(101)}]").Attributes[0].Section!.Part.Count);
        AssertRefused($"BODY[{Numbers(102)}]");

        static string Sections(int count) => $"({string.Join(' ', Enumerable.Range(1, count).Select(i => $"BODY[{i}]"))})";
        static string Names(int count) => string.Join(' ', Enumerable.Range(1, count).Select(i => $"x{i}"));
        static string Numbers(int count) => string.Join('.', Enumerable.Repeat(1, count));
        static void AssertRefused(string text) => Assert.Throws<ArgumentException>(() => FetchRoom.Parse(text));
    }

    [Fact]
    public void Adds_an_attribute_that_is_not_there()
    {
        var request = FetchRoom.Parse("(FLAGS BODY[])");
        Assert.Same(request, request.With(FetchItem.Flags));
        Assert.Equal([FetchItem.Flags, FetchItem.Section, FetchItem.Uid], request.With(FetchItem.Uid).Attributes.Select(static a => a.Item));
    }

    [Fact]
    public void Takes_modifiers()
    {
        Assert.Equal(FetchModifiers.None, Modifiers(""));
        Assert.Equal(new FetchModifiers(new ModSeq(5)), Modifiers(" (CHANGEDSINCE 5)"));
        Assert.Equal(new FetchModifiers(new ModSeq(0)), Modifiers(" (CHANGEDSINCE 0)"));
        Assert.Equal(new FetchModifiers(new ModSeq(long.MaxValue), true), Modifiers(" (changedsince 9223372036854775807 vanished)"));
        Assert.Equal(new FetchModifiers(new ModSeq(5), true), Modifiers(" (VANISHED CHANGEDSINCE 5)"));
        Assert.Equal(new FetchModifiers(Partial: new PartialRange(1, 5, false)), Modifiers(" (PARTIAL 1:5)"));
        Assert.Equal(new FetchModifiers(new ModSeq(7), Partial: new PartialRange(1, 30, true)), Modifiers(" (PARTIAL -1:-30 CHANGEDSINCE 7)"));
    }

    [Theory]
    [InlineData(" ")]
    [InlineData(" ()")]
    [InlineData(" (CHANGEDSINCE)")]
    [InlineData(" (CHANGEDSINCE )")]
    [InlineData(" (CHANGEDSINCE -1)")]
    [InlineData(" (CHANGEDSINCE 9223372036854775808)")]
    [InlineData(" (CHANGEDSINCE 5")]
    [InlineData(" CHANGEDSINCE 5")]
    [InlineData(" (CHANGEDSINCE 5 CHANGEDSINCE 6)")]
    [InlineData(" (VANISHED)")]
    [InlineData(" (CHANGEDSINCE 5 VANISHED VANISHED)")]
    [InlineData(" (PARTIAL 1:5 PARTIAL 1:5)")]
    [InlineData(" (PARTIAL)")]
    [InlineData(" (PARTIAL 5)")]
    [InlineData(" (PARTIAL 0:5)")]
    [InlineData(" (PARTIAL 1:*)")]
    [InlineData(" (PARTIAL -1:5)")]
    [InlineData(" (PARTIAL 1:-5)")]
    [InlineData(" (PARTIAL -0:-5)")]
    [InlineData(" (PARTIAL 1:4294967296)")]
    [InlineData(" (UNKNOWN)")]
    [InlineData("(CHANGEDSINCE 5)")]
    public void Refuses_other_modifiers(string text)
    {
        var parser = new ImapParser(Encoding.ASCII.GetBytes(text));
        Assert.False(FetchParser.TakeModifiers(ref parser, out _) && parser.TakeEnd());
        Assert.NotNull(parser.Expected);
    }

    [Fact]
    public void A_parenthesis_behind_PREVIEW_is_the_modifiers_unless_it_says_LAZY()
    {
        Assert.Equal(new ModSeq(5), ModifiersBehind("PREVIEW (CHANGEDSINCE 5)").ChangedSince);
        Assert.Equal(new ModSeq(6), ModifiersBehind("PREVIEW (LAZY) (CHANGEDSINCE 6)").ChangedSince);

        static FetchModifiers ModifiersBehind(string text)
        {
            var parser = new ImapParser(Encoding.ASCII.GetBytes(text));
            Assert.True(FetchParser.Take(ref parser, out _));
            Assert.True(FetchParser.TakeModifiers(ref parser, out var modifiers) && parser.IsAtEnd);
            return modifiers;
        }
    }

    [Theory]
    [InlineData(1u, 5u, false, 10, 0, 5)]
    [InlineData(5u, 1u, false, 10, 0, 5)]
    [InlineData(8u, 20u, false, 10, 7, 3)]
    [InlineData(11u, 20u, false, 10, 0, 0)]
    [InlineData(1u, 3u, true, 10, 7, 3)]
    [InlineData(4u, 2u, true, 10, 6, 3)]
    [InlineData(8u, 20u, true, 10, 0, 3)]
    [InlineData(1u, uint.MaxValue, true, 10, 0, 10)]
    [InlineData(11u, 20u, true, 10, 0, 0)]
    [InlineData(1u, 1u, true, 0, 0, 0)]
    public void A_range_of_results_counts_from_either_end(uint first, uint last, bool fromEnd, int total, int skip, int take) =>
        Assert.Equal((skip, take), new PartialRange(first, last, fromEnd).Resolve(total));

    private static FetchModifiers Modifiers(string text)
    {
        var parser = new ImapParser(Encoding.ASCII.GetBytes(text));
        return FetchParser.TakeModifiers(ref parser, out var modifiers) && parser.TakeEnd() ? modifiers : throw new ArgumentException(parser.Expected);
    }
}
