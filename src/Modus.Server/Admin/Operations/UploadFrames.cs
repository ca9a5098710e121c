using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Modus.Server.Admin.Operations;

/// <summary>
/// How an upload is laid out: the target, then each message, as four bytes of length (big endian) and so much JSON; the bytes of the
/// message follow its JSON.
/// </summary>
internal static class UploadFrames
{
    /// <summary>The longest JSON of a frame: a message with all the keywords that it may have takes a quarter.</summary>
    private const int MaxJson = 64 * 1024;

    public static async ValueTask WriteAsync<T>(Stream stream, T frame, JsonTypeInfo<T> type, CancellationToken cancellationToken)
    {
        var json = JsonSerializer.SerializeToUtf8Bytes(frame, type);
        var bytes = new byte[4 + json.Length];
        BinaryPrimitives.WriteInt32BigEndian(bytes, json.Length);
        json.CopyTo(bytes, 4);
        await stream.WriteAsync(bytes, cancellationToken);
    }

    /// <returns>Null at the end of the stream.</returns>
    /// <exception cref="InvalidDataException">There is something else.</exception>
    public static async ValueTask<T?> ReadAsync<T>(Stream stream, JsonTypeInfo<T> type, CancellationToken cancellationToken)
        where T : class
    {
        var header = new byte[4];
        var read = await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false, cancellationToken);
        if (read == 0) return null;
        var length = BinaryPrimitives.ReadInt32BigEndian(header);
        if (read < header.Length || length is < 1 or > MaxJson) throw new InvalidDataException("The upload is no row of frames.");
        var json = new byte[length];
        if (await stream.ReadAtLeastAsync(json, length, throwOnEndOfStream: false, cancellationToken) < length)
            throw new InvalidDataException("The upload ends too early.");
        return JsonSerializer.Deserialize(json, type) ?? throw new InvalidDataException("A frame of the upload is null.");
    }
}
