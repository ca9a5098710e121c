using System.Buffers;
using System.Text;
using Modus.Protocols.Smtp.Parser;
using Xunit;

namespace Modus.Tests.Smtp;

/// <summary>What filters make of STARTTLS, told from what people mistype.</summary>
public sealed class MaskedStartTlsTests
{
    [Theory]
    [InlineData("XXXXXXXX", true)]
    [InlineData("XXXXXXXA", true)]
    [InlineData("xxxxxxxx", true)]
    [InlineData("XXXXXXXX  ", true)]
    [InlineData("XXXXXXX", false)]
    [InlineData("XXXXXXXXX", false)]
    [InlineData("XXXXXXX1", false)]
    [InlineData("XXXXYXXX", false)]
    [InlineData("STARTTLS", false)]
    [InlineData("", false)]
    public void Eight_signs_are_looked_at_whatever_they_are_cut_into(string line, bool isMask)
    {
        var bytes = Encoding.ASCII.GetBytes(line);

        Assert.Equal(isMask, SmtpCommandLine.IsMaskedStartTls(new ReadOnlySequence<byte>(bytes)));
        for (var cut = 1; cut < bytes.Length; cut++) Assert.Equal(isMask, SmtpCommandLine.IsMaskedStartTls(Cut(bytes, cut)));
    }

    private static ReadOnlySequence<byte> Cut(byte[] bytes, int at)
    {
        var first = new Segment(bytes.AsMemory(0, at), null);
        var second = new Segment(bytes.AsMemory(at), first);
        return new ReadOnlySequence<byte>(first, 0, second, bytes.Length - at);
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is null) return;
            RunningIndex = before.Memory.Length;
            before.Next = this;
        }
    }
}
