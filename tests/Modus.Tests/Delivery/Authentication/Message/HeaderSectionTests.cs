using System.Text;
using CsCheck;
using Modus.Delivery.Authentication.Message;
using Xunit;

namespace Modus.Tests.Delivery.Authentication.Message;

public sealed class HeaderSectionTests
{
    [Fact]
    public async Task Fields_are_found_as_they_stand_and_from_the_bottom()
    {
        using var header = await ReadAsync("To: a\r\nSubject : x\r\n\ty\r\nno field\r\nto: b\r\n\r\nTo: c\r\n");

        Assert.Equal(["To: a\r\n", "Subject : x\r\n\ty\r\n", "to: b\r\n"], header.Fields.Select(field => TextOf(header.RawOf(field))));
        Assert.Equal(" x\r\n\ty\r\n", TextOf(header.ValueOf(header.Fields[1])));
        Assert.Equal([2, 0, -1], new[] { 0, 1, 2 }.Select(skip => header.FindFromBottom("TO", skip)));
        Assert.Equal(1, header.FindFromBottom("subject"));
        Assert.Equal("To: c\r\n", "To: a\r\nSubject : x\r\n\ty\r\nno field\r\nto: b\r\n\r\nTo: c\r\n"[header.BodyOffset..]);
    }

    [Theory]
    [InlineData("From: a", 1, 7)]
    [InlineData("From: a\r\n b", 1, 11)]
    [InlineData("From: a\r\nTo: b", 2, 14)]
    [InlineData("\r\nFrom: a\r\n", 0, 2)]
    [InlineData("\nFrom: a\r\n", 0, 1)]
    [InlineData("From: a\n\nTo: b", 1, 9)]
    [InlineData("", 0, 0)]
    public async Task Ends_of_a_header_section(string message, int fields, int bodyOffset)
    {
        using var header = await ReadAsync(message);

        Assert.True(header.IsComplete);
        Assert.Equal((fields, bodyOffset), (header.Fields.Count, header.BodyOffset));
    }

    [Fact]
    public async Task A_section_beyond_the_bound_is_not_complete()
    {
        using var header = await ReadAsync(string.Concat(Enumerable.Repeat("X-Field: value\r\n", 40_000)));

        Assert.False(header.IsComplete);
        Assert.InRange(header.Fields.Count, 1, 40_000);
    }

    // Two readings of one text that know nothing of each other.
    [Fact]
    public async Task Fields_are_what_lines_make_of_them() =>
        await Gen.OneOf([.. new[] { "A: b", "C:", " d", "\te", "f", "A :g", ": h", "", "i: j" }.Select(Gen.Const)]).Array[0, 12].SampleAsync(async lines =>
        {
            using var header = await ReadAsync(string.Concat(lines.Select(line => line + "\r\n")));
            var expected = new List<string>();
            var section = lines.TakeWhile(line => line.Length > 0).ToList();
            foreach (var line in section)
            {
                if (line[0] is ' ' or '\t' && expected.Count > 0) expected[^1] += line;
                else expected.Add(line);
            }

            Assert.Equal(
                expected.Where(field => field.Split(':')[0].Trim() is { Length: > 0 } && field.Contains(':') && field[0] is not (' ' or '\t' or ':')
                    && !field[..field.IndexOf(':')].TrimEnd().Contains(' ') && !field[..field.IndexOf(':')].Contains('\t')),
                header.Fields.Select(field => TextOf(header.RawOf(field)).Replace("\r\n", "", StringComparison.Ordinal)));
        });

    private static async Task<HeaderSection> ReadAsync(string text)
    {
        using var stream = new ShortReads(Encoding.Latin1.GetBytes(text));
        return await HeaderSection.ReadAsync(stream, TestContext.Current.CancellationToken);
    }

    private static string TextOf(ReadOnlyMemory<byte> bytes) => Encoding.Latin1.GetString(bytes.Span);
}
