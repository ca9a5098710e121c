using Microsoft.Extensions.Hosting;
using Modus.Storage;

namespace Modus.Delivery.OutboundTls;

/// <summary>Stores what the ledger has not stored at once, every minute and at the end.</summary>
internal sealed class LedgerKeeper(HopLedger ledger, TimeProvider clock) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await base.StopAsync(cancellationToken);
        await FlushAsync(cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await FlushAsync(stoppingToken);
        }
        catch (OperationCanceledException)
        {
            // The host stops.
        }
    }

    private async ValueTask FlushAsync(CancellationToken cancellationToken)
    {
        try
        {
            await ledger.FlushAsync(cancellationToken);
        }
        catch (StoreFailedException)
        {
            // The server stops for it; what was counted since is no loss.
        }
    }
}
