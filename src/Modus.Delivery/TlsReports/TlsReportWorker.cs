using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Modus.Storage;

namespace Modus.Delivery.TlsReports;

/// <summary>Flushes what was counted each minute, and sends what is due. What is counted when the server stops is flushed, too.</summary>
internal sealed class TlsReportWorker(
    TlsReportCollector collector, TlsReportSender sender, TimeProvider clock, ILogger<TlsReportWorker> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken))
                if (!await TryRunAsync(stoppingToken)) return;
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }

        try
        {
            await collector.FlushAsync(CancellationToken.None);
        }
        catch (StoreFailedException)
        {
            // It is why the server stops.
        }
    }

    // A fault of ours in one report must not end the reporting of all others for ever.
    private async ValueTask<bool> TryRunAsync(CancellationToken stoppingToken)
    {
        try
        {
            await collector.FlushAsync(stoppingToken);
            await sender.SendDueAsync(stoppingToken);
            return true;
        }
        catch (StoreFailedException)
        {
            return false; // the server ends by itself
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            TlsReportLog.RoundFailed(log, fault);
            return true;
        }
    }
}
