using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Modus.Delivery.Vpn;

/// <summary>
/// Tells partners our keys when these have changed, whoever changed them, and asks each once a day for its own. A partner without an
/// https listener is heard only so: it asks us.
/// </summary>
internal sealed class VpnWorker(VpnGateway gateway, TimeProvider clock, ILogger<VpnWorker> log) : BackgroundService
{
    private static readonly TimeSpan Interval = TimeSpan.FromHours(1);
    private static readonly TimeSpan Silence = TimeSpan.FromDays(1);

    /// <summary>One round.</summary>
    public async ValueTask RunAsync(CancellationToken cancellationToken)
    {
        var keys = await gateway.OwnKeysAsync(cancellationToken);
        await gateway.TellAsync(
            partner => partner.Exchange is not null
                && (!keys.SequenceEqual(partner.Told ?? []) || partner.Heard is not { } heard || clock.GetUtcNow() - heard >= Silence),
            cancellationToken);
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(Interval, clock);
        try
        {
            while (await timer.WaitForNextTickAsync(stoppingToken)) await TryRunAsync(stoppingToken);
        }
        catch (OperationCanceledException) when (stoppingToken.IsCancellationRequested)
        {
            // The server stops.
        }
    }

    private async ValueTask TryRunAsync(CancellationToken stoppingToken)
    {
        try
        {
            await RunAsync(stoppingToken);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            VpnLog.RoundFailed(log, fault);
        }
    }
}
