using Modus.Delivery.Remote;
using Modus.Mail.Addresses;
using Modus.Storage;

namespace Modus.Delivery.Queue;

/// <summary>
/// Works on the mail that is due for one domain, some messages at a time: as many as went well so far, up to the bound. When no host can
/// be reached the rest is put off without a connection each. Used by one.
/// </summary>
internal sealed class DestinationWork(
    Domain domain,
    HeldLeases leases,
    IQueue queue,
    RemoteDelivery delivery,
    HopHealth health,
    AttemptEnds ends,
    QueueOptions options,
    TimeProvider clock,
    WorkTokens work)
{
    private const int FirstLanes = 5; // Postfix: initial_destination_concurrency
    private const int MessagesPerLane = 10; // leased ahead, so that lanes seldom wait for each other

    /// <summary>A host that answers does so within seconds; one that keeps silent is waited for five minutes (RFC 5321 §4.5.3.2.1).</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>After so long others that wait get their turn.</summary>
    private static readonly TimeSpan Turn = TimeSpan.FromMinutes(1);

    private long _lastEnd = clock.GetTimestamp();
    private int _lanes = Math.Min(FirstLanes, options.ConnectionsPerDestination);
    private HopFault? _down;

    // Whole transactions, so that a message of many recipients is not cut into more than it must be.
    private int LeaseSize => Math.Max(_lanes * MessagesPerLane, options.RecipientsPerTransaction * (1 + (_lanes / MessagesPerLane)));

    /// <summary>True when nothing has come to an end for so long that it only waits for somebody: its place may go to others. Thread-safe.</summary>
    public bool IsWaiting => clock.GetElapsedTime(Interlocked.Read(ref _lastEnd)) >= Patience;

    /// <summary>Works until nothing is due, the turn is over, or the server stops.</summary>
    public async Task<WorkEnd> RunAsync()
    {
        var started = clock.GetTimestamp();
        for (var end = WorkEnd.Nothing; !work.Stopping.IsCancellationRequested; end = WorkEnd.Drained)
        {
            if (clock.GetElapsedTime(started) >= Turn) return WorkEnd.TurnOver;
            var entries = await leases.LeaseAsync(domain, LeaseSize, work.Abort);
            if (entries.Count == 0) return end;
            try
            {
                await RunAsync(OutgoingMessage.Group(entries, options.RecipientsPerTransaction));
            }
            finally
            {
                leases.Forget(entries); // what broke off becomes due when its lease runs out
            }
        }

        return WorkEnd.BrokenOff;
    }

    private async Task RunAsync(IReadOnlyList<OutgoingMessage> messages)
    {
        var lanes = new List<Task<DeliveryOutcome>>();
        var next = 0;
        try
        {
            while (true)
            {
                while (next < messages.Count && lanes.Count < _lanes && !work.Stopping.IsCancellationRequested)
                    lanes.Add(DeliverAsync(messages[next++]));
                if (lanes.Count == 0) break;
                var done = await Task.WhenAny(lanes);
                lanes.Remove(done);
                Adapt(await done);
            }
        }
        catch
        {
            await ((Task)Task.WhenAll(lanes)).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            throw;
        }

        await leases.ReturnAsync([.. messages.Skip(next).SelectMany(static message => message.Entries)]);
    }

    private async Task<DeliveryOutcome> DeliverAsync(OutgoingMessage message)
    {
        await Task.Yield(); // each lane by itself, whatever completes at once
        var down = _down;
        var outcome = down is not null || health.IsDown(message.Destination, out down)
            ? new DeliveryOutcome([.. message.Entries.Select(entry => DeliveryWalk.ToEnd(entry, down, $"As with other mail for it: {down.Text}"))], [])
            : await delivery.DeliverAsync(message, work);
        Interlocked.Exchange(ref _lastEnd, clock.GetTimestamp());
        await ends.WriteAsync(outcome.Ends, work.Abort);
        leases.Forget(outcome.Ends.Select(static end => end.Entry));
        await leases.ReturnAsync(outcome.Untried);
        if (outcome.Down is { } fault) health.SetDown(message.Destination, fault);
        else if (outcome.WasReached && health.SetUp(message.Destination)) await HurryAsync();
        return outcome;
    }

    // As TCP does: one more for each success, half for a failure.
    private void Adapt(DeliveryOutcome outcome)
    {
        if (outcome.Down is not null)
        {
            _lanes = Math.Max(1, _lanes / 2);
            if (domain.Name.Length > 0) _down = outcome.Down; // behind address literals each is a destination of its own
        }
        else if (!outcome.WasReached)
        {
            _lanes = Math.Max(1, _lanes / 2); // it takes fewer connections than these
        }
        else
        {
            _lanes = Math.Min(options.ConnectionsPerDestination, _lanes + 1);
            _down = null;
        }
    }

    // It was down and is back: what was put off untried need not wait for its time.
    private async ValueTask HurryAsync()
    {
        if (domain.Name.Length > 0) await queue.RetryAsync(new QueueFilter { Domain = domain, Limit = int.MaxValue }, clock.GetUtcNow(), work.Abort);
    }
}
