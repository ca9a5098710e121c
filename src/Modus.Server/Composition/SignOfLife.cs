using Modus.Server.Admin;
using Modus.Server.Configuration;

namespace Modus.Server.Composition;

/// <summary>
/// Gives the supervisor's watchdog its sign of life, as long as the server deserves it: it takes a connection, and its store
/// answers what is asked there. A server that does neither for a whole turn of the watchdog is better started again.
/// </summary>
internal sealed class SignOfLife(ServerConfiguration configuration, Supervisor supervisor, ILoggerFactory loggers) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        if (supervisor.Watchdog is not { } turn) return;
        var log = loggers.CreateLogger("Modus.Server");
        var pause = turn / 3; // so that one sign may be lost, or late
        using var timer = new PeriodicTimer(pause, TimeProvider.System);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
            {
                var health = await HealthCheck.AskAsync(configuration.DataFolder, pause, stoppingToken);
                if (health.IsWell) await supervisor.TellAliveAsync();
                else ServerLog.NoSignOfLife(log, health.Text);
            }
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops, and the supervisor knows.
        }
    }
}
