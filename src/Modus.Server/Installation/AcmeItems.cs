using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using Modus.Server.Admin.Operations;

namespace Modus.Server.Installation;

internal sealed record AcmeAccountItem
{
    public required string Name { get; init; }

    [Description("The https URL of the authority's directory; or letsencrypt, letsencrypt-staging.")]
    public required string Directory { get; init; }

    [Description("E-mail addresses that the authority may write to.")]
    public IReadOnlyList<string> Contacts { get; set; } = [];

    [Description("The key identifier of an account outside ACME, where the authority wants one.")]
    public string? ExternalKeyId { get; init; }

    [Description("Secret. Base64: the MAC key of that account; without it the account must be there already.")]
    public byte[]? ExternalKey { get; init; }

    [Description("PEM: the only authorities that the directory's own certificate may come from; without it those of the system.")]
    public string? Roots { get; init; }

    [Description("When it was made.")]
    public required DateTimeOffset Since { get; init; }

    [Description("Base64: SubjectPublicKeyInfo of its key, on P-256.")]
    public required byte[] PublicKey { get; init; }

    [Description("Secret. Base64: PKCS #8; without it the account must be there already.")]
    public byte[]? Secret { get; init; }
}

internal sealed record AcmeItem
{
    [Description("The name of the certificate.")]
    public required string Name { get; init; }

    [Description("The account that asks for it.")]
    public required string Account { get; init; }

    [MinLength(1)]
    [MaxLength(AcmeFaults.MaxHosts)]
    public required IReadOnlyList<string> Hosts { get; init; }

    [AllowedValues("tls-alpn-01", "http-01", "dns-01")]
    public required string Challenge { get; init; }

    [Description("The program that publishes TXT records, a full path; with dns-01 alone. The program itself is not part of this document.")]
    public string? Hook { get; init; }

    [Description("The kinds of keys: ecdsa, ecdsa384, rsa2048, rsa3072, rsa4096; one, or an ECDSA and an RSA one.")]
    [MinLength(1)]
    [MaxLength(2)]
    public IReadOnlyList<string> Keys { get; set; } = ["ecdsa"];

    [Description("Which of the authority's kinds of certificates; without it the usual one.")]
    public string? Profile { get; init; }

    [Description("Keeps the key when the certificate is renewed.")]
    public bool ReuseKey { get; init; }

    [Description("What the first certificate is for; later what certificates says.")]
    public AcmeBindingItem? Binding { get; init; }
}

/// <summary>What is not there was not said.</summary>
internal sealed record AcmeBindingItem
{
    [Description("The local addresses that it is served on; none for all.")]
    public IReadOnlyList<string>? Addresses { get; init; }

    [Description("The host names that it is served for; none for those that it has.")]
    public IReadOnlyList<string>? Names { get; init; }

    [Description("The protocols that it is served for; none for all.")]
    public IReadOnlyList<string>? Protocols { get; init; }

    [Description("Served where nothing else fits.")]
    public bool? Default { get; init; }
}
