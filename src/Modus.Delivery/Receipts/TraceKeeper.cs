using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Modus.Storage;

namespace Modus.Delivery.Receipts;

/// <summary>Forgets traces that are older than they are to be kept: at the start, and then each day.</summary>
internal sealed class TraceKeeper(ITraces traces, DeliveryOptions options, TimeProvider clock, ILogger<TraceKeeper> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromDays(1);

    /// <summary>Removes what is too old.</summary>
    public async ValueTask CleanAsync(CancellationToken cancellationToken)
    {
        var moment = clock.GetUtcNow() - options.TraceRetention;
        long all = 0;
        while (await traces.RemoveBeforeAsync(moment, cancellationToken) is { IsDone: true, Value: > 0 and var removed }) all += removed;
        if (all > 0) ReceiptLog.TracesForgotten(log, all, moment);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do
            {
                if (!await TryCleanAsync(stoppingToken)) return;
            }
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async ValueTask<bool> TryCleanAsync(CancellationToken stoppingToken)
    {
        try
        {
            await CleanAsync(stoppingToken);
            return true;
        }
        catch (StoreFailedException)
        {
            return false; // the server ends by itself
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            ReceiptLog.CleaningFailed(log, fault);
            return true;
        }
    }
}
