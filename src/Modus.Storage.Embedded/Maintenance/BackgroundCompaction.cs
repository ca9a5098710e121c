using Microsoft.Extensions.Logging;

namespace Modus.Storage.Embedded.Maintenance;

/// <summary>Compacts what is worth it, now and then.</summary>
internal sealed class BackgroundCompaction : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly PeriodicTimer _timer;
    private readonly Task _loop;

    public BackgroundCompaction(Compactor compactor, TimeSpan interval, double deadRatio, TimeProvider clock, ILogger logger)
    {
        _timer = new PeriodicTimer(interval, clock);
        _loop = RunAsync(compactor, deadRatio, logger);
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _timer.Dispose();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync(Compactor compactor, double deadRatio, ILogger logger)
    {
        while (await _timer.WaitForNextTickAsync())
        {
            try
            {
                await compactor.CompactAsync(deadRatio, _stop.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (StoreFailedException)
            {
                return; // said already, and nothing more can be done
            }
#pragma warning disable CA1031 // Compaction is a convenience: whatever stops it must not stop the store from closing.
            catch (Exception e)
#pragma warning restore CA1031
            {
                logger.CompactionFaulted(e);
            }
        }
    }
}
