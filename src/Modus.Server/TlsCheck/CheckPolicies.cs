using Modus.Delivery.Published;

namespace Modus.Server.TlsCheck;

/// <summary>What is published about a server, to be compared with what it shows. Immutable.</summary>
/// <param name="Tlsa">What DANE says of it; null when nobody asked.</param>
/// <param name="Sts">What MTA-STS says of the domain whose mail it takes; null when no domain was named.</param>
/// <param name="Domain">That domain.</param>
internal sealed record CheckPolicies(PublishedTlsa? Tlsa, PublishedSts? Sts, string? Domain)
{
    /// <summary>True where the policy itself is told of, beside what it says of this server.</summary>
    public bool TellsOfSts { get; init; }

    public static readonly CheckPolicies None = new(null, null, null);
}
