using System.IO.Pipelines;
using System.Net.Security;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.Extensions.Logging;

namespace Modus.Tls;

/// <summary>
/// SslStream as a connection's Transport, and its end, for either side. Writes of more than a buffer pass on whole; a waiting read holds
/// no buffer. Used by one session.
/// </summary>
internal sealed class EncryptedTransport : IDuplexPipe
{
    /// <summary>One record: smaller writes cost up to three times the processor time per byte (measured).</summary>
    private const int BufferSize = 16 * 1024;

    /// <summary>What close_notify may take: our own; a peer that does not read for so long is not going to resume.</summary>
    private static readonly TimeSpan GoodbyeTimeout = TimeSpan.FromSeconds(2);

    private readonly ConnectionContext _connection;
    private readonly IDuplexPipe _clear;

    private EncryptedTransport(ConnectionContext connection, SslStream stream)
    {
        _connection = connection;
        _clear = connection.Transport;
        Stream = stream;
        var pool = connection.Features.Get<IMemoryPoolFeature>()?.MemoryPool;
        Input = PipeReader.Create(stream, new StreamPipeReaderOptions(pool, BufferSize, leaveOpen: true, useZeroByteReads: true));
        Output = PipeWriter.Create(stream, new StreamPipeWriterOptions(pool, BufferSize, leaveOpen: true));
    }

    public SslStream Stream { get; }

    public PipeReader Input { get; }

    public PipeWriter Output { get; }

    /// <summary>Makes the stream, which goes over the connection's present Transport, its Transport.</summary>
    public static EncryptedTransport PutUnder(ConnectionContext connection, SslStream stream)
    {
        var encrypted = new EncryptedTransport(connection, stream);
        connection.Transport = encrypted;
        return encrypted;
    }

    /// <summary>Sends what is left and close_notify, within a bound, and gives the connection its first Transport back.</summary>
    public async ValueTask CloseAsync(TimeProvider clock, ILogger logger)
    {
        _connection.Transport = _clear;
        var goodbye = SayGoodbyeAsync(logger);
        try
        {
            await goodbye.WaitAsync(GoodbyeTimeout, clock);
        }
        catch (TimeoutException)
        {
            TlsLog.GoodbyeFailed(logger, _connection.ConnectionId, "the peer does not read.");
            _connection.Abort(new ConnectionAbortedException("The peer did not read the end of TLS."));
            _clear.Output.CancelPendingFlush();
            await goodbye;
        }
        finally
        {
            await Stream.DisposeAsync();
        }
    }

    // Without close_notify OpenSSL counts the session as broken and never resumes it (RFC 8446 §6.1; measured).
    private async Task SayGoodbyeAsync(ILogger logger)
    {
        try
        {
            await Input.CompleteAsync();
            await Output.CompleteAsync();
            await Stream.ShutdownAsync();
        }
        catch (Exception fault)
        {
            // The peer is gone or renegotiates, or the session left a write behind: OpenSSL and the runtime refuse in many ways,
            // and there is nothing left to save.
            TlsLog.GoodbyeFailed(logger, _connection.ConnectionId, fault.Message);
        }
    }
}
