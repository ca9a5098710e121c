using Modus.Server.TlsCheck;

namespace Modus.Server.Doctor;

/// <summary>Makes examinations side by side, and gives each its time and the whole its own.</summary>
internal sealed class DoctorRound(TimeProvider clock)
{
    /// <summary>The time of the whole: nobody waits longer for a command.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The time of one examination: two visits of <see cref="CheckCall.Patience"/> that go wrong.</summary>
    public static readonly TimeSpan EachPatience = TimeSpan.FromSeconds(30);

    // As many as resolvers and our own listeners take from one address without counting them as an attack.
    private const int AtOnce = 12;

    public async ValueTask<IReadOnlyList<DoctorFinding>> RunAsync(IReadOnlyList<Examination> examinations, CancellationToken cancellationToken)
    {
        using var end = new CancellationTokenSource(Patience, clock);
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(end.Token, cancellationToken);
        using var room = new SemaphoreSlim(AtOnce);
        var all = await Task.WhenAll(examinations.Select(examination => MakeAsync(examination, room, stop.Token, cancellationToken)));
        return Join(all.SelectMany(static found => found));
    }

    private async Task<IReadOnlyList<DoctorFinding>> MakeAsync(
        Examination examination, SemaphoreSlim room, CancellationToken stop, CancellationToken caller)
    {
        var notes = new DoctorNotes(examination.Area, examination.Where);
        if (!await EnterAsync(room, stop, caller))
        {
            notes.Warn($"Not looked at: the {Patience.TotalSeconds:0} seconds of the whole were over.", "modus doctor --domain DOMAIN");
            return notes.All;
        }

        using var deadline = new CancellationTokenSource(EachPatience, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        try
        {
            // What is asked may not end when it is told to; the waiting for it does.
            await examination.LookAsync(notes, either.Token).AsTask().WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            notes.Warn("Not looked at to the end: something does not answer in time.");
        }
        finally
        {
            room.Release();
        }

        return notes.All;
    }

    // A place may come free at the very moment at which the time is over.
    private static async ValueTask<bool> EnterAsync(SemaphoreSlim room, CancellationToken stop, CancellationToken caller)
    {
        try
        {
            await room.WaitAsync(stop);
        }
        catch (OperationCanceledException) when (!caller.IsCancellationRequested)
        {
            return false;
        }

        if (!stop.IsCancellationRequested) return true;
        room.Release();
        caller.ThrowIfCancellationRequested();
        return false;
    }

    // What is said of many things in the same words is said once: a certificate of eight listeners.
    private static List<DoctorFinding> Join(IEnumerable<DoctorFinding> findings) =>
        [.. findings
            .GroupBy(static one => (one.Area, one.Severity, one.What, Remedy: string.Join('\n', one.Remedy)))
            .Select(static same => same.First() with { Where = [.. same.SelectMany(static one => one.Where).Distinct()] })];
}
