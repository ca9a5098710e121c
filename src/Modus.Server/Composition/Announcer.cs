using System.Net.Sockets;
using System.Text;
using Modus.Server.Configuration;

namespace Modus.Server.Composition;

/// <summary>Tells the log, and systemd when it asked (sd_notify(3)), where the server stands.</summary>
internal sealed class Announcer(
    ServerConfiguration configuration, Doors doors, IHostApplicationLifetime lifetime, ILoggerFactory loggers) : IHostedLifecycleService
{
    private const string NotifyVariable = "NOTIFY_SOCKET";
    private readonly ILogger _log = loggers.CreateLogger("Modus.Server");

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        ServerLog.Starting(_log, ModusHost.Version, configuration.Hostname.Name, configuration.DataFolder);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(OnStarted);
        lifetime.ApplicationStopping.Register(OnStopping);
        return Task.CompletedTask;
    }

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken)
    {
        ServerLog.Stopped(_log);
        return Task.CompletedTask;
    }

    private void OnStarted()
    {
        if (configuration.Delivery.Postmaster is null) ServerLog.NoPostmaster(_log);
        foreach (var door in doors.Opened)
            ServerLog.Listening(_log, $"{door.Listener.Protocol}", $"{door.EndPoint}", ConfigurationText.Word(door.Listener.Tls));
        if (doors.Http is { } http) ServerLog.Listening(_log, "Metrics and health", $"{http}", "none");
        Notify("READY=1");
    }

    private void OnStopping()
    {
        ServerLog.Stopping(_log, configuration.StopTimeout);
        Notify("STOPPING=1");
    }

    private static void Notify(string state)
    {
        var path = Environment.GetEnvironmentVariable(NotifyVariable);
        if (string.IsNullOrEmpty(path)) return;
        if (path[0] == '@') path = '\0' + path[1..]; // an abstract socket
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            socket.Send(Encoding.ASCII.GetBytes(state));
        }
        catch (SocketException)
        {
            // systemd is not there to hear it; the log has said the same.
        }
    }
}
