using System.Buffers;
using System.Text;
using CsCheck;
using Modus.Protocols.Wire;
using Xunit;

namespace Modus.Tests.Wire;

public sealed class DotStufferTests
{
    private static readonly Gen<byte[]> Content = Of(".", "\r\n", "\r\n.", "\r\n..", "a", "text", "\r\n.\r\n");

    private static readonly Gen<byte[]> AnyContent = Of(".", "\r", "\n", "a");

    [Theory]
    [InlineData("", "")]
    [InlineData("text\r\n", "text\r\n")]
    [InlineData(".", "..\r\n")]
    [InlineData("a\r\n.b\r\n..c\r\n", "a\r\n..b\r\n...c\r\n")]
    [InlineData("a.b\r\nc.\r\n", "a.b\r\nc.\r\n")]
    [InlineData("no end", "no end\r\n")]
    [InlineData("cr\r", "cr\r\r\n")]
    [InlineData("lf\n", "lf\n\r\n")]
    [InlineData("lf\n.\r\n", "lf\n..\r\n")]
    public void Doubles_dots_at_line_starts_and_ends_in_crlf(string content, string expected) =>
        Assert.Equal(expected, Encoding.ASCII.GetString(Stuff(Encoding.ASCII.GetBytes(content), 64, 64)));

    [Fact]
    public void What_the_scanner_takes_off_the_wire_is_what_was_put_on_it() =>
        Gen.Select(Content, Gen.Int[2, 50], Gen.Int[1, 50]).Sample((content, capacity, chunk) =>
        {
            var wire = Stuff(content, capacity, chunk).Concat(".\r\n"u8.ToArray()).ToArray();
            var scanner = new ContentScanner(1000, dotStuffed: true);
            var output = new ArrayBufferWriter<byte>();
            var used = scanner.Scan(wire, output);

            Assert.True(scanner.IsComplete);
            Assert.Equal(wire.Length, used);
            Assert.Equal(content, output.WrittenSpan[..content.Length].ToArray());
            Assert.Contains(output.WrittenCount - content.Length, new[] { 0, 2 });
        });

    [Fact]
    public void Nothing_looks_like_the_end_even_to_who_takes_a_bare_lf_for_a_line_end() =>
        Gen.Select(AnyContent, Gen.Int[2, 50], Gen.Int[1, 50]).Sample((content, capacity, chunk) =>
        {
            var lines = Encoding.ASCII.GetString(Stuff(content, capacity, chunk)).Split('\n');
            Assert.DoesNotContain(lines, line => line.TrimEnd('\r') == ".");
            Assert.True(lines[^1].Length == 0);
        });

    private static Gen<byte[]> Of(params string[] parts) =>
        Gen.Int[0, parts.Length - 1].Array[0, 40].Select(chosen => Encoding.ASCII.GetBytes(string.Concat(chosen.Select(i => parts[i]))));

    // As RETR does: content goes into the buffer as it fits, and what dots crowd out goes in again.
    private static byte[] Stuff(byte[] content, int capacity, int chunk)
    {
        var stuffer = new DotStuffer();
        var output = new List<byte>();
        var buffer = new byte[capacity];
        for (var offset = 0; offset < content.Length;)
        {
            var length = Math.Min(Math.Min(chunk, capacity), content.Length - offset);
            content.AsSpan(offset, length).CopyTo(buffer);
            var send = stuffer.Stuff(buffer, length, out var used);
            Assert.InRange(used, 1, length);
            output.AddRange(buffer.AsSpan(0, send));
            offset += used;
        }

        if (!stuffer.EndsInCrlf) output.AddRange("\r\n"u8);
        return [.. output];
    }
}
