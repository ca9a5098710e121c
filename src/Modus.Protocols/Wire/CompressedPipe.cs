using System.IO.Compression;
using System.IO.Pipelines;

namespace Modus.Protocols.Wire;

/// <summary>
/// A transport that compresses both ways with DEFLATE (RFC 1951, as RFC 4978 wants it): each flush ends in a sync flush, so that the peer
/// can read everything that was flushed. Waiting reads can be cancelled like those of the transport below. Used by one session.
/// </summary>
internal sealed class CompressedPipe : IDuplexPipe, IAsyncDisposable
{
    private const int BufferSize = 16 * 1024; // one TLS record below

    private readonly LastBytesStream _received;
    private readonly DeflateStream _inflate;
    private readonly DeflateStream _deflate;

    public CompressedPipe(IDuplexPipe below)
    {
        Below = below;
        _received = new LastBytesStream(below.Input.AsStream(leaveOpen: true));
        _inflate = new DeflateStream(_received, CompressionMode.Decompress, leaveOpen: true);
        _deflate = new DeflateStream(below.Output.AsStream(leaveOpen: true), CompressionLevel.Fastest, leaveOpen: true);
        Input = PipeReader.Create(_inflate, new StreamPipeReaderOptions(bufferSize: BufferSize, leaveOpen: true));
        Output = PipeWriter.Create(_deflate, new StreamPipeWriterOptions(minimumBufferSize: BufferSize, leaveOpen: true));
    }

    /// <summary>The transport that carries the compressed bytes; stays the caller's.</summary>
    public IDuplexPipe Below { get; }

    /// <summary>True when what came last ends as a line of text does: the peer has stopped to compress.</summary>
    public bool EndsInText => _received.EndsInCrlf;

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await Input.CompleteAsync();
            await Output.CompleteAsync();
            await _deflate.DisposeAsync(); // writes the last block
            await _inflate.DisposeAsync();
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The peer is gone: nobody misses the last block.
        }
    }
}
