namespace Modus.Delivery.Dns.Dnssec;

/// <summary>What is known of the zone that a name is in. Immutable.</summary>
/// <param name="Zone">The zone and its keys; null when it is not signed, or nobody knows.</param>
/// <param name="Fault">Why nobody knows, in words; null when it is known.</param>
/// <param name="Expires">Until when.</param>
internal sealed record ZoneTrust(SecureZone? Zone, string? Fault, DateTimeOffset Expires)
{
    /// <summary>It is proven that the zone is not signed: everything in it is insecure.</summary>
    public bool IsInsecure => Zone is null && Fault is null;
}

/// <summary>What a zone says of a name below its apex: whether another zone begins there. Immutable.</summary>
/// <param name="Kind">What it says.</param>
/// <param name="Signers">The DS records when a signed zone begins there.</param>
/// <param name="Fault">Why nobody knows, in words.</param>
/// <param name="Expires">Until when.</param>
internal sealed record ZoneCut(CutKind Kind, IReadOnlyList<DelegationSigner> Signers, string? Fault, DateTimeOffset Expires);

/// <summary>What a zone says of a name.</summary>
internal enum CutKind
{
    /// <summary>The name is in the zone.</summary>
    None,

    /// <summary>A signed zone begins there.</summary>
    Signed,

    /// <summary>A zone begins there that is not signed, or in ways that are not supported.</summary>
    Unsigned,

    /// <summary>The name is not there, nor any below it.</summary>
    NoName,

    /// <summary>Nobody knows.</summary>
    Failed,
}
