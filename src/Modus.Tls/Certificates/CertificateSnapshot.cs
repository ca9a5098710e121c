using System.Net;

namespace Modus.Tls;

/// <summary>What is served at one moment, ordered for look-up by the listener's protocol. Immutable, thread-safe.</summary>
internal sealed class CertificateSnapshot
{
    public static readonly CertificateSnapshot Empty = new([]);

    private readonly Dictionary<string, CertificateTable> _byProtocol = new(StringComparer.Ordinal);
    private readonly CertificateTable _others;

    public CertificateSnapshot(IReadOnlyList<ServerCertificate> certificates)
    {
        Certificates = certificates;
        foreach (var protocol in certificates.SelectMany(static certificate => certificate.Protocols).Distinct())
            _byProtocol.Add(protocol, new CertificateTable(certificates, protocol));
        _others = new CertificateTable(certificates, null);
    }

    public IReadOnlyList<ServerCertificate> Certificates { get; }

    /// <summary>Null only when there is no certificate at all.</summary>
    public CertificateChoice? Select(IPAddress? local, ReadOnlySpan<char> name, EcdsaCurves client, string? protocol = null) =>
        (protocol is not null && _byProtocol.TryGetValue(protocol, out var table) ? table : _others).Select(local, name, client);
}
