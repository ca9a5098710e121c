using System.Text.Json.Serialization;
using Modus.Server.Admin.Operations;
using Modus.Tls;

namespace Modus.Server.Acme;

/// <summary>A certificate that an authority is to issue, again and again.</summary>
internal sealed record AcmePlan
{
    /// <summary>What it is called here: the name of the managed certificate.</summary>
    public required string Name { get; init; }

    /// <summary>The account that asks for it.</summary>
    public required string Account { get; init; }

    /// <summary>The host names, lower case, A-labels.</summary>
    public required string[] Hosts { get; init; }

    /// <summary>How it is proven that they are ours.</summary>
    public required AcmeChallenge Challenge { get; init; }

    /// <summary>The program that publishes TXT records; null but with DNS-01.</summary>
    public string? Hook { get; init; }

    /// <summary>The kinds of keys: one, or an ECDSA and an RSA one.</summary>
    public required KeyType[] Keys { get; init; }

    /// <summary>Which of the authority's kinds of certificates; null for the usual one.</summary>
    public string? Profile { get; init; }

    /// <summary>True to have the next certificate for the same key, so that TLSA records stay good.</summary>
    public bool ReuseKey { get; init; }

    /// <summary>What it is for once it is there; later <c>cert bind</c> says so.</summary>
    public CertificateBindingWish? Binding { get; init; }
}

/// <summary>An account at an authority. Its key signs requests, and goes nowhere but into a document with secrets.</summary>
internal sealed record StoredAcmeAccount
{
    public required string Name { get; init; }

    public required Uri Directory { get; init; }

    /// <summary>PKCS #8.</summary>
    public required byte[] Key { get; init; }

    /// <summary>URLs such as <c>mailto:anna@example.com</c>.</summary>
    public string[] Contacts { get; init; } = [];

    public bool AgreesToTerms { get; init; }

    public string? ExternalKeyId { get; init; }

    /// <summary>The MAC key of an account outside ACME.</summary>
    public byte[]? ExternalKey { get; init; }

    /// <summary>PEM: the only authorities that the directory's own certificate may come from; null for those of the system.</summary>
    public string? Roots { get; init; }

    public required DateTimeOffset Since { get; init; }
}

/// <summary>How it stands with a plan; survives restarts, so that an authority is not asked more often because of them.</summary>
internal sealed record AcmeState
{
    /// <summary>The kinds of keys for which a certificate was asked for by command that has not come.</summary>
    public KeyType[] Wanted { get; init; } = [];

    /// <summary>Attempts that failed one after the other.</summary>
    public int Failures { get; init; }

    /// <summary>Nothing before this: after a failure, or for a while after a certificate came.</summary>
    public DateTimeOffset? NotBefore { get; init; }

    public DateTimeOffset? LastAttempt { get; init; }

    /// <summary>Why the last attempt failed, and what to do; null when it did not.</summary>
    public string? Fault { get; init; }

    /// <summary>What the authority says of each certificate.</summary>
    public AcmeWindow[] Windows { get; init; } = [];
}

/// <param name="Certificate">Which one (RFC 9773 §4.1).</param>
/// <param name="Start">The window for its renewal; null when the authority says nothing.</param>
/// <param name="End">Its end.</param>
/// <param name="NextCheck">When the authority is asked again.</param>
internal sealed record AcmeWindow(string Certificate, DateTimeOffset? Start, DateTimeOffset? End, DateTimeOffset NextCheck);

[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(AcmePlan))]
[JsonSerializable(typeof(StoredAcmeAccount))]
[JsonSerializable(typeof(AcmeState))]
internal sealed partial class AcmeStoreJson : JsonSerializerContext;
