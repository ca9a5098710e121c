using System.Text;
using Modus.Server.Moving.Import;
using Xunit;

namespace Modus.Tests.Server.Moving.Import;

public sealed class CrLfStreamTests
{
    [Theory]
    [InlineData("a\nb\n", "a\r\nb\r\n")]
    [InlineData("a\r\nb\r\n", "a\r\nb\r\n")]
    [InlineData("a\r\nb\n\n\r\n", "a\r\nb\r\n\r\n\r\n")]
    [InlineData("\n", "\r\n")]
    [InlineData("a\rb", "a\rb")]
    [InlineData("no end", "no end")]
    [InlineData("", "")]
    public async Task Lines_end_with_CRLF_however_the_pieces_are_cut(string from, string to)
    {
        foreach (var size in (int[])[1, 2, 3, 100])
            foreach (var piece in (int[])[1, 2, 7])
            {
                await using var stream = new CrLfStream(new CutStream(Encoding.ASCII.GetBytes(from), piece));
                var read = new MemoryStream();
                var buffer = new byte[size];
                while (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) is > 0 and var count) read.Write(buffer, 0, count);

                Assert.Equal(to, Encoding.ASCII.GetString(read.ToArray()));
            }
    }

    /// <summary>Gives no more than so many bytes at once.</summary>
    private sealed class CutStream(byte[] bytes, int most) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(most, buffer.Length)], cancellationToken);
    }
}
