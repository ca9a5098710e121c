using System.Buffers;
using System.Security.Cryptography;
using Modus.Protocols.Smtp;
using Xunit;

namespace Modus.Tests.Smtp;

public sealed class StreamMessageSinkTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(4096)]
    [InlineData(300_000)]
    public async Task Bytes_come_through_in_their_order_however_they_are_cut(int length)
    {
        var stream = new MemoryStream();
        var bytes = RandomNumberGenerator.GetBytes(length);
        await using var sink = new StreamMessageSink(stream);
        for (int at = 0, size = 1; at < length; at += size, size = (size * 7 % 50_000) + 1)
        {
            size = Math.Min(size, length - at);
            sink.Write(bytes.AsSpan(at, size));
            if (at % 3 == 0) Assert.Null(await sink.FlushAsync(Cancel));
        }

        Assert.Null(await sink.CommitAsync(Cancel));
        Assert.Equal(bytes, stream.ToArray());
    }

    [Fact]
    public async Task Messages_share_their_buffers()
    {
        var chunk = new byte[16 * 1024];
        await SendAsync(chunk);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 20; i++) await SendAsync(chunk);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 64 * 1024);
    }

    [Fact]
    public async Task What_the_commit_answers_is_the_answer()
    {
        var refusal = new SmtpReply(452, new(4, 3, 1), "full");
        await using var sink = new StreamMessageSink(new MemoryStream(), _ => new(refusal));

        Assert.Same(refusal, await sink.CommitAsync(Cancel));
    }

    private static async Task SendAsync(byte[] chunk)
    {
        await using var sink = new StreamMessageSink(Stream.Null);
        for (var i = 0; i < 5; i++) sink.Write(chunk);
        await sink.FlushAsync(Cancel);
        sink.Write(chunk);
        await sink.CommitAsync(Cancel);
    }
}
