using CsCheck;
using Modus.Storage;
using Xunit;

namespace Modus.Tests.Storage;

public sealed class ContentStreamTests
{
    [Fact]
    public void Reads_from_anywhere_give_what_is_there()
    {
        var bytes = new byte[40_000];
        new Random(1).NextBytes(bytes);
        Gen.Select(Gen.Int[0, 40_010], Gen.Int[1, 20_000]).Array[1, 10].Sample(reads =>
        {
            using var stream = new ContentStream(new Bytes(bytes));
            foreach (var (at, count) in reads)
            {
                stream.Position = at;
                var target = new byte[count];
                var read = stream.ReadAtLeast(target, count, throwOnEndOfStream: false);
                Assert.Equal(bytes.AsSpan(Math.Min(at, bytes.Length), Math.Clamp(bytes.Length - at, 0, count)), target.AsSpan(0, read));
            }
        }, iter: 200);
    }

    private sealed class Bytes(byte[] bytes) : IContentReader
    {
        public long Length => bytes.Length;

        public ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken)
        {
            var count = (int)Math.Clamp(bytes.Length - offset, 0, Math.Min(buffer.Length, 5_000)); // fewer than wanted
            if (count > 0) bytes.AsMemory((int)offset, count).CopyTo(buffer);
            return new(count);
        }

        public ValueTask DisposeAsync() => default;
    }
}
