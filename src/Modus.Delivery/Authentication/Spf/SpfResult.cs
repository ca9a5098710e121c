using Modus.Mail.Addresses;

namespace Modus.Delivery.Authentication.Spf;

/// <summary>What came of an SPF check.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Reason">Why it could not be checked, in words; null otherwise.</param>
internal sealed record SpfResult(AuthenticationOutcome Outcome, string? Reason = null)
{
    /// <summary>The domain that was checked; null when there was none.</summary>
    public Domain? Domain { get; init; }

    /// <summary>True when the reverse-path was null, so that the client's name was checked.</summary>
    public bool IsHelo { get; init; }
}
