using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>What a source gave: a certificate that has its key, and what else was there, the chain in order first.</summary>
internal sealed record CertificateMaterial(
    X509Certificate2 Leaf, X509Certificate2Collection Others, bool IsEcdsa, string Fingerprint);

/// <summary>A fault found while reading or checking a source. Ours or the administrator's, never a client's.</summary>
internal sealed class CertificateException(CertificateFaultKind kind, string reason, Exception? inner = null)
    : Exception(reason, inner)
{
    public CertificateFaultKind Kind { get; } = kind;
}
