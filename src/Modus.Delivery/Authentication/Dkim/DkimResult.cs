using Modus.Mail.Addresses;

namespace Modus.Delivery.Authentication.Dkim;

/// <summary>What came of one signature.</summary>
/// <param name="Outcome">The outcome.</param>
/// <param name="Reason">Why it is no pass, in words; null for a pass.</param>
internal sealed record DkimResult(AuthenticationOutcome Outcome, string? Reason = null)
{
    /// <summary>d=; null when it cannot be read.</summary>
    public Domain? Domain { get; init; }

    /// <summary>s=; null when it cannot be read.</summary>
    public string? Selector { get; init; }

    /// <summary>a=; null when it is none that is known.</summary>
    public SignatureAlgorithm? Algorithm { get; init; }

    /// <summary>The first characters of b=, which tell the signatures of one domain apart (RFC 6008 §4).</summary>
    public string? SignatureStart { get; init; }

    /// <summary>The key record says t=y.</summary>
    public bool IsTest { get; init; }
}
