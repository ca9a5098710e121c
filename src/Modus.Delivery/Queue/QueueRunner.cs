using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Modus.Delivery.Remote;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.Queue;

/// <summary>
/// Works on the queue while the server runs. One loop gives destinations that have mail due a place each, as long as there are places, and
/// sleeps until something becomes due, comes in, or ends. A stop begins nothing new and waits for the transactions that are under way.
/// </summary>
internal sealed class QueueRunner(
    IQueue queue, RunRecord run, RemoteDelivery delivery, HopHealth health, AttemptEnds ends, SessionPool pool,
    DeliveryMetrics metrics, QueueOptions options, TimeProvider clock, ILogger<QueueRunner> log) : IHostedService, IDisposable
{
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromSeconds(10);

    private readonly HeldLeases _leases = new(queue, options, clock);
    private readonly Channel<bool> _wake = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
    // The loop's alone.
    private readonly Dictionary<Domain, Task<WorkEnd>> _atWork = [];
    private readonly Dictionary<Domain, long> _paused = []; // where work broke off, or found nothing
    private readonly HashSet<Domain> _hadTheirTurn = [];

    private readonly CancellationTokenSource _stopping = new();
    private readonly CancellationTokenSource _abort = new();
    private readonly CancellationTokenSource _done = new();
    private Task _loop = Task.CompletedTask;
    private Task _listening = Task.CompletedTask;
    private Task _renewing = Task.CompletedTask;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (!options.Sending)
        {
            DeliveryLog.NotSending(log);
            return Task.CompletedTask;
        }

        _loop = Task.Run(LoopAsync, CancellationToken.None);
        _listening = Task.Run(ListenAsync, CancellationToken.None);
        _renewing = Task.Run(RenewAsync, CancellationToken.None);
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stopping.CancelAsync();
        await using (cancellationToken.Register(_abort.Cancel))
            await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);

        // Leases are renewed to the end of the work.
        await _done.CancelAsync();
        await Task.WhenAll(_listening, _renewing).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await pool.DisposeAsync();
    }

    public void Dispose()
    {
        _stopping.Dispose();
        _abort.Dispose();
        _done.Dispose();
    }

    private async Task LoopAsync()
    {
        await using var alarm = clock.CreateTimer(_ => Wake(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        var isRecovered = false;
        while (!_stopping.IsCancellationRequested)
        {
            try
            {
                if (!isRecovered) await RecoverAsync();
                isRecovered = true;
                var now = clock.GetUtcNow(); // one for both questions, so that nothing becomes due between them
                await GiveOutAsync(now);
                if (await FindSleepAsync(now) is var sleep && sleep > TimeSpan.Zero) alarm.Change(sleep, Timeout.InfiniteTimeSpan);
                else Wake();
            }
            catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
            {
                break;
            }
            catch (Exception fault) when (fault is not StoreFailedException)
            {
                DeliveryLog.QueueFailed(log, fault);
                alarm.Change(PauseAfterFault, Timeout.InfiniteTimeSpan);
            }

            await WaitAsync();
        }

        await ((Task)Task.WhenAll(_atWork.Values)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    // What a run that was killed had leased need not wait for its leases to run out.
    private async ValueTask RecoverAsync()
    {
        var count = 0;
        if (await run.BeginAsync(_leases.Owner, _stopping.Token) is { } before)
        {
            for (QueueEntryId last = default; ;)
            {
                var active = await queue.ListAsync(new QueueFilter { State = QueueState.Active }, _stopping.Token);
                if (active.Count == 0 || active[0].Id == last) break; // what is left is somebody else's
                await queue.ReturnAsync([.. active.Select(static entry => entry.Id)], before, _stopping.Token);
                (last, count) = (active[0].Id, count + active.Count);
            }
        }

        if (count > 0) DeliveryLog.Recovered(log, count);
    }

    private async ValueTask GiveOutAsync(DateTimeOffset now)
    {
        Reap();
        var places = options.Destinations - _atWork.Count;
        if (places <= 0) return;

        // Those that have just had their turn come behind the others.
        HashSet<Domain> except = [.. _atWork.Keys, .. _paused.Keys];
        var due = await queue.ListDueDomainsAsync(now, except, places + _hadTheirTurn.Count, _stopping.Token);
        foreach (var domain in due.OrderBy(domain => _hadTheirTurn.Contains(domain) ? 1 : 0).Take(places))
        {
            var work = new DestinationWork(
                domain, _leases, queue, delivery, health, ends, options, clock, new WorkTokens(_stopping.Token, _abort.Token));
            _atWork.Add(domain, Task.Run(() => WorkAsync(domain, work), CancellationToken.None));
        }

        _hadTheirTurn.Clear();
    }

    private void Reap()
    {
        foreach (var (domain, task) in _atWork)
        {
            if (!task.IsCompleted) continue;
            _atWork.Remove(domain);
            if (task.Result == WorkEnd.TurnOver) _hadTheirTurn.Add(domain);
            if (task.Result is WorkEnd.Nothing or WorkEnd.BrokenOff) _paused[domain] = clock.GetTimestamp();
        }

        foreach (var (domain, since) in _paused)
            if (clock.GetElapsedTime(since) >= PauseAfterFault) _paused.Remove(domain);
    }

    private async Task<WorkEnd> WorkAsync(Domain domain, DestinationWork work)
    {
        metrics.OnDestination(1);
        try
        {
            return await work.RunAsync();
        }
        catch (OperationCanceledException) when (_abort.IsCancellationRequested)
        {
            return WorkEnd.BrokenOff;
        }
        catch (Exception fault)
        {
            DeliveryLog.WorkFailed(log, domain.Name, fault);
            return WorkEnd.BrokenOff;
        }
        finally
        {
            metrics.OnDestination(-1);
            Wake();
        }
    }

    private async ValueTask<TimeSpan> FindSleepAsync(DateTimeOffset now)
    {
        var sleep = _paused.Count > 0 ? PauseAfterFault : LongestSleep;
        var next = await queue.FindNextDueAsync(now, _stopping.Token);
        return next is { } due && due - clock.GetUtcNow() < sleep ? due - clock.GetUtcNow() : sleep;
    }

    private async Task ListenAsync()
    {
        try
        {
            for (long seen = 0; ;)
            {
                seen = await queue.Signal.WaitAsync(seen, _stopping.Token);
                Wake();
            }
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }

    private async Task RenewAsync()
    {
        using var timer = new PeriodicTimer(_leases.Interval, clock);
        while (true)
        {
            try
            {
                await timer.WaitForNextTickAsync(_done.Token);
                await _leases.RenewAsync(_done.Token);
            }
            catch (OperationCanceledException)
            {
                return;
            }
            catch (Exception fault) when (fault is not StoreFailedException)
            {
                DeliveryLog.QueueFailed(log, fault);
            }
        }
    }

    private void Wake() => _wake.Writer.TryWrite(true);

    private async ValueTask WaitAsync()
    {
        try
        {
            await _wake.Reader.ReadAsync(_stopping.Token);
        }
        catch (OperationCanceledException)
        {
            // The server stops.
        }
    }
}

/// <summary>How the work on a destination ended.</summary>
internal enum WorkEnd
{
    /// <summary>Nothing was due after all.</summary>
    Nothing,

    /// <summary>All that was due was tried.</summary>
    Drained,

    /// <summary>There is more, and others wait, too.</summary>
    TurnOver,

    /// <summary>The server stops, or something is broken.</summary>
    BrokenOff,
}
