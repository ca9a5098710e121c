using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;

namespace Modus.Testing.Wire;

/// <summary>Both ends of a connection that a client of ours opens, without a socket: <see cref="Client"/> is the client's.</summary>
public sealed class ConnectionPair
{
    private readonly Pipe _toServer;
    private readonly Pipe _toClient;

    /// <summary>Both ends.</summary>
    /// <param name="remote">Where the client thinks the server is.</param>
    /// <param name="window">Bytes that a side can send while the other does not read.</param>
    public ConnectionPair(IPEndPoint remote, int window = 64 * 1024)
    {
        var options = new PipeOptions(pauseWriterThreshold: window, resumeWriterThreshold: window / 2, useSynchronizationContext: false);
        _toServer = new Pipe(options);
        _toClient = new Pipe(options);
        var client = new Ends(_toClient.Reader, _toServer.Writer);
        Client = new Connection("client", client)
        {
            RemoteEndPoint = remote,
            LocalEndPoint = new IPEndPoint(IPAddress.Parse("192.0.2.7"), 40000),
        };
        Server = new Ends(_toServer.Reader, _toClient.Writer);

        // As a socket that is shut down: whoever waits to read or to write is let go, and the other side hears of it.
        Client.ConnectionClosed.Register(() =>
        {
            _toServer.Writer.CancelPendingFlush();
            _toServer.Reader.CancelPendingRead();
            _toClient.Writer.Complete(new ConnectionAbortedException());
        });
    }

    /// <summary>The client's end.</summary>
    public ConnectionContext Client { get; }

    /// <summary>The server's end.</summary>
    public IDuplexPipe Server { get; }

    /// <summary>The server closes; what it has sent arrives.</summary>
    public void HangUp()
    {
        _toClient.Writer.Complete();
        _toServer.Reader.Complete();
    }

    /// <summary>The connection breaks, as by a reset: what is under way is lost.</summary>
    public void Break()
    {
        _toClient.Writer.Complete(new ConnectionResetException("reset"));
        _toServer.Reader.Complete();
    }

    private sealed class Connection : DefaultConnectionContext
    {
        private readonly CancellationTokenSource _closed = new();

        public Connection(string id, IDuplexPipe transport)
            : base(id, transport, transport) => ConnectionClosed = _closed.Token;

        public override void Abort(ConnectionAbortedException abortReason) => _closed.Cancel();

        public override async ValueTask DisposeAsync()
        {
            await Transport.Output.CompleteAsync();
            await Transport.Input.CompleteAsync();
            await base.DisposeAsync();
        }
    }

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
