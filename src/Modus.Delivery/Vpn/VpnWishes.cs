namespace Modus.Delivery.Vpn;

/// <summary>What an administrator wants of an invitation.</summary>
/// <param name="PeerDomains">The domains that the partner may speak for, in lower-case A-labels.</param>
/// <param name="PeerAddresses">The addresses that it sends from; empty for the one from which it joins.</param>
/// <param name="Domains">Our domains; null for all.</param>
/// <param name="Addresses">The addresses that we send from; null for those of the listeners.</param>
/// <param name="Exchange">Under which <c>host:port</c> our https listener is reached; null for what was said before, else our name and its port.</param>
/// <param name="Valid">How long it is good.</param>
public sealed record VpnInviteWish(
    IReadOnlyList<string> PeerDomains, IReadOnlyList<string> PeerAddresses, IReadOnlyList<string>? Domains, IReadOnlyList<string>? Addresses, string? Exchange, TimeSpan Valid);

/// <summary>An invitation that was written.</summary>
/// <param name="Token">What the partner's administrator needs.</param>
/// <param name="Domains">The domains that the partner may speak for.</param>
/// <param name="Expires">Until when it is good.</param>
/// <param name="Exchange">Where it joins.</param>
public sealed record VpnInvited(string Token, IReadOnlyList<string> Domains, DateTimeOffset Expires, string Exchange);

/// <summary>What an administrator wants of a token.</summary>
/// <param name="Token">The token.</param>
/// <param name="Exchange">Under which <c>host:port</c> our https listener is reached; null as at an invitation.</param>
/// <param name="Confirmed">False to say only what it would do.</param>
public sealed record VpnJoinWish(string Token, string? Exchange, bool Confirmed);

/// <summary>What came of it, or would.</summary>
/// <param name="Partner">The partner.</param>
/// <param name="OwnDomains">Our domains that it will send to by our keys alone.</param>
/// <param name="IsDone">False when it was only looked at.</param>
public sealed record VpnJoined(VpnPartner Partner, IReadOnlyList<string> OwnDomains, bool IsDone);

/// <summary>What became of telling a partner.</summary>
/// <param name="Name">The partner.</param>
/// <param name="Fault">Why it could not be told; null when it was.</param>
public sealed record VpnTold(string Name, string? Fault);

/// <summary>A result, or why there is none.</summary>
/// <param name="Value">The result; null when there is none.</param>
/// <param name="Fault">A sentence; null when there is a result.</param>
public sealed record VpnResult<T>(T? Value, string? Fault)
    where T : class
{
    /// <summary>A fault is one whatever was wanted.</summary>
    public static implicit operator VpnResult<T>(VpnFault fault) => new(null, fault?.Text);
}

/// <summary>Why there is no result.</summary>
/// <param name="Text">A sentence.</param>
public sealed record VpnFault(string Text);

internal static class VpnResult
{
    public static VpnResult<T> Of<T>(T value)
        where T : class => new(value, null);

    public static VpnFault Fault(string text) => new(text);
}
