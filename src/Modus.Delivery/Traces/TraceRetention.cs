using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Modus.Storage;

namespace Modus.Delivery.Traces;

/// <summary>Forgets traces that are older than they are kept: at the start and every hour, in small steps that hold nobody up.</summary>
internal sealed class TraceRetention(ITraces traces, DeliveryOptions options, TimeProvider clock, ILogger<TraceRetention> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            do await ForgetAsync(stoppingToken);
            while (await timer.WaitForNextTickAsync(stoppingToken));
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
        catch (StoreFailedException)
        {
            // The server stops for it.
        }
    }

    private async ValueTask ForgetAsync(CancellationToken cancellationToken)
    {
        var before = clock.GetUtcNow() - options.TraceLifetime;
        long count = 0;
        while (await traces.RemoveBeforeAsync(before, cancellationToken) is { Outcome: StoreOutcome.Done, Value: > 0 and var step })
            count += step;
        if (count > 0) DeliveryLog.TracesForgotten(log, count, before);
    }
}
