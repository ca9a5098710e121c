namespace Modus.Tls;

/// <summary>Where a managed certificate came from.</summary>
public enum CertificateOrigin
{
    /// <summary>Brought with its key.</summary>
    Import,

    /// <summary>Signed with its own key, here.</summary>
    SelfSigned,

    /// <summary>Issued for a request that was made here.</summary>
    Csr,

    /// <summary>Issued by the private authority here.</summary>
    Ca,

    /// <summary>Obtained and renewed by ACME.</summary>
    Acme,
}

/// <summary>A certificate under a name of its own, with at most one of each kind of key, and what it is for.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Binding">What it is for.</param>
/// <param name="Keys">The certificates, ECDSA before RSA.</param>
/// <param name="Pending">The keys for which certificates were requested and have not come yet.</param>
public sealed record ManagedCertificate(
    string Name, CertificateBinding Binding, IReadOnlyList<ManagedKey> Keys, IReadOnlyList<PendingKey> Pending);

/// <summary>A certificate with its key.</summary>
/// <param name="IsEcdsa">True for an ECDSA key, false for an RSA key.</param>
/// <param name="Origin">Where it came from.</param>
/// <param name="Since">When it came.</param>
/// <param name="ChainFile">PEM: the certificate and what stands above it.</param>
/// <param name="KeyFile">PEM: the private key, readable by the server's account alone.</param>
/// <param name="Tolerated">The faults in spite of which it is served, because somebody insisted.</param>
public sealed record ManagedKey(
    bool IsEcdsa, CertificateOrigin Origin, DateTimeOffset Since, string ChainFile, string KeyFile, IReadOnlyList<CertificateFaultKind> Tolerated);

/// <summary>A key that waits for its certificate.</summary>
/// <param name="IsEcdsa">True for an ECDSA key, false for an RSA key.</param>
/// <param name="Since">When it was made.</param>
/// <param name="RequestFile">PEM: the request for the authority.</param>
/// <param name="KeyFile">PEM: the private key.</param>
public sealed record PendingKey(bool IsEcdsa, DateTimeOffset Since, string RequestFile, string KeyFile);

/// <summary>A certificate that is to be kept.</summary>
/// <param name="Name">The name that it gets, or whose certificate with the same kind of key it replaces.</param>
/// <param name="ChainPem">PEM: the certificate, and what stands above it, in any order.</param>
/// <param name="KeyPem">PEM: its private key, not encrypted; null when the name has the key already, of a request or of the certificate before.</param>
/// <param name="Origin">Where it comes from.</param>
/// <param name="By">Who asks, for the log.</param>
public sealed record CertificatePut(string Name, string ChainPem, string? KeyPem, CertificateOrigin Origin, string By)
{
    /// <summary>What it is for; null for what the name is bound to until now, or everywhere when it is new.</summary>
    public CertificateBinding? Binding { get; init; }

    /// <summary>True to take it with every fault in spite of which it can still be served.</summary>
    public bool Force { get; init; }
}

/// <summary>What came of a change.</summary>
public enum CertificateOutcome
{
    /// <summary>Done, durable, and served from the next handshake on.</summary>
    Done,

    /// <summary>The name is none that a certificate can have.</summary>
    InvalidName,

    /// <summary>There is no certificate of this name.</summary>
    NotFound,

    /// <summary>Something is wrong with the certificate.</summary>
    Refused,

    /// <summary>There are <see cref="ManagedCertificates.MaxCertificates"/> already.</summary>
    TooMany,

    /// <summary>It is the last one that is served where nothing else fits.</summary>
    LastDefault,
}

/// <summary>What came of a change, and why.</summary>
/// <param name="Outcome">Done or not.</param>
/// <param name="Certificate">The certificate as it is now; null when nothing was done or it is gone.</param>
/// <param name="Faults">What is wrong with it, each with its remedy; when it was taken nevertheless, that what was overlooked.</param>
public sealed record CertificateChange(
    CertificateOutcome Outcome, ManagedCertificate? Certificate, IReadOnlyList<CertificateFault> Faults)
{
    internal static CertificateChange Not(CertificateOutcome outcome) => new(outcome, null, []);
}
