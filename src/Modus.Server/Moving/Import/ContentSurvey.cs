using System.Buffers;
using System.Security.Cryptography;

namespace Modus.Server.Moving.Import;

/// <summary>What must be known of a message before it is sent: read once from end to end, in pieces.</summary>
/// <param name="Size">Its bytes with CRLF at the end of each line.</param>
/// <param name="Sha256">Of those bytes.</param>
internal sealed record ContentSurvey(long Size, byte[] Sha256)
{
    private const int Piece = 64 * 1024;

    /// <summary>Reads it.</summary>
    /// <returns>The survey, or why the message cannot be taken.</returns>
    public static async ValueTask<(ContentSurvey? Survey, string? Fault)> TakeAsync(SourceMessage message, long limit, CancellationToken cancellationToken)
    {
        try
        {
            await using var content = new CrLfStream(message.Open());
            return await TakeAsync(content, limit, cancellationToken);
        }
        catch (Exception unreadable) when (unreadable is IOException or UnauthorizedAccessException or InvalidDataException)
        {
            return (null, $"it cannot be read: {unreadable.Message}");
        }
    }

    private static async ValueTask<(ContentSurvey? Survey, string? Fault)> TakeAsync(Stream content, long limit, CancellationToken cancellationToken)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = ArrayPool<byte>.Shared.Rent(Piece);
        try
        {
            long size = 0;
            while (await content.ReadAsync(buffer.AsMemory(0, Piece), cancellationToken) is > 0 and var read)
            {
                size += read;
                if (size > limit) return (null, $"it is larger than the {limit} bytes that a message may have here (imap.maxMessageSize).");
                if (buffer.AsSpan(0, read).Contains((byte)0)) return (null, "it holds NUL, which IMAP does not carry.");
                hash.AppendData(buffer, 0, read);
            }

            return size == 0 ? (null, "it is empty.") : (new ContentSurvey(size, hash.GetCurrentHash()), null);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
