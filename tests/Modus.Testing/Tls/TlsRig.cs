using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Modus.Tls;

namespace Modus.Testing.Tls;

/// <summary>The TLS room without sockets: the middleware around a session of the test's, and clients over pipes.</summary>
public sealed class TlsRig : IAsyncDisposable, ILoggerProvider
{
    private readonly ServiceProvider _services;
    private readonly ConnectionDelegate _listener;

    /// <summary>Builds the listener. The clock is the system's unless another is given.</summary>
    public TlsRig(TlsMode mode, ConnectionDelegate session, Action<TlsOptions> configure, TimeProvider? clock = null)
    {
        var services = new ServiceCollection();
        services.AddLogging(logging => logging.SetMinimumLevel(LogLevel.Debug).AddProvider(this));
        if (clock is not null)
            services.AddSingleton(clock);
        services.AddModusTls(configure);
        _services = services.BuildServiceProvider();
        var builder = new ConnectionBuilder(_services);
        builder.UseModusTls(mode);
        builder.Use(_ => session);
        _listener = builder.Build();
    }

    /// <summary>What was logged so far.</summary>
    public ConcurrentQueue<(int Id, LogLevel Level, string Text)> Log { get; } = new();

    /// <summary>The room's services.</summary>
    public IServiceProvider Services => _services;

    /// <summary>The certificates.</summary>
    public CertificateStore Store => _services.GetRequiredService<CertificateStore>();

    /// <summary>Starts what a host would start: the self-test and the reloader.</summary>
    public async Task StartAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>())
            await hosted.StartAsync(CancellationToken.None);
    }

    /// <summary>A new connection, served in the background.</summary>
    public InMemoryTlsConnection Connect(string local = "192.0.2.1", string remote = "198.51.100.1")
    {
        var connection = new InMemoryTlsConnection(IPAddress.Parse(local), IPAddress.Parse(remote));
        connection.Served = ServeAsync(connection);
        return connection;
    }

    /// <summary>A connection that nobody serves: both ends are the test's.</summary>
    public static InMemoryTlsConnection Unserved() => new(IPAddress.Parse("192.0.2.1"), IPAddress.Parse("198.51.100.1"));

    /// <inheritdoc />
    public ILogger CreateLogger(string categoryName) => new Logger(Log);

    /// <inheritdoc />
    public void Dispose()
    {
    }

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        foreach (var hosted in _services.GetServices<IHostedService>())
            await hosted.StopAsync(CancellationToken.None);
        await _services.DisposeAsync();
    }

    private async Task ServeAsync(InMemoryTlsConnection connection)
    {
        try
        {
            await _listener(connection.Server);
        }
        finally
        {
            await connection.Server.Transport.Input.CompleteAsync();
            await connection.Server.Transport.Output.CompleteAsync();
        }
    }

    private sealed class Logger(ConcurrentQueue<(int, LogLevel, string)> log) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(
            LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            log.Enqueue((eventId.Id, logLevel, formatter(state, exception)));
    }
}

/// <summary>Both ends of a connection over pipes.</summary>
public sealed class InMemoryTlsConnection
{
    private readonly Pipe _toServer = new();
    private readonly Pipe _toClient = new();

    internal InMemoryTlsConnection(IPAddress local, IPAddress remote)
    {
        Transport = new Ends(_toServer.Reader, _toClient.Writer);
        Server = new DefaultConnectionContext("test", Transport, Transport)
        {
            LocalEndPoint = new IPEndPoint(local, 25),
            RemoteEndPoint = new IPEndPoint(remote, 40_000),
        };
        var client = new Ends(_toClient.Reader, _toServer.Writer);
        Client = new DuplexPipeStream(client);
        ClientSide = new DefaultConnectionContext("test client", client, client)
        {
            LocalEndPoint = Server.RemoteEndPoint,
            RemoteEndPoint = Server.LocalEndPoint,
        };
    }

    /// <summary>The server's end.</summary>
    public DefaultConnectionContext Server { get; }

    /// <summary>The Transport that the connection began with.</summary>
    public IDuplexPipe Transport { get; }

    /// <summary>The client's end, in clear.</summary>
    public Stream Client { get; }

    /// <summary>The client's end as a connection; use it or <see cref="Client"/>.</summary>
    public DefaultConnectionContext ClientSide { get; }

    /// <summary>Ends when the server is done with the connection.</summary>
    public Task Served { get; internal set; } = Task.CompletedTask;

    /// <summary>The server's end, in clear, when nobody serves it.</summary>
    public Stream ServerStream => new DuplexPipeStream(Transport);

    /// <summary>The client goes away.</summary>
    public void HangUp() => _toServer.Writer.Complete();

    /// <summary>The server goes away.</summary>
    public void ServerHangsUp() => _toClient.Writer.Complete();

    private sealed record Ends(PipeReader Input, PipeWriter Output) : IDuplexPipe;
}
