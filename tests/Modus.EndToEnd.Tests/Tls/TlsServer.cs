using System.Buffers;
using System.Collections.Concurrent;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Modus.Tls;

namespace Modus.EndToEnd.Tests.Tls;

/// <summary>
/// A real Kestrel with a tiny line protocol: a greeting, each line back, QUIT, and STARTTLS as SMTP has it. Listens on
/// 127.0.0.1 and 127.0.0.2 with ports that the system chooses.
/// </summary>
internal sealed class TlsServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private TlsServer(WebApplication app) => _app = app;

    public ConcurrentQueue<TlsSession> Sessions { get; } = new();

    public ConcurrentQueue<ConnectionContext> Connections { get; } = new();

    public IServiceProvider Services => _app.Services;

    public CertificateStore Store => Services.GetRequiredService<CertificateStore>();

    public static async Task<TlsServer> StartAsync(TlsMode mode, Action<TlsOptions> configure, IPeerPolicy? peers = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        if (peers is not null) builder.Services.AddSingleton(peers);
        builder.Services.AddModusTls(configure);
        TlsServer? server = null;
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            foreach (var address in new[] { "127.0.0.1", "127.0.0.2" })
            {
                kestrel.Listen(IPAddress.Parse(address), 0, listener =>
                    listener.UseModusTls(mode, asksForKeys: true).Run(connection => server!.ServeAsync(connection)));
            }
        });
        server = new TlsServer(builder.Build());
        await server._app.StartAsync();
        return server;
    }

    public IPEndPoint At(string address)
    {
        var addresses = Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        var found = addresses.Select(static a => new Uri(a)).First(uri => uri.Host == address);
        return new IPEndPoint(IPAddress.Parse(address), found.Port);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private async Task ServeAsync(ConnectionContext connection)
    {
        Connections.Enqueue(connection);
        var tls = connection.Features.Get<ITlsFeature>()!;
        if (tls.Session is { } session)
            Sessions.Enqueue(session);
        await SayAsync(connection, "220 hello");
        while (await ReadLineAsync(connection.Transport.Input) is { } line)
        {
            switch (line)
            {
                case "QUIT":
                    await SayAsync(connection, "221 bye");
                    return;
                case "STARTTLS" when tls.CanUpgrade:
                    await SayAsync(connection, "220 go ahead");
                    if (await tls.UpgradeAsync(CancellationToken.None) != TlsUpgradeOutcome.Upgraded)
                        return;
                    Sessions.Enqueue(tls.Session!);
                    break;
                case var _ when line.StartsWith("EHLO", StringComparison.Ordinal):
                    await SayAsync(connection, tls.CanUpgrade ? "250-hello\r\n250 STARTTLS" : "250 hello");
                    break;
                case "BINDING":
                    await SayAsync(connection, Convert.ToHexString(tls.GetChannelBinding(TlsChannelBinding.Exporter) ?? []));
                    break;
                case "NODELAY":
                    await SayAsync(connection, $"{connection.Features.Get<IConnectionSocketFeature>()!.Socket.NoDelay}");
                    break;
                default:
                    await SayAsync(connection, $"{line}");
                    break;
            }
        }
    }

    private static async Task SayAsync(ConnectionContext connection, string line) =>
        await connection.Transport.Output.WriteAsync(Encoding.ASCII.GetBytes(line + "\r\n"));

    private static async Task<string?> ReadLineAsync(PipeReader input)
    {
        while (true)
        {
            var read = await input.ReadAsync();
            if (read.Buffer.PositionOf((byte)'\n') is { } end)
            {
                var line = Encoding.ASCII.GetString(read.Buffer.Slice(0, end)).TrimEnd('\r');
                input.AdvanceTo(read.Buffer.GetPosition(1, end));
                return line;
            }

            if (read.IsCompleted)
                return null;
            input.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }
    }
}
