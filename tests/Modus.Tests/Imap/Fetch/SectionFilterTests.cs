using System.Text;
using CsCheck;
using MimeKit.Encodings;
using Modus.Protocols.Imap.Fetch;
using Xunit;

namespace Modus.Tests.Imap.Fetch;

/// <summary>The filters, fed in pieces of every size.</summary>
public sealed class SectionFilterTests
{
    private static readonly string[] Words = ["=", " ", "\t", "\r\n", "\r", "\n", "4", "a", "A: ", ":", "=3", "=3D", "xyz "];

    [Theory]
    [InlineData("", "")]
    [InlineData("aGVsbG8=", "hello")]
    [InlineData("aGVsbG8", "hello")]
    [InlineData("aGVsbA==", "hell")]
    [InlineData("aGVsbA", "hell")]
    [InlineData("aGVsbG", "hell")]
    [InlineData("aGVsb", "hel")]
    [InlineData("a", "")]
    [InlineData("=", "")]
    [InlineData("====", "")]
    [InlineData("a\r\nG V\ts\r\nb-G*8\r\n=\r\n", "hello")]
    [InlineData("aGk=aGk=", "hihi")]
    [InlineData("aGk=\r\n\r\naGVsbG8=", "hihello")]
    [InlineData("aGkaGk", "hi\u001a\u001a")]
    public void Base64_is_read_whatever_it_is(string encoded, string expected) => AssertFiltered(() => new Base64Filter(), encoded, expected);

    [Theory]
    [InlineData("", "")]
    [InlineData("plain text", "plain text")]
    [InlineData("=41=4a=4A", "AJJ")]
    [InlineData("soft=\r\nbreak", "softbreak")]
    [InlineData("soft= \t\r\nbreak", "softbreak")]
    [InlineData("soft=\nbreak", "softbreak")]
    [InlineData("hard\r\nbreak\nlf", "hard\r\nbreak\nlf")]
    [InlineData("trailing \t \r\nspace  \nhere \t", "trailing\r\nspace\nhere")]
    [InlineData("inner  space", "inner  space")]
    [InlineData("space =20\r\n", "space  \r\n")]
    [InlineData("=", "")]
    [InlineData("end=", "end")]
    [InlineData("end=  ", "end")]
    [InlineData("end=\r\n", "end")]
    [InlineData("end=\r", "end=\r")]
    [InlineData("=4", "=4")]
    [InlineData("=4\r\n", "=4\r\n")]
    [InlineData("=G1=1G=", "=G1=1G")]
    [InlineData("==41", "=A")]
    [InlineData("= x", "= x")]
    [InlineData("a \rb", "a \rb")]
    [InlineData("=E4\u00e4", "\u00e4\u00e4")]
    [InlineData("=00=FF", "\0\u00ff")]
    public void Quoted_printable_is_read_whatever_it_is(string encoded, string expected) => AssertFiltered(() => new QuotedPrintableFilter(), encoded, expected);

    [Theory]
    [InlineData("A: 1\r\nB: 2\r\n\r\n", "A: 1\r\n\r\n", "B: 2\r\n\r\n")]
    [InlineData("A: 1\r\n", "A: 1\r\n\r\n", "\r\n")]
    [InlineData(" x\r\nA:\r\n\tq\r\nno name\r\n\r\nbody", "A:\r\n\tq\r\n\r\n", " x\r\nno name\r\n\r\n")]
    [InlineData("AA: 1\nA : 2\n\n", "A : 2\n\n", "AA: 1\n\n")]
    [InlineData("A\r: 1\r\n\r\n", "\r\n", "A\r: 1\r\n\r\n")]
    [InlineData("\r\n", "\r\n", "\r\n")]
    [InlineData("\rA: 1\r\n\r\n", "\r\n", "\rA: 1\r\n\r\n")]
    public void Fields_are_kept_or_left_out(string header, string named, string others)
    {
        AssertFiltered(() => new HeaderFieldFilter(["a"u8.ToArray()], others: false, hasBody: true), header, named);
        AssertFiltered(() => new HeaderFieldFilter(["a"u8.ToArray()], others: true, hasBody: true), header, others);
    }

