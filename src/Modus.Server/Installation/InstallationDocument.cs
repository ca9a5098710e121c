using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Text.Json.Serialization;

namespace Modus.Server.Installation;

/// <summary>
/// What an administrator has decided, as one document. Its schema is made from these types. A list that is not there says nothing about
/// its subject; one that is there says everything.
/// </summary>
internal sealed record InstallationDocument
{
    public const string FormatWord = "modus-installation";

    /// <summary>Grows when an older program could not read what a newer one writes.</summary>
    public const int CurrentVersion = 1;

    [JsonPropertyName("$schema")]
    [Description("Where an editor finds this schema. Not looked at.")]
    public string? Schema { get; init; }

    [Description("What the document is.")]
    [AllowedValues(FormatWord)]
    public required string Format { get; init; }

    [Description("The version of the format.")]
    [Range(CurrentVersion, CurrentVersion)]
    public required int Version { get; init; }

    [Description("Settings that change while the server runs, where a command set them: above modus.json.")]
    public IReadOnlyList<SettingItem>? Settings { get; init; }

    [Description("The domains that this server is responsible for.")]
    public IReadOnlyList<DomainItem>? Domains { get; init; }

    [Description("The accounts. An account without a password gets one that nobody knows when it is not there yet.")]
    public IReadOnlyList<AccountItem>? Accounts { get; init; }

    [Description("Other names for addresses.")]
    public IReadOnlyList<AliasItem>? Aliases { get; init; }

    [Description("Where mail goes instead of to the hosts that its domain names in the DNS.")]
    public IReadOnlyList<RouteItem>? Routes { get; init; }

    [Description("What is demanded of connections with others. The rules of the e-mail VPN belong to its partners.")]
    public IReadOnlyList<PeerItem>? Peers { get; init; }

    [Description("The partners of the e-mail VPN.")]
    public IReadOnlyList<PartnerItem>? Partners { get; init; }

    [Description("The key by which partners of the e-mail VPN know this gateway. At most one.")]
    public IReadOnlyList<VpnIdentityItem>? VpnIdentity { get; init; }

    [Description("Who may ask for waiting mail by ETRN.")]
    public IReadOnlyList<EtrnItem>? Etrn { get; init; }

    [Description("The MTA-STS policies that this server publishes.")]
    public IReadOnlyList<StsItem>? Sts { get; init; }

    [Description("Where others mail their reports about TLS. At most one.")]
    public IReadOnlyList<TlsReportItem>? TlsReports { get; init; }

    [Description("Domains whose DMARC policy is not enforced.")]
    public IReadOnlyList<DmarcExceptionItem>? DmarcExceptions { get; init; }

    [Description("The keys that mail is signed with, those that signed before left out.")]
    public IReadOnlyList<DkimItem>? Dkim { get; init; }

    [Description("Next hops of which an administrator pinned the key.")]
    public IReadOnlyList<PinItem>? Pins { get; init; }

    [Description("The certificates that are managed by command, and what each is for.")]
    public IReadOnlyList<CertificateItem>? Certificates { get; init; }

    [Description("Accounts at authorities that speak ACME, whose terms somebody has agreed to.")]
    public IReadOnlyList<AcmeAccountItem>? AcmeAccounts { get; init; }

    [Description("The certificates that authorities issue and renew by ACME.")]
    public IReadOnlyList<AcmeItem>? Acme { get; init; }
}

internal sealed record SettingItem
{
    [Description("Its key in modus.json, such as pop3.encryption.")]
    public required string Key { get; init; }

    [Description("Its value, as `modus config set` takes it.")]
    public required string Value { get; init; }
}

internal sealed record DomainItem
{
    public required string Name { get; init; }

    [Description("Where mail for unknown addresses goes; without it such mail is refused.")]
    public string? CatchAll { get; init; }
}

// Members with a value of their own can be set later: what is initialized, the generated reader gives null when it is left out.
internal sealed record AccountItem
{
    [Description("The address, which is the login name too.")]
    public required string Address { get; init; }

    [Description("False: takes no mail and lets nobody in.")]
    public bool Enabled { get; set; } = true;

    [Description("The most bytes that its mail may take; without it there is no limit.")]
    [Range(1, long.MaxValue)]
    public long? Quota { get; init; }

    [Description("IMAP capabilities that are not offered to it.")]
    public IReadOnlyList<string> WithoutCapabilities { get; set; } = [];

    [Description("Secret. What its password is checked with; without it the password stays.")]
    public PasswordItem? Password { get; init; }
}

/// <summary>A verifier of SCRAM-SHA-256 (RFC 5802 §3).</summary>
internal sealed record PasswordItem
{
    [Description("Base64, 16 bytes or more.")]
    public required byte[] Salt { get; init; }

    // Each login computes them: with more, one document would keep everybody out.
    [Range(4096, 2_000_000)]
    public required int Iterations { get; init; }

    [Description("Base64, 32 bytes.")]
    public required byte[] StoredKey { get; init; }

    [Description("Base64, 32 bytes.")]
    public required byte[] ServerKey { get; init; }
}

internal sealed record AliasItem
{
    public required string Address { get; init; }

    [MinLength(1)]
    public required IReadOnlyList<string> Targets { get; init; }
}

internal sealed record DkimItem
{
    public required string Domain { get; init; }

    public required string Selector { get; init; }

    public required DkimKind Algorithm { get; init; }

    [Description("next: to be published; active: signs.")]
    public required DkimStage State { get; init; }

    public required DateTimeOffset Created { get; init; }

    [Description("When it came into its state.")]
    public required DateTimeOffset Changed { get; init; }

    [Description("Base64: SubjectPublicKeyInfo of rsa, the 32 bytes of ed25519.")]
    public required byte[] PublicKey { get; init; }

    [Description("Secret. Base64: PKCS #8 of rsa, the 32 bytes of ed25519; without it the key must be there already.")]
    public byte[]? Secret { get; init; }
}

internal enum DkimKind
{
    Rsa,
    Ed25519,
}

internal enum DkimStage
{
    Next,
    Active,
}

internal sealed record CertificateItem
{
    public required string Name { get; init; }

    [Description("The local addresses that it is served on; none for all.")]
    public IReadOnlyList<string> Addresses { get; set; } = [];

    [Description("The host names that it is served for; none for those that it has.")]
    public IReadOnlyList<string> Names { get; set; } = [];

    [Description("The protocols that it is served for; none for all.")]
    public IReadOnlyList<string> Protocols { get; set; } = [];

    [Description("Served where nothing else fits.")]
    public bool Default { get; init; }

    [Description("At most one with an ECDSA and one with an RSA key.")]
    [MinLength(1)]
    [MaxLength(2)]
    public required IReadOnlyList<CertificateKeyItem> Keys { get; init; }
}

internal sealed record CertificateKeyItem
{
    public Modus.Tls.CertificateOrigin Origin { get; init; }

    [Description("PEM: the certificate and what stands above it.")]
    public required string Chain { get; init; }

    [Description("Secret. PEM, PKCS #8; without it the certificate must be there already.")]
    public string? Key { get; init; }

    [Description("Faults in spite of which it is served.")]
    public IReadOnlyList<Modus.Tls.CertificateFaultKind> Tolerated { get; set; } = [];
}
