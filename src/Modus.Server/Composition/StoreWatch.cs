using Modus.Server.Cli;

namespace Modus.Server.Composition;

/// <summary>
/// Stops a server whose store has failed: all that it could still say is 421, and only a new start reads what is really on
/// disk. Whoever runs the program starts it again, as systemd does.
/// </summary>
internal sealed class StoreWatch(
    OpenedStore store, IHostApplicationLifetime lifetime, IHostLifetime host, ILoggerFactory loggers) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await store.Failure.WaitAsync(stoppingToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (!store.Failure.IsCompleted) return;
        ServerLog.StoreFailed(loggers.CreateLogger("Modus.Server"));
        WindowsHosting.EndWith(host, ExitCode.StoreFailed);
        lifetime.StopApplication();
    }
}