    [Fact]
    public void A_name_longer_than_a_line_is_none()
    {
        var name = new string('a', 998);
        AssertFiltered(() => new HeaderFieldFilter([Encoding.ASCII.GetBytes(name)], false, true), $"{name}: 1\r\n{name}a: 2\r\n{new string('a', 3000)}\r\n\r\n", $"{name}: 1\r\n\r\n");
    }

    [Fact]
    public void White_space_longer_than_a_line_stays()
    {
        var spaces = new string(' ', 5000);
        Assert.Equal(spaces + "x", Latin1(Filter(new QuotedPrintableFilter(), Bytes(spaces + "x"), 100_000)));
        Assert.Equal(spaces + "x", Latin1(Filter(new QuotedPrintableFilter(), Bytes(spaces + "x"), 1)));
    }

    [Fact]
    public void What_MimeKit_encodes_is_decoded() =>
        Gen.Select(Gen.OneOf(Gen.Byte.Array[0, 3000], Gen.Int[0, 4].Select(static i => " =\tA\u00e4"[i]).Select(static c => (byte)c).Array[0, 500]), Gen.Int[1, 400]).Sample((bytes, size) =>
        {
            Assert.Equal(bytes, Filter(new Base64Filter(), Encode(new Base64Encoder(), bytes), size));

            // Line ends are the encoder's own affair: it leaves those of text as they are.
            var text = bytes.Where(static b => b is not ((byte)'\r' or (byte)'\n')).ToArray();
            var encoded = Encode(new QuotedPrintableEncoder(), text);
            Assert.Equal(text, Filter(new QuotedPrintableFilter(), encoded, size));
        });

    [Fact]
    public void Pieces_make_no_difference() =>
        Gen.Select(Gen.Int[0, Words.Length - 1].Array[0, 60], Gen.Int[1, 30]).Sample((chosen, size) =>
        {
            var bytes = Bytes(string.Concat(chosen.Select(static i => Words[i])));
            foreach (var make in new Func<ISectionFilter>[]
                { () => new Base64Filter(), () => new QuotedPrintableFilter(), () => new IdentityFilter(), () => new HeaderFieldFilter(["a"u8.ToArray()], true, true) })
                Assert.Equal(Latin1(Filter(make(), bytes, int.MaxValue)), Latin1(Filter(make(), bytes, size)));
        });

    private static void AssertFiltered(Func<ISectionFilter> make, string source, string expected)
    {
        foreach (var size in new[] { 1, 2, 3, 5, 1000, int.MaxValue }) Assert.Equal(expected, Latin1(Filter(make(), Bytes(source), size)));
    }

    // As FilteredContent does, with pieces that grow by what the filter left.
    private static byte[] Filter(ISectionFilter filter, byte[] source, int size)
    {
        var result = new List<byte>();
        var tail = Array.Empty<byte>();
        for (var at = 0; ;)
        {
            var length = Math.Min(size, source.Length - at);
            byte[] piece = [.. tail, .. source.AsSpan(at, length)];
            at += length;
            var destination = new byte[piece.Length + ISectionFilter.MaxGrowth];
            var written = filter.Apply(piece, at == source.Length, destination, out var consumed);
            result.AddRange(destination.AsSpan(0, written));
            tail = piece[consumed..];
            Assert.True(tail.Length < 1024);
            if (at < source.Length) continue;
            Assert.Empty(tail);
            return [.. result];
        }
    }

    private static byte[] Encode(IMimeEncoder encoder, byte[] bytes)
    {
        var output = new byte[encoder.EstimateOutputLength(bytes.Length)];
        return output[..encoder.Flush(bytes, 0, bytes.Length, output)];
    }

    private static byte[] Bytes(string text) => Encoding.Latin1.GetBytes(text);

    private static string Latin1(byte[] bytes) => Encoding.Latin1.GetString(bytes);
}
