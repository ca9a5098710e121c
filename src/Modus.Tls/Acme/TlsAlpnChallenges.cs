using System.Collections.Concurrent;
using System.Formats.Asn1;
using System.Net.Security;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>
/// What implicit listeners answer an authority by TLS (RFC 8737 §3): for a name that is being proven at this moment a certificate that
/// says so, shown to none but who asks for <c>acme-tls/1</c>. Thread-safe.
/// </summary>
public sealed class TlsAlpnChallenges(TimeProvider clock) : IAcmeResponder
{
    internal const string Protocol = "acme-tls/1";

    private const string AcmeIdentifier = "1.3.6.1.5.5.7.1.31"; // RFC 8737 §6.1
    private static readonly TimeSpan Validity = TimeSpan.FromDays(1); // nobody looks at it; it is withdrawn long before

    private readonly ConcurrentDictionary<string, Answer> _visible = new(StringComparer.OrdinalIgnoreCase);

    /// <inheritdoc />
    public AcmeChallenge Challenge => AcmeChallenge.TlsAlpn01;

    /// <inheritdoc />
    public ValueTask<AcmeFault?> PublishAsync(AcmeProof proof, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(proof);
        var answer = new SslServerAuthenticationOptions
        {
            ApplicationProtocols = [new SslApplicationProtocol(Protocol)],
            EnabledSslProtocols = SslProtocols.Tls12 | SslProtocols.Tls13, // RFC 8737 §3: 1.2 or above
            ServerCertificateContext = SslStreamCertificateContext.Create(Prove(proof), null, offline: true),
            AllowTlsResume = false,
        };
        _visible[proof.Name] = new Answer(proof, answer);
        return default;
    }

    /// <inheritdoc />
    public ValueTask WithdrawAsync(AcmeProof proof, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(proof);
        if (_visible.TryGetValue(proof.Name, out var answer) && answer.Proof == proof) _visible.TryRemove(new(proof.Name, answer));
        return default;
    }

    /// <summary>True for a client that comes for nothing but a challenge: its one protocol is <c>acme-tls/1</c> (RFC 8737 §3).</summary>
    internal static bool IsAskedBy(in ClientHello hello) => hello.Alpn is [Protocol];

    /// <summary>How to shake hands for a name; null when nothing of it is being proven.</summary>
    internal SslServerAuthenticationOptions? Find(string? name) => name is null ? null : _visible.GetValueOrDefault(name)?.Handshake;

    private X509Certificate2 Prove(AcmeProof proof)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=ACME challenge", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName(proof.Name);
        request.CertificateExtensions.Add(names.Build());
        var digest = new AsnWriter(AsnEncodingRules.DER);
        digest.WriteOctetString(proof.Digest); // Authorization ::= OCTET STRING (SIZE (32))
        request.CertificateExtensions.Add(new X509Extension(AcmeIdentifier, digest.Encode(), critical: true));
        var now = clock.GetUtcNow();
        return SelfSignedCertificate.Sign(request, now - Validity, now + Validity);
    }

    private sealed record Answer(AcmeProof Proof, SslServerAuthenticationOptions Handshake);
}
