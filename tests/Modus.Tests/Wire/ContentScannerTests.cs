using System.Buffers;
using System.Text;
using CsCheck;
using Modus.Protocols.Wire;
using Xunit;

namespace Modus.Tests.Wire;

public sealed class ContentScannerTests
{
    private const int Limit = 8;

    // Pieces that mail is made of, and pieces that only an attacker sends; short lines, so that Limit is often passed.
    private static readonly Gen<byte[]> Wire = Gen.OneOf<string>(
            "\r\n", "\r\n", "\r\n", ".", ".\r\n", "\r", "\n", "\r\n.", "\n.\n", "\r.\r", "\r\n.\r", "\r\n.\n", "\0", "a", "abc", "1234567", "12345678", "\xFF")
        .Array[0, 24]
        .Select(static pieces => Encoding.Latin1.GetBytes(string.Concat(pieces)));

    private static readonly Gen<int[]> Cuts = Gen.Int[1, 5].Array[1, 12];

    [Fact]
    public void Data_cut_anywhere_gives_what_the_naive_reading_gives() =>
        Gen.Select(Wire, Cuts).Sample(static (wire, cuts) =>
        {
            var input = (byte[])[.. wire, .. "\r\n.\r\nQUIT\r\n"u8];
            var expected = Naive(input, dotStuffed: true);
            var actual = Scan(input, cuts, dotStuffed: true);
            Assert.Equal(expected, actual);
            Assert.True(actual.Complete);
        });

    [Fact]
    public void A_chunk_cut_anywhere_is_passed_on_as_it_is_with_its_faults() =>
        Gen.Select(Wire, Cuts).Sample(static (wire, cuts) =>
        {
            var actual = Scan(wire, cuts, dotStuffed: false);
            Assert.Equal(Naive(wire, dotStuffed: false), actual);
            Assert.Equal(Encoding.Latin1.GetString(wire), actual.Content);
            Assert.False(actual.Complete);
        });

    [Fact]
    public void Stuffing_and_scanning_gives_the_content_back() =>
        Gen.Select(Gen.String["ab.\t"].Array[0, 12], Cuts).Sample(static (lines, cuts) =>
        {
            var content = string.Concat(lines.Select(static line => line + "\r\n"));
            var stuffed = string.Concat(lines.Select(static line => (line.StartsWith('.') ? "." : "") + line + "\r\n"));
            var actual = Scan(Encoding.Latin1.GetBytes(stuffed + ".\r\n"), cuts, dotStuffed: true, limit: 1000);
            Assert.Equal(new Scanned(content, ContentFaults.None, true, stuffed.Length + 3), actual);
        });

    [Theory]
    [InlineData("a\n.\n", ContentFaults.BareLf)]
    [InlineData("a\n.\r\n", ContentFaults.BareLf)]
    [InlineData("a\r.\r", ContentFaults.BareCr)]
    [InlineData("a\r\n.\n", ContentFaults.BareLf)]
    [InlineData("a\r\n.\r", ContentFaults.None)] // the CR may still become an end of data
    [InlineData("a\r\n.\rb", ContentFaults.BareCr)]
    [InlineData("a\r\n.\0\r\n", ContentFaults.Nul)]
    [InlineData("a\r\n.\r\r\n", ContentFaults.BareCr)]
    [InlineData("a\r.\r\n", ContentFaults.BareCr)]
    [InlineData("a\r\n..\r\n", ContentFaults.None)]
    public void Nothing_but_CRLF_dot_CRLF_ends_the_data(string wire, ContentFaults faults)
    {
        var actual = Scan(Encoding.Latin1.GetBytes(wire), [1], dotStuffed: true);
        Assert.False(actual.Complete);
        Assert.Equal(faults, actual.Faults);
    }

    [Fact]
    public void A_dot_alone_at_the_very_start_is_an_empty_message() =>
        Assert.Equal(new Scanned("", ContentFaults.None, true, 3), Scan(".\r\nQUIT\r\n"u8.ToArray(), [100], dotStuffed: true));

    [Fact]
    public void Bytes_behind_the_end_are_left_alone() =>
        Assert.Equal(6, Scan("a\r\n.\r\nMAIL FROM:<>\r\n"u8.ToArray(), [100], dotStuffed: true).Used);

    [Theory]
    [InlineData("12345678\r\n", ContentFaults.None)]
    [InlineData("123456789\r\n", ContentFaults.LongLine)]
    [InlineData("..1234567\r\n", ContentFaults.None)] // the stuffed dot is not part of the line
    [InlineData("..12345678\r\n", ContentFaults.LongLine)]
    public void The_limit_counts_a_line_without_its_end_and_its_stuffing(string wire, ContentFaults faults) =>
        Assert.Equal(faults, Scan(Encoding.Latin1.GetBytes(wire + ".\r\n"), [3], dotStuffed: true).Faults);

    [Fact]
    public void Without_an_output_it_still_finds_the_end_and_the_faults()
    {
        var scanner = new ContentScanner(Limit, dotStuffed: true);
        Assert.Equal(7, scanner.Scan("a\nb\r\n.\r\n"u8[..7], null));
        Assert.Equal(1, scanner.Scan("\nQ"u8, null));
        Assert.True(scanner.IsComplete);
        Assert.Equal(ContentFaults.BareLf, scanner.Faults);
    }

    private static Scanned Scan(byte[] wire, int[] cuts, bool dotStuffed, int limit = Limit)
    {
        var scanner = new ContentScanner(limit, dotStuffed);
        var output = new ArrayBufferWriter<byte>();
        var used = 0;
        for (var i = 0; used < wire.Length && !scanner.IsComplete; i++)
        {
            var size = Math.Min(cuts[i % cuts.Length], wire.Length - used);
            var taken = scanner.Scan(wire.AsSpan(used, size), output);
            Assert.True(taken == size || scanner.IsComplete);
            used += taken;
        }

        if (!dotStuffed) scanner.Finish();
        Assert.Equal(output.WrittenCount, scanner.ContentLength);
        return new Scanned(Encoding.Latin1.GetString(output.WrittenSpan), scanner.Faults, scanner.IsComplete, used);
    }

    // The rules of RFC 5321 §4.5.2 over the whole text at once, with no eye for speed.
    private static Scanned Naive(byte[] wire, bool dotStuffed)
    {
        var text = Encoding.Latin1.GetString(wire);
        var content = new StringBuilder();
        var faults = ContentFaults.None;
        for (var start = 0; start < text.Length;)
        {
            var end = text.IndexOf("\r\n", start, StringComparison.Ordinal);
            var line = end < 0 ? text[start..] : text[start..end];
            start = end < 0 ? text.Length : end + 2;
            if (dotStuffed && line == "." && end >= 0) return new Scanned(content.ToString(), faults, true, start);
            if (dotStuffed && line.StartsWith('.')) line = line[1..];
            if (line.Contains('\r')) faults |= ContentFaults.BareCr;
            if (line.Contains('\n')) faults |= ContentFaults.BareLf;
            if (line.Contains('\0')) faults |= ContentFaults.Nul;
            if (line.Length > Limit) faults |= ContentFaults.LongLine;
            content.Append(line).Append(end < 0 ? "" : "\r\n");
        }

        return new Scanned(content.ToString(), faults, false, text.Length);
    }

    private sealed record Scanned(string Content, ContentFaults Faults, bool Complete, int Used);
}
