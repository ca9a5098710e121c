namespace Modus.Tls;

/// <summary>Why a certificate is not served.</summary>
public enum CertificateFaultKind
{
    /// <summary>The file cannot be read.</summary>
    Unreadable,

    /// <summary>Every account of the machine can read the private key, or the password that opens it.</summary>
    Exposed,

    /// <summary>The platform's store has no such certificate.</summary>
    NotFound,

    /// <summary>The content is not a certificate or not a key.</summary>
    Garbage,

    /// <summary>The key or the PFX file wants another password.</summary>
    WrongPassword,

    /// <summary>There is no private key.</summary>
    NoKey,

    /// <summary>The private key belongs to another certificate.</summary>
    WrongKey,

    /// <summary>The key is neither ECDSA nor RSA.</summary>
    UnsupportedKey,

    /// <summary>Its time is over.</summary>
    Expired,

    /// <summary>Its time has not begun.</summary>
    NotYetValid,

    /// <summary>The issuer's certificate is missing, so clients cannot build the chain.</summary>
    MissingIntermediate,

    /// <summary>A certificate of the chain did not sign the one before it, or may not: clients will not take it.</summary>
    BrokenChain,

    /// <summary>Its key usage or extended key usage does not allow TLS servers.</summary>
    NotForServers,

    /// <summary>It has no subject alternative name.</summary>
    NoNames,

    /// <summary>The TLS of this machine shakes no hands with it: its key is too small, its curve or the hash of its signature out of use.</summary>
    NoHandshake,

    /// <summary>Its key is too short or its signature too weak to be taken in, whatever TLS on this machine says.</summary>
    Weak,

    /// <summary>It does not cover all the names that are configured for it.</summary>
    NameMismatch,
}

/// <summary>A certificate that is not served, and why.</summary>
/// <param name="Source">The source, as <see cref="CertificateSource.ToString"/> calls it.</param>
/// <param name="Kind">The kind of fault.</param>
/// <param name="Reason">The fault and its remedy, in words.</param>
public sealed record CertificateFault(string Source, CertificateFaultKind Kind, string Reason);
