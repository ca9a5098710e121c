using System.Security.Cryptography;

namespace Modus.Tls;

/// <summary>Who asks an authority: its directory, our key there, and what it wants to know of us.</summary>
public sealed record AcmeAccount
{
    /// <summary>The authority's directory (RFC 8555 §7.1.1), https.</summary>
    public required Uri Directory { get; init; }

    /// <summary>Our account key there: ECDSA P-256, the same for ever. The caller's to dispose.</summary>
    public required ECDsa Key { get; init; }

    /// <summary>Where the authority may write to; empty for nowhere.</summary>
    public IReadOnlyList<string> Contacts { get; init; } = [];

    /// <summary>True when somebody has read the authority's terms of service and agreed.</summary>
    public bool AgreesToTerms { get; init; }

    /// <summary>An account outside ACME that this one belongs to (RFC 8555 §7.3.4); null for none.</summary>
    public ExternalAccount? External { get; init; }
}

/// <summary>An account at the authority that was made outside ACME (RFC 8555 §7.3.4).</summary>
/// <param name="KeyId">The key identifier that the authority gave.</param>
/// <param name="MacKey">The MAC key that it gave, decoded; its owner wipes it.</param>
public sealed record ExternalAccount(string KeyId, ReadOnlyMemory<byte> MacKey);
