namespace Modus.Server.TlsCheck;

/// <summary>What was found at a server.</summary>
/// <param name="Name">The name that was asked for.</param>
/// <param name="Address">Address and port.</param>
/// <param name="Protocol">What was spoken.</param>
/// <param name="Works">False when a finding is a fault.</param>
/// <param name="Tls13">Whether TLS 1.3 is offered; null without any TLS.</param>
/// <param name="Tls12">Whether TLS 1.2 is offered; null without any TLS.</param>
/// <param name="Version">What was chosen, such as <c>TLS1.3</c>; null without TLS, as the others.</param>
/// <param name="CipherSuite">The cipher suite.</param>
/// <param name="Group">The key exchange group; null when it cannot be told.</param>
/// <param name="Resumed">Whether a second connection took up the session of the first; null when not asked, or when it cannot be told.</param>
/// <param name="Verified">Whether the certificate is good for the name.</param>
/// <param name="Certificate">The chosen certificate.</param>
/// <param name="Ecdsa">What a client gets that can do ECDSA alone, in TLS 1.2; null when nothing, or when it cannot be told.</param>
/// <param name="Rsa">As <paramref name="Ecdsa"/>, for RSA.</param>
/// <param name="Findings">A sentence for each thing, in the order in which they were asked.</param>
internal sealed record TlsCheckReport(
    string Name, string Address, string Protocol, bool Works, bool? Tls13, bool? Tls12, string? Version, string? CipherSuite, string? Group,
    bool? Resumed, bool Verified, CheckedCertificate? Certificate, CheckedCertificate? Ecdsa, CheckedCertificate? Rsa,
    IReadOnlyList<TlsCheckFinding> Findings);

/// <summary>A certificate that was shown.</summary>
/// <param name="Subject">Its subject.</param>
/// <param name="Issuer">Its issuer.</param>
/// <param name="Names">Its names.</param>
/// <param name="NotBefore">From when it is good.</param>
/// <param name="NotAfter">Until when.</param>
/// <param name="Key">Such as <c>RSA 2048</c>.</param>
/// <param name="KeySha256">SHA-256 of its SubjectPublicKeyInfo, lower-case hex, as in TLSA <c>3 1 1</c>.</param>
internal sealed record CheckedCertificate(
    string Subject, string Issuer, IReadOnlyList<string> Names, DateTimeOffset NotBefore, DateTimeOffset NotAfter, string Key, string KeySha256);

/// <summary>A sentence about one thing.</summary>
/// <param name="Level">How bad it is.</param>
/// <param name="Text">The sentence.</param>
internal sealed record TlsCheckFinding(FindingLevel Level, string Text);

/// <summary>How bad a finding is.</summary>
internal enum FindingLevel
{
    /// <summary>As it should be.</summary>
    Ok,

    /// <summary>Worth knowing.</summary>
    Note,

    /// <summary>Will be a fault.</summary>
    Warning,

    /// <summary>Wrong.</summary>
    Fault,
}
