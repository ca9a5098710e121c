using Modus.Delivery.Authentication.Dkim;
using Modus.Mail.Addresses;

namespace Modus.Delivery.Authentication.Signing;

/// <summary>Where a key stands in its life.</summary>
public enum SigningKeyState
{
    /// <summary>Made, to be published; nothing is signed with it yet.</summary>
    Next,

    /// <summary>Signs.</summary>
    Active,

    /// <summary>Signs no more. Its record stays published for some days, for mail that is still under way; its secret is gone.</summary>
    Retired,
}

/// <summary>A key that a domain of ours signs with, as far as others may know it. Immutable.</summary>
public sealed record SigningKey
{
    /// <summary>The domain (d=).</summary>
    public required Domain Domain { get; init; }

    /// <summary>The selector (s=), in lower-case labels.</summary>
    public required string Selector { get; init; }

    /// <summary>What it signs with.</summary>
    public required SignatureAlgorithm Algorithm { get; init; }

    /// <summary>Where it stands.</summary>
    public required SigningKeyState State { get; init; }

    /// <summary>When it was made.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When it came into its state.</summary>
    public required DateTimeOffset Changed { get; init; }

    /// <summary>The public key: SubjectPublicKeyInfo of RSA, the 32 bytes of Ed25519.</summary>
    public required ReadOnlyMemory<byte> PublicKey { get; init; }

    /// <summary>The name under which it is published (RFC 6376 §3.6.2.1).</summary>
    public string RecordName => SignatureKeys.NameOf(Selector, Domain.Name);

    /// <summary>The text of its TXT record (RFC 6376 §3.6.1, RFC 8463 §4).</summary>
    public string RecordText =>
        $"v=DKIM1; k={(Algorithm == SignatureAlgorithm.RsaSha256 ? "rsa" : "ed25519")}; p={Convert.ToBase64String(PublicKey.Span)}";
}
