using Modus.Delivery.OutboundTls;
using Modus.Delivery.OutboundTls.MtaSts;

namespace Modus.Delivery.Published;

/// <summary>What a domain publishes by MTA-STS, asked anew. Immutable.</summary>
public sealed record PublishedSts
{
    private readonly StsPolicy? _policy;

    internal PublishedSts(string? id, StsPolicy? policy, string? fault) => (Id, _policy, Fault) = (id, policy, fault);

    /// <summary>The id that its TXT record announces; null when there is no proper record.</summary>
    public string? Id { get; }

    /// <summary>What is wrong, in words: a record that announces nothing, or a policy that is not to be had; null when nothing is.</summary>
    public string? Fault { get; }

    /// <summary>True when the DNS does not say whether there is a record.</summary>
    public bool IsUnknown { get; internal init; }

    /// <summary><c>enforce</c>, <c>testing</c> or <c>none</c>; null without a policy.</summary>
    public string? Mode => _policy is null ? null : StsText.ToWord(_policy.Mode);

    /// <summary>True when others do not deliver where the policy is not met.</summary>
    public bool IsEnforced => _policy?.Mode == StsMode.Enforce;

    /// <summary>True when the policy says something of hosts: it is there, and not taken back.</summary>
    public bool Counts => _policy is { Mode: not StsMode.None };

    /// <summary>The hosts that it names; empty without a policy.</summary>
    public IReadOnlyList<string> MxPatterns => _policy?.MxPatterns ?? [];

    /// <summary>How long others keep it; zero without a policy.</summary>
    public TimeSpan MaxAge => _policy?.MaxAge ?? TimeSpan.Zero;

    /// <summary>Whether a host is one of those that the policy names (RFC 8461 §4.1).</summary>
    public bool Covers(string host) => _policy?.Covers(host) ?? false;
}
