using System.Buffers;
using System.IO.Hashing;
using System.Security.Cryptography;

namespace Modus.Storage.Embedded.Content;

/// <summary>What a content is recognised by.</summary>
/// <param name="Sha256">SHA-256, for whoever asks for it.</param>
/// <param name="Checksum">XxHash3, for the record.</param>
internal sealed record ContentHash(byte[] Sha256, ulong Checksum)
{
    private const int BufferSize = 128 * 1024;

    public static ContentHash Of(IEnumerable<ReadOnlyMemory<byte>> pieces)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var checksum = new XxHash3();
        foreach (var piece in pieces)
        {
            sha256.AppendData(piece.Span);
            checksum.Append(piece.Span);
        }

        return new ContentHash(sha256.GetHashAndReset(), checksum.GetCurrentHashAsUInt64());
    }

    /// <summary>Reads to the end.</summary>
    public static ContentHash Of(Stream stream)
    {
        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var checksum = new XxHash3();
        var buffer = ArrayPool<byte>.Shared.Rent(BufferSize);
        try
        {
            for (int read; (read = stream.Read(buffer)) > 0;)
            {
                sha256.AppendData(buffer.AsSpan(0, read));
                checksum.Append(buffer.AsSpan(0, read));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        return new ContentHash(sha256.GetHashAndReset(), checksum.GetCurrentHashAsUInt64());
    }
}
