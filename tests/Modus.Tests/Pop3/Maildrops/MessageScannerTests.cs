using System.Text;
using CsCheck;
using Modus.Protocols.Pop3.Maildrops;
using Xunit;

namespace Modus.Tests.Pop3.Maildrops;

public sealed class MessageScannerTests
{
    private static readonly string[] Parts = ["S: x\r\n", "\r\n", "line\r\n", "\n", "\u00fc", "\r", "end"];

    private static readonly Gen<byte[]> Message = Gen.Int[0, Parts.Length - 1].Array[0, 20]
        .Select(chosen => Encoding.UTF8.GetBytes(string.Concat(chosen.Select(i => Parts[i]))));

    [Theory]
    [InlineData("A: b\r\n\r\n1\r\n2\r\n", 0, 8)]
    [InlineData("A: b\r\n\r\n1\r\n2\r\n", 1, 11)]
    [InlineData("A: b\r\n\r\n1\r\n2\r\n", 3, 14)]
    [InlineData("A: b\r\n", 1, 6)]
    [InlineData("\r\nbody", 1, 6)]
    [InlineData("A: b\n\n1\n2\n", 1, 8)]
    public void Finds_the_end_of_so_many_lines(string message, int lines, int length)
    {
        var scanner = new MessageScanner(lines);
        scanner.Scan(Encoding.ASCII.GetBytes(message));
        Assert.Equal(length, scanner.Length);
    }

    [Theory]
    [InlineData("S: Gr\u00fc\u00dfe\r\n\r\n", true)]
    [InlineData("S: \U0001F600\r\n\r\n", true)]
    [InlineData("S: plain\r\n\r\nGr\u00fc\u00dfe\r\n", false)]
    public void Sees_utf8_in_the_header_alone(string message, bool international)
    {
        var scanner = new MessageScanner(1);
        scanner.Scan(Encoding.UTF8.GetBytes(message));
        Assert.Equal(international, scanner.IsHeaderInternational);
    }

    [Fact]
    public void Headers_in_older_8_bit_sets_are_not_utf8()
    {
        var scanner = new MessageScanner(0);
        scanner.Scan(Encoding.Latin1.GetBytes("S: Gr\u00fc\u00dfe\r\n\r\n"));
        Assert.False(scanner.IsHeaderInternational);
    }

    [Fact]
    public void Sees_the_same_however_the_message_is_cut() =>
        Gen.Select(Message, Gen.Int[0, 5], Gen.Int[1, 7]).Sample((message, lines, size) =>
        {
            var whole = new MessageScanner(lines);
            whole.Scan(message);
            var cut = new MessageScanner(lines);
            foreach (var piece in message.Chunk(size)) cut.Scan(piece);
            Assert.Equal(
                (whole.Length, whole.IsComplete, whole.IsHeaderInternational), (cut.Length, cut.IsComplete, cut.IsHeaderInternational));
        });
}
