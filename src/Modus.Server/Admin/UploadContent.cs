using System.Net;

namespace Modus.Server.Admin;

/// <summary>The body of a request that is written piece by piece while it is sent.</summary>
/// <param name="write">Writes it.</param>
internal sealed class UploadContent(Func<Stream, CancellationToken, ValueTask> write) : HttpContent
{
    /// <summary>What kept it from being written; the request is broken off then.</summary>
    public InvalidDataException? Fault { get; private set; }

    protected override Task SerializeToStreamAsync(Stream stream, TransportContext? context) =>
        SerializeToStreamAsync(stream, context, CancellationToken.None);

    protected override async Task SerializeToStreamAsync(Stream stream, TransportContext? context, CancellationToken cancellationToken)
    {
        try
        {
            await write(stream, cancellationToken);
        }
        catch (InvalidDataException broken)
        {
            Fault = broken;
            throw new IOException(broken.Message, broken);
        }
    }

    protected override bool TryComputeLength(out long length)
    {
        length = 0;
        return false;
    }
}
