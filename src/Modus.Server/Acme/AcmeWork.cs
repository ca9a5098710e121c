using Modus.Server.TlsCheck;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Server.Acme;

/// <summary>What there is to do for one plan: ask when to renew, obtain what is due, and keep what came of it. Thread-safe.</summary>
internal sealed class AcmeWork(AcmeStore store, AcmeIssuer issuer, ManagedCertificates managed, TimeProvider clock, ILogger<AcmeWork> log)
{
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(30); // hundred names, each with a poll or two
    private static readonly TimeSpan LongestAnswer = TimeSpan.FromMinutes(2);

    /// <summary>Does it.</summary>
    /// <param name="name">The plan.</param>
    /// <param name="isAsked">True when somebody asks for it: no back-off holds it up.</param>
    /// <param name="stop">Ends it.</param>
    /// <returns>False when the store did not keep what came of it.</returns>
    public async Task<bool> RunAsync(string name, bool isAsked, CancellationToken stop)
    {
        if (await store.FindAsync(name, stop) is not { } plan) return true;
        var state = await store.StateAsync(name, stop);
        if (!isAsked && state.NotBefore > clock.GetUtcNow()) return true;
        if (isAsked) state = state with { Wanted = plan.Keys };
        if (await store.FindAccountAsync(plan.Account, stop) is not { } account)
        {
            var gone = new AcmeFault(AcmeFaultKind.Refused, $"There is no account {plan.Account}.");
            return await FailAsync(plan, state, null, gone, null, stop);
        }

        state = await AskAsync(plan, state, account, stop);
        foreach (var type in plan.Keys)
        {
            using var before = AcmeCertificate.Find(managed, name, type);
            if (AcmeSchedule.FindReason(plan, state, type, before, clock.GetUtcNow()) is not { } why) continue;
            AcmeLog.Asking(log, account.Directory, name, $"{type}", why);
            if (await InTimeAsync(cancel => issuer.IssueAsync(plan, account, type, before, cancel), LongestRun, static late => late, stop) is { } fault)
                return await FailAsync(plan, state, account, fault, before, stop);

            using var after = AcmeCertificate.Find(managed, name, type)!;
            var now = clock.GetUtcNow();
            AcmeLog.Obtained(log, name, $"{type}", string.Join(", ", plan.Hosts), account.Directory, after.Leaf.NotAfter.ToUniversalTime(), AcmeSchedule.RenewAt(state, after));
            state = state with
            {
                Failures = 0, Fault = null, LastAttempt = now, NotBefore = now + AcmeSchedule.RestAfter(after), Wanted = [.. state.Wanted.Where(kind => kind != type)],
            };
            if (!await KeepAsync(name, state, stop)) return false; // a crash before the next kind of key asks for this one no more
        }

        return await KeepAsync(name, state, stop);
    }

    private async Task<T> InTimeAsync<T>(Func<CancellationToken, Task<T>> work, TimeSpan longest, Func<AcmeFault, T> late, CancellationToken stop)
    {
        using var deadline = new CancellationTokenSource(longest, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(deadline.Token, stop);
        try
        {
            return await work(either.Token);
        }
        catch (OperationCanceledException) when (deadline.IsCancellationRequested)
        {
            return late(new AcmeFault(AcmeFaultKind.Unavailable, $"It did not come to an end within {longest.TotalMinutes} minutes."));
        }
    }

    /// <summary>Asks the authority when it wants what is there to be renewed, where it is time to ask.</summary>
    private async Task<AcmeState> AskAsync(AcmePlan plan, AcmeState state, StoredAcmeAccount account, CancellationToken stop)
    {
        var windows = new List<AcmeWindow>();
        foreach (var type in plan.Keys)
        {
            using var there = AcmeCertificate.Find(managed, plan.Name, type);
            if (there?.Identifier is not { } identifier) continue;
            var known = AcmeSchedule.Find(state, there);
            windows.Add(known?.NextCheck > clock.GetUtcNow() ? known : await AskAsync(plan.Name, account, identifier, known, stop));
        }

        return state with { Windows = [.. windows] };
    }

    private async Task<AcmeWindow> AskAsync(string name, StoredAcmeAccount account, string identifier, AcmeWindow? known, CancellationToken stop)
    {
        var answer = await InTimeAsync(cancel => issuer.AskAsync(account, identifier, cancel), LongestAnswer, static late => late, stop);
        if (!answer.IsGood)
        {
            AcmeLog.WindowUnknown(log, account.Directory, name, Sentence(answer.Fault.Text));
            return new AcmeWindow(identifier, known?.Start, known?.End, clock.GetUtcNow() + AcmeRenewal.PauseAfterFault);
        }

        if (answer.Value is { Start: { } start, End: { } end } && (known?.Start != start || known.End != end)) AcmeLog.WindowChanged(log, account.Directory, name, start, end);
        return new AcmeWindow(identifier, answer.Value.Start, answer.Value.End, clock.GetUtcNow() + answer.Value.Pause);
    }

    private async Task<bool> FailAsync(
        AcmePlan plan, AcmeState state, StoredAcmeAccount? account, AcmeFault fault, AcmeCertificate? there, CancellationToken stop)
    {
        var now = clock.GetUtcNow();
        DateTimeOffset? ends = there?.Leaf.NotAfter.ToUniversalTime();
        var failures = state.Failures + 1;
        var next = now + AcmeRetry.After(failures, ends > now ? ends - now : null, fault.RetryAfter);
        var text = $"{Sentence(fault.Text)} {AcmeRetry.RemedyFor(fault, plan)}";
        if (ends is { } end && there!.IsObtained && end - now < there.Life / 6) AcmeLog.Urgent(log, plan.Name, end, failures, text, next);
        else AcmeLog.Failed(log, plan.Name, account?.Directory, failures, text, next);
        return await KeepAsync(plan.Name, state with { Failures = failures, NotBefore = next, LastAttempt = now, Fault = text }, stop);
    }

    private static string Sentence(string text) => StrangerText.Clean(text) is var clean && clean.EndsWith('.') ? clean : clean + ".";

    // A plan that was removed meanwhile leaves nothing behind.
    private async Task<bool> KeepAsync(string name, AcmeState state, CancellationToken stop) =>
        await store.FindAsync(name, stop) is null || await store.PutStateAsync(name, state, stop) == StoreOutcome.Done;
}
