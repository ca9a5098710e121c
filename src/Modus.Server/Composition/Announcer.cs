using Modus.Server.Configuration;

namespace Modus.Server.Composition;

/// <summary>Tells the log, and whoever supervises the process, where the server stands.</summary>
internal sealed class Announcer(
    ServerConfiguration configuration,
    Doors doors,
    Supervisor supervisor,
    IHostApplicationLifetime lifetime,
    ILoggerFactory loggers) : IHostedLifecycleService
{
    // After the sessions the store is closed, and what waits for its commit is written.
    private static readonly TimeSpan Closing = TimeSpan.FromSeconds(30);

    private readonly ILogger _log = loggers.CreateLogger("Modus.Server");

    public Task StartingAsync(CancellationToken cancellationToken)
    {
        ServerLog.Starting(_log, ModusHost.Version, configuration.Hostname.Name, configuration.DataFolder);
        return Task.CompletedTask;
    }

    public Task StartAsync(CancellationToken cancellationToken)
    {
        lifetime.ApplicationStarted.Register(OnStarted);
        return Task.CompletedTask;
    }

    // All listeners are open when this is called.
    public Task StartedAsync(CancellationToken cancellationToken) => supervisor.TellReadyAsync($"Modus {ModusHost.Version} serves {configuration.Hostname.Name}.");

    public Task StoppingAsync(CancellationToken cancellationToken)
    {
        ServerLog.Stopping(_log, configuration.StopTimeout);
        return supervisor.TellStoppingAsync(configuration.StopTimeout + Closing);
    }

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
    }
}
