using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Modus.Tls;

/// <summary>Asks the store at each interval to look again; watching files misses links, mounts and renames.</summary>
internal sealed class CertificateReloader(
    CertificateStore store, IOptions<TlsOptions> options, TimeProvider clock, ILogger<CertificateReloader> logger) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.Value.ReloadInterval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                await ReloadAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private async Task ReloadAsync(CancellationToken stoppingToken)
    {
        try
        {
            await store.ReloadAsync(stoppingToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            TlsLog.ReloadFailed(logger, fault); // what is served stays; the next tick tries again
        }
    }
}
