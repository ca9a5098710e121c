namespace Modus.Server.Admin.Operations;

/// <summary>A change of what a certificate is for; what is null stays as it is.</summary>
/// <param name="Addresses">Local addresses; empty for all.</param>
/// <param name="Names">Host names; empty for those in the certificate.</param>
/// <param name="Protocols">Protocols; empty for all.</param>
/// <param name="IsDefault">Served where nothing else fits.</param>
internal sealed record CertificateBindingWish(string[]? Addresses, string[]? Names, string[]? Protocols, bool? IsDefault);

/// <param name="Name">The name that it gets.</param>
/// <param name="ChainPem">PEM: the certificate and what stands above it.</param>
/// <param name="KeyPem">PEM: its key, not encrypted; null when the server has it.</param>
/// <param name="Binding">What it is for.</param>
/// <param name="Force">True to take it in spite of what is wrong with it.</param>
internal sealed record CertificateWish(string Name, string ChainPem, string? KeyPem, CertificateBindingWish Binding, bool Force);

/// <param name="Name">Its name.</param>
/// <param name="Binding">What it is for from now on.</param>
internal sealed record CertificateBindWish(string Name, CertificateBindingWish Binding);

/// <param name="Name">Its name.</param>
/// <param name="Force">True to remove even the last one.</param>
internal sealed record CertificateRemoval(string Name, bool Force);

/// <param name="Name">The name that it gets.</param>
/// <param name="Key">The kind of key: one of those of `--key`.</param>
/// <param name="Hosts">The host names.</param>
/// <param name="Subject">What else the subject says; null for nothing.</param>
/// <param name="ReuseKey">True to ask for the key that is in use.</param>
internal sealed record CertificateRequestWish(string Name, string Key, string[] Hosts, string? Subject, bool ReuseKey);

/// <param name="Name">The name that it gets.</param>
/// <param name="Key">The kind of key.</param>
/// <param name="Hosts">The host names.</param>
/// <param name="Days">How long it is good.</param>
/// <param name="Binding">What it is for.</param>
internal sealed record SelfSignedWish(string Name, string Key, string[] Hosts, int Days, CertificateBindingWish Binding);

/// <param name="Pem">The request, for the authority.</param>
/// <param name="Text">What was done, and what comes next.</param>
internal sealed record CertificateRequestRow(string Pem, string Text);

/// <param name="Certificate">The certificate as it is served now.</param>
/// <param name="Overlooked">What is wrong with it nevertheless.</param>
internal sealed record CertificatePutRow(CertificateRow Certificate, string[] Overlooked);

/// <param name="Faults">What is wrong, each with its kind.</param>
/// <param name="UnknownIssuer">Who issued the last of the chain, when this machine knows no such root; null otherwise.</param>
internal sealed record CertificateCheckRow(CertificateFaultRow[] Faults, string? UnknownIssuer);

/// <param name="Source">Which certificate.</param>
/// <param name="Kind">The kind of fault.</param>
/// <param name="Reason">The fault and its remedy.</param>
internal sealed record CertificateFaultRow(string Source, string Kind, string Reason);

/// <param name="Addresses">Local addresses; empty for all.</param>
/// <param name="Names">The names that it is served for.</param>
/// <param name="Protocols">Protocols; empty for all.</param>
/// <param name="IsDefault">Served where nothing else fits.</param>
internal sealed record CertificateBindingRow(string[] Addresses, string[] Names, string[] Protocols, bool IsDefault);

/// <summary>A certificate with all that an administrator asks about it.</summary>
internal sealed record CertificateRow
{
    /// <summary>The name of a managed one, the file or store entry of a configured one.</summary>
    public required string Name { get; init; }

    /// <summary>Where it came from: import, self-signed, csr, ca, acme; configured; last-resort.</summary>
    public required string Origin { get; init; }

    /// <summary>Such as <c>ECDSA 256</c>.</summary>
    public required string Key { get; init; }

    public required string Subject { get; init; }

    public required string Issuer { get; init; }

    public required string SerialNumber { get; init; }

    /// <summary>The DNS names that it has.</summary>
    public required string[] Names { get; init; }

    public required DateTimeOffset NotBefore { get; init; }

    public required DateTimeOffset NotAfter { get; init; }

    /// <summary>Whole days until it expires; negative when it has.</summary>
    public required int DaysLeft { get; init; }

    /// <summary>The subjects above it.</summary>
    public required string[] Chain { get; init; }

    /// <summary>Who issued the last of the chain, when this machine knows no such root; null otherwise.</summary>
    public string? UnknownIssuer { get; init; }

    /// <summary>SHA-256 of the certificate, lower-case hex.</summary>
    public required string Sha256 { get; init; }

    /// <summary>SHA-256 of the SubjectPublicKeyInfo, lower-case hex.</summary>
    public required string KeySha256 { get; init; }

    /// <summary>The TLSA record to publish for its key (RFC 6698 §2.1, RFC 7672 §3.1): usage, selector, matching type, association.</summary>
    public required string Tlsa { get; init; }

    public required CertificateBindingRow Binding { get; init; }

    /// <summary>True when it is served now.</summary>
    public required bool IsServed { get; init; }

    /// <summary>What is wrong with it.</summary>
    public required string[] Faults { get; init; }

    /// <summary>The certificate and its chain.</summary>
    public required string Pem { get; init; }
}

/// <param name="Name">The name that its certificate will have.</param>
/// <param name="Key">The kind of key.</param>
/// <param name="Since">When it was made.</param>
/// <param name="Tlsa">The TLSA record to publish for the key before its certificate is served (RFC 7671 §8.1).</param>
/// <param name="Pem">The request.</param>
internal sealed record PendingRow(string Name, string Key, DateTimeOffset Since, string Tlsa, string Pem);

/// <param name="Certificates">The certificates.</param>
/// <param name="Pending">The requests whose certificates have not come.</param>
/// <param name="Faults">All that is wrong.</param>
/// <param name="Uncovered">Those of the names asked about for which no certificate is there.</param>
internal sealed record CertificateListRow(CertificateRow[] Certificates, PendingRow[] Pending, CertificateFaultRow[] Faults, string[] Uncovered);

/// <param name="Name">Only this managed certificate; null for all.</param>
/// <param name="Hosts">Names that should be covered.</param>
internal sealed record CertificateQuery(string? Name, string[] Hosts);
