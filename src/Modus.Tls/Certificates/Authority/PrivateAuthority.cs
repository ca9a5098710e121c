using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>A private authority.</summary>
/// <param name="Name">Its name here.</param>
/// <param name="Certificate">Its certificate, without the key. The caller's to dispose.</param>
/// <param name="Domains">The domains that it may issue for, with all below them; empty for every one.</param>
/// <param name="Issued">What it has issued, the newest first. The caller's to dispose.</param>
public sealed record PrivateAuthority(
    string Name, X509Certificate2 Certificate, IReadOnlyList<string> Domains, IReadOnlyList<X509Certificate2> Issued);

/// <summary>An authority to be made.</summary>
/// <param name="Name">Its name here, as a managed certificate may have one.</param>
/// <param name="Key">Its key.</param>
/// <param name="NotAfter">When its time is over.</param>
/// <param name="By">Who asks, for the log.</param>
public sealed record AuthorityPlan(string Name, KeyType Key, DateTimeOffset NotAfter, string By)
{
    /// <summary>Its subject, such as <c>CN=Gateways of Example, O=Example</c>; null for its name.</summary>
    public string? Subject { get; init; }

    /// <summary>The domains that it may issue for, with all below them; empty for every one.</summary>
    public IReadOnlyList<string> Domains { get; init; } = [];
}

/// <summary>A certificate to be issued.</summary>
/// <param name="Authority">The authority's name.</param>
/// <param name="Key">The key that is certified.</param>
/// <param name="Hosts">The host names.</param>
/// <param name="Usages">What it is for.</param>
/// <param name="NotAfter">When its time is over; that of the authority at the latest.</param>
/// <param name="By">Who asks, for the log.</param>
public sealed record AuthorityOrder(
    string Authority, PublicKey Key, IReadOnlyList<string> Hosts, CertificateUsages Usages, DateTimeOffset NotAfter, string By);

/// <summary>What an authority was asked for and did not do, in words; or what it gave.</summary>
/// <param name="Pem">The certificate, and the authority's behind it; null when there is none.</param>
/// <param name="Reason">Why there is none.</param>
public sealed record AuthorityAnswer(string? Pem, string? Reason);
