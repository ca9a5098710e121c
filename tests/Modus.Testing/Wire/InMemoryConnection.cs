using System.Buffers;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;
using Modus.Tls;

namespace Modus.Testing.Wire;

/// <summary>
/// Both ends of a connection without a socket: <see cref="Server"/> goes to a connection handler, <see cref="Input"/> and
/// <see cref="Output"/> are the client's.
/// </summary>
public sealed class InMemoryConnection : IConnectionLifetimeNotificationFeature, IAsyncDisposable
{
    private readonly Pipe _toServer;
    private readonly Pipe _toClient = new(new PipeOptions(useSynchronizationContext: false));
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Both ends.</summary>
    /// <param name="tls">The encryption that the server sees.</param>
    /// <param name="pool">Where what the client sends is kept; the shared pool by default.</param>
    public InMemoryConnection(ITlsFeature? tls = null, MemoryPool<byte>? pool = null)
    {
        _toServer = new Pipe(new PipeOptions(pool, useSynchronizationContext: false));
        var features = new FeatureCollection();
        if (tls is not null) features.Set(tls);
        features.Set<IConnectionLifetimeNotificationFeature>(this);
        Server = new DefaultConnectionContext("test", new DuplexPipe(_toServer.Reader, _toClient.Writer), null!)
        {
            RemoteEndPoint = new IPEndPoint(IPAddress.Parse("192.0.2.7"), 40000),
            LocalEndPoint = new IPEndPoint(IPAddress.Parse("192.0.2.1"), 25),
        };
        foreach (var feature in features) Server.Features[feature.Key] = feature.Value;

        // As a socket that is shut down: whoever waits to read or to write is let go.
        Server.ConnectionClosed.Register(() =>
        {
            _toClient.Writer.CancelPendingFlush();
            _toServer.Reader.CancelPendingRead();
        });
    }

    public DefaultConnectionContext Server { get; }

    public PipeReader Input => _toClient.Reader;

    public PipeWriter Output => _toServer.Writer;

    public CancellationToken ConnectionClosedRequested
    {
        get => _stop.Token;
        set => throw new NotSupportedException();
    }

    public void RequestClose() => _stop.Cancel();

    /// <summary>Runs a session to its end and closes the server's side behind it, as Kestrel does.</summary>
    public async Task RunAsync(Func<ConnectionContext, Task> handler)
    {
        // Off the test's thread, so that a session never runs inside the client's write.
        await Task.Yield();
        try
        {
            await handler(Server);
        }
        finally
        {
            await _toClient.Writer.CompleteAsync();
            await _toServer.Reader.CompleteAsync();
        }
    }

    /// <summary>Sends bytes; quietly does nothing when the server has closed.</summary>
    public async Task SendAsync(ReadOnlyMemory<byte> bytes) => await Output.WriteAsync(bytes);

    /// <summary>Reads one line with its CRLF taken off; null at the end of the connection.</summary>
    public Task<string?> ReadLineAsync() => ReadLineAsync(Input);

    /// <summary>Reads one line with its CRLF taken off; null at the end.</summary>
    public static async Task<string?> ReadLineAsync(PipeReader input)
    {
        while (true)
        {
            var result = await input.ReadAsync();
            if (result.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = System.Text.Encoding.UTF8.GetString(result.Buffer.Slice(0, end).ToArray());
                input.AdvanceTo(result.Buffer.GetPosition(1, end));
                return line.EndsWith('\r') ? line[..^1] : line + "<bare LF>";
            }

            if (result.IsCompleted)
            {
                var rest = System.Text.Encoding.UTF8.GetString(result.Buffer.ToArray());
                input.AdvanceTo(result.Buffer.End);
                return rest.Length == 0 ? null : rest + "<no line end>";
            }

            input.AdvanceTo(result.Buffer.Start, result.Buffer.End);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await Output.CompleteAsync();
        await Input.CompleteAsync();
        _stop.Dispose();
    }

    private sealed class DuplexPipe(PipeReader input, PipeWriter output) : IDuplexPipe
    {
        public PipeReader Input => input;

        public PipeWriter Output => output;
    }
}
