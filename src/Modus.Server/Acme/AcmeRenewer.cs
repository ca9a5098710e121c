using System.Collections.Concurrent;
using Modus.Tls;

namespace Modus.Server.Acme;

/// <summary>
/// Obtains and renews what is planned, each plan by itself, and sleeps until the next one is due. What it knows of a plan is in the store,
/// so that a restart asks no authority sooner. Thread-safe.
/// </summary>
internal sealed class AcmeRenewer(AcmeStore store, AcmeWork work, ManagedCertificates managed, TimeProvider clock, ILogger<AcmeRenewer> log) : BackgroundService
{
    private const int MaxAtOnce = 4; // plans; each waits for an authority most of the time
    private static readonly TimeSpan LongestSleep = TimeSpan.FromHours(1);  // the clock may be set
    private static readonly TimeSpan PauseAfterFault = TimeSpan.FromMinutes(10);

    private readonly Dictionary<string, Task> _running = [];
    private readonly ConcurrentDictionary<string, DateTimeOffset> _blocked = new(); // what the store could not be told
    private readonly SemaphoreSlim _turns = new(MaxAtOnce);
    private readonly SemaphoreSlim _wake = new(0);
    private readonly CancellationTokenSource _stop = new();

    /// <summary>Does what is to be done for a plan, behind what is under way for it. Never fails: the state says what came of it.</summary>
    /// <param name="name">The plan.</param>
    /// <param name="isAsked">True when somebody asks for it: no back-off holds it up.</param>
    public Task RunAsync(string name, bool isAsked)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        lock (_running)
        {
            if (_running.TryGetValue(name, out var before) && !isAsked) return before;
            _running[name] = ended.Task;
            _ = RunOnceAsync(name, isAsked, before ?? Task.CompletedTask, ended); // by an older plan, perhaps
        }

        return ended.Task;
    }

    /// <summary>True while something is done for a plan.</summary>
    public bool IsRunning(string name)
    {
        lock (_running) return _running.ContainsKey(name);
    }

    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        await _stop.CancelAsync(); // what is proven is withdrawn before the server ends
        Task[] running;
        lock (_running) running = [.. _running.Values];
        await Task.WhenAll(running).WaitAsync(cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await base.StopAsync(cancellationToken);
    }

    public override void Dispose()
    {
        _turns.Dispose();
        _wake.Dispose();
        _stop.Dispose();
        base.Dispose();
    }

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
        {
            var next = await StartDueAsync(stoppingToken);
            using var pause = new CancellationTokenSource(next, clock);
            using var either = CancellationTokenSource.CreateLinkedTokenSource(pause.Token, stoppingToken);
            await _wake.WaitAsync(either.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Starts what is due, and says how long to sleep.</summary>
    private async Task<TimeSpan> StartDueAsync(CancellationToken stoppingToken)
    {
        try
        {
            var sleep = LongestSleep;
            foreach (var plan in await store.ListAsync(stoppingToken))
            {
                if (IsRunning(plan.Name)) continue;
                var now = clock.GetUtcNow();
                var left = AcmeSchedule.NextFor(plan, await store.StateAsync(plan.Name, stoppingToken), managed, now) - now;
                if (_blocked.TryGetValue(plan.Name, out var until) && until - now > left) left = until - now;
                if (left <= TimeSpan.Zero) _ = RunAsync(plan.Name, isAsked: false);
                else if (left < sleep) sleep = left;
            }

            return sleep;
        }
        catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
        {
            AcmeLog.RoundFailed(log, fault, PauseAfterFault);
            return PauseAfterFault;
        }
        catch (OperationCanceledException)
        {
            return LongestSleep; // the server stops
        }
    }

    private async Task RunOnceAsync(string name, bool isAsked, Task before, TaskCompletionSource ended)
    {
        try
        {
            await before.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
            await _turns.WaitAsync(_stop.Token);
            try
            {
                _blocked.TryRemove(name, out _);
                if (!await work.RunAsync(name, isAsked, _stop.Token)) _blocked[name] = clock.GetUtcNow() + PauseAfterFault;
            }
            finally
            {
                _turns.Release();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The server stops.
        }
        catch (Exception fault)
        {
            AcmeLog.RoundFailed(log, fault, PauseAfterFault);
            _blocked[name] = clock.GetUtcNow() + PauseAfterFault;
        }
        finally
        {
            lock (_running)
            {
                if (_running.TryGetValue(name, out var latest) && latest == ended.Task) _running.Remove(name);
            }

            ended.SetResult();
            if (!_stop.IsCancellationRequested) _wake.Release();
        }
    }
}
