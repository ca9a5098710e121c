using System.Net;
using Microsoft.Extensions.Logging;
using Modus.Mail.Addresses;
using Modus.Protocols.Sasl.Passwords;
using Modus.Protocols.Sasl.Throttling;
using Modus.Storage;

namespace Modus.Protocols.Sasl;

/// <summary>Where one login comes from.</summary>
internal readonly record struct LoginOrigin(string Mechanism, IPAddress? RemoteAddress);

/// <summary>Somebody who wants in: a name, and what to check the proof with. Of nobody when there is none by that name.</summary>
internal sealed record Candidate(string Key, IdentityRecord? Record, ScramVerifier Verifier);

/// <summary>
/// The way in that all mechanisms share: throttle, search, verdict, log. It gives the same answers in the same time for names
/// that exist and names that do not. Thread-safe.
/// </summary>
internal sealed class LoginGate(
    IIdentitySource source, DecoyVerifier decoy, LoginThrottle throttle, ILogger log)
{
    /// <summary>Finds the candidate.</summary>
    /// <returns>Null when the client has to try later.</returns>
    public async ValueTask<Candidate?> AdmitAsync(string name, LoginOrigin origin, CancellationToken cancellationToken)
    {
        var key = ToKey(name);
        if (!IsWelcome(key, origin)) return null;
        try
        {
            var record = await source.FindAsync(name, cancellationToken);
            return new Candidate(key, record, record?.Verifier ?? decoy.For(key));
        }
        catch (Exception fault) when (fault is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            log.SourceFailed(fault);
            return null;
        }
    }

    public bool IsWelcome(string key, LoginOrigin origin)
    {
        if (!throttle.IsRefused(origin.RemoteAddress, key)) return true;
        log.Throttled(origin.RemoteAddress);
        return false;
    }

    /// <summary>Lets the candidate in or not, and keeps the books.</summary>
    /// <param name="candidate">Who it is about.</param>
    /// <param name="origin">Where from.</param>
    /// <param name="isProved">Whether the proof held.</param>
    /// <param name="isRepeated">The same wrong proof as before; it does not count again.</param>
    /// <returns>Who is in; null when nobody is.</returns>
    public Identity? Decide(Candidate candidate, LoginOrigin origin, bool isProved, bool isRepeated = false)
    {
        if (isProved && candidate.Record is { Enabled: true, Identity: var identity })
        {
            throttle.Succeeded(origin.RemoteAddress, candidate.Key);
            log.LoggedIn(identity.Address, origin.Mechanism, origin.RemoteAddress);
            return identity;
        }

        if (!isRepeated) throttle.Failed(origin.RemoteAddress, candidate.Key);
        if (candidate.Record is not { } record) log.NoSuchAccount(origin.Mechanism, origin.RemoteAddress);
        else if (isProved) log.AccountDisabled(record.Identity.Address, origin.Mechanism, origin.RemoteAddress);
        else log.WrongPassword(record.Identity.Address, origin.Mechanism, origin.RemoteAddress);
        return null;
    }

    public void ReportChannelBinding(LoginOrigin origin) => log.ChannelBindingFailed(origin.Mechanism, origin.RemoteAddress);

    public void ReportCrowd(LoginOrigin origin, int waiting) => log.TooManyWaiting(origin.RemoteAddress, waiting);

    // Spellings that name one account count, and are salted, as one.
    private static string ToKey(string name) =>
        EmailAddress.TryParse(name, out var address) ? address.ToLookupKey() : name.ToLowerInvariant();
}
