namespace Modus.Delivery.Published;

/// <summary>What the DNS has under a name. Immutable.</summary>
/// <param name="State">Whether there is something.</param>
/// <param name="Records">The records; empty unless found.</param>
/// <param name="IsSecure">True when DNSSEC proves the answer, also that there is nothing.</param>
/// <param name="CanonicalName">The name at the end of the aliases; the name asked for when there are none.</param>
/// <param name="Reason">Why nothing is known, in words; null otherwise.</param>
public sealed record PublishedAnswer<T>(PublishedState State, IReadOnlyList<T> Records, bool IsSecure, string CanonicalName, string? Reason);

/// <summary>Whether the DNS has something.</summary>
public enum PublishedState
{
    /// <summary>There are records.</summary>
    Found,

    /// <summary>There are none.</summary>
    Nothing,

    /// <summary>The DNS does not say, or what it says is bogus.</summary>
    Unknown,
}

/// <summary>A host that has a service (RFC 2782).</summary>
/// <param name="Host">Its name; empty when the service is decidedly not there.</param>
/// <param name="Port">Its port.</param>
public readonly record struct PublishedSrv(string Host, int Port);

/// <summary>A host that takes the mail of a domain.</summary>
/// <param name="Host">Its name; empty for the null MX (RFC 7505).</param>
/// <param name="Preference">Less is preferred.</param>
public readonly record struct PublishedHost(string Host, int Preference);
