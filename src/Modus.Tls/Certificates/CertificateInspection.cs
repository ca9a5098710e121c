using System.Net.Security;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>A certificate as it was found, with all that is wrong with it, in the order in which it is looked for.</summary>
internal sealed class CertificateInspection
{
    private readonly CertificateSource _source;
    private readonly List<CertificateException> _faults = [];

    private CertificateInspection(CertificateSource source) => _source = source;

    /// <summary>Null when it could not even be read.</summary>
    public CertificateMaterial? Material { get; private set; }

    /// <summary>What stands above it.</summary>
    public X509Certificate2Collection Chain { get; private set; } = [];

    /// <summary>What it is served for.</summary>
    public IReadOnlyList<string> Names { get; private set; } = [];

    /// <summary>What it shakes hands with; null when something before that is wrong.</summary>
    public SslServerAuthenticationOptions? Handshake { get; private set; }

    public IReadOnlyList<CertificateException> Faults => _faults;

    /// <summary>The first fault that keeps it from being served; null for none.</summary>
    public CertificateException? Obstacle => _faults.Find(fault => !_source.Tolerates.Contains(fault.Kind));

    /// <param name="source">What it is for, and what is overlooked.</param>
    /// <param name="content">What was read.</param>
    /// <param name="handshakes">Makes the options.</param>
    /// <param name="now">The time.</param>
    /// <param name="isNew">True to look for what is no reason to drop one that has been in use.</param>
    public static async Task<CertificateInspection> RunAsync(
        CertificateSource source, CertificateContent content, ServerHandshake handshakes, DateTimeOffset now, bool isNew = false)
    {
        var inspection = new CertificateInspection(source);
        inspection.Note(() => inspection.Material = CertificateParser.Parse(source, content));
        if (inspection.Material is not { } material) return inspection;
        inspection.Note(() => inspection.Chain = CertificateChain.Order(material.Leaf, material.Others));
        if (inspection._faults.Count > 0) inspection.Chain = AsFound(material.Others);
        inspection.Note(() => CertificateCheck.Validity(material.Leaf, inspection.Chain, now));
        inspection.Note(() => CertificateCheck.Usage(material.Leaf, material.IsEcdsa));
        inspection.Names = CertificateCheck.NamesOf(material.Leaf, source.Names);
        inspection.Note(() => CertificateCheck.Names(material.Leaf, source.Names));
        if (isNew) inspection.Note(() => CertificateCheck.Strength(material.Leaf));
        if (inspection.Obstacle is null) await inspection.ShakeHandsAsync(material.Leaf, handshakes);
        return inspection;
    }

    private static X509Certificate2Collection AsFound(X509Certificate2Collection others) =>
        [.. others.Where(static other => !CertificateChain.IsSelfIssued(other))];

    private async Task ShakeHandsAsync(X509Certificate2 leaf, ServerHandshake handshakes)
    {
        try
        {
            Handshake = handshakes.OptionsFor(leaf, Chain);
            await CertificateCheck.HandshakeAsync(Handshake);
        }
        catch (CertificateException fault)
        {
            _faults.Add(fault);
        }
    }

    private void Note(Action check)
    {
        try
        {
            check();
        }
        catch (CertificateException fault)
        {
            _faults.Add(fault);
        }
    }
}
