using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace Modus.Tls;

/// <summary>
/// Where one certificate comes from (exactly one of a PEM file, a PFX file, the platform's store) and what it is for.
/// </summary>
public sealed class CertificateSource
{
    /// <summary>PEM: the certificate, and after it the intermediates.</summary>
    public string? CertificateFile { get; set; }

    /// <summary>PEM: the private key; null when it is in <see cref="CertificateFile"/>.</summary>
    public string? KeyFile { get; set; }

    /// <summary>PFX (PKCS #12): certificate, key and intermediates in one file.</summary>
    public string? PfxFile { get; set; }

    /// <summary>The password of the PFX file or of the PEM key.</summary>
    public string? Password { get; set; }

    /// <summary>A file whose first line is the password.</summary>
    public string? PasswordFile { get; set; }

    /// <summary>The platform's store: the certificate's SHA-1 thumbprint, in hex.</summary>
    public string? Thumbprint { get; set; }

    /// <summary>The platform's store: a part of the subject's name; of those that fit, the one valid longest is taken.</summary>
    public string? Subject { get; set; }

    /// <summary>The platform's store: its name. Default <see cref="StoreName.My"/>.</summary>
    public StoreName StoreName { get; set; } = StoreName.My;

    /// <summary>The platform's store: whose it is. Default the current user's.</summary>
    public StoreLocation StoreLocation { get; set; } = StoreLocation.CurrentUser;

    /// <summary>The local addresses that it is for; empty for all.</summary>
    public IList<IPAddress> LocalAddresses { get; } = [];

    /// <summary>The host names that it is for, <c>*.example.org</c> among them; empty for those that the certificate has.</summary>
    public IList<string> Names { get; } = [];

    /// <summary>
    /// Served where nothing else fits, together with those of the other kind of key that have all its names. When no source says
    /// so, the first one is.
    /// </summary>
    public bool IsDefault { get; set; }

    /// <summary>
    /// The protocols of the listeners that it is for, as <see cref="TlsConnectionBuilderExtensions.UseModusTls"/> is told them; empty for all.
    /// </summary>
    public IList<string> Protocols { get; } = [];

    /// <summary>Served only while nothing else can be.</summary>
    public bool IsLastResort { get; set; }

    /// <summary>The faults that somebody has taken upon himself: it is served in spite of them.</summary>
    internal IReadOnlySet<CertificateFaultKind> Tolerates { get; init; } = new HashSet<CertificateFaultKind>();

    /// <summary>What it is called where its file says less.</summary>
    internal string? Label { get; init; }

    /// <summary>The managed certificate that it belongs to; null for one that is configured.</summary>
    internal string? Entry { get; init; }

    /// <summary>A certificate in PEM files.</summary>
    public static CertificateSource FromPem(string certificateFile, string? keyFile = null) =>
        new() { CertificateFile = certificateFile, KeyFile = keyFile };

    /// <summary>A certificate in a PFX file.</summary>
    public static CertificateSource FromPfx(string file, string? password = null) =>
        new() { PfxFile = file, Password = password };

    /// <summary>How the source is called in logs and faults: its file or its place in the store; never a secret.</summary>
    public override string ToString() =>
        Label ?? CertificateFile ?? PfxFile ?? $"{StoreLocation}/{StoreName}/{Thumbprint ?? Subject}";

    /// <summary>True when nothing has to be done to serve one in place of the other.</summary>
    internal bool IsSameAs(CertificateSource other) =>
        CertificateFile == other.CertificateFile && KeyFile == other.KeyFile && Thumbprint == other.Thumbprint && IsDefault == other.IsDefault
        && LocalAddresses.SequenceEqual(other.LocalAddresses) && Names.SequenceEqual(other.Names) && Protocols.SequenceEqual(other.Protocols)
        && Tolerates.SetEquals(other.Tolerates);
}
