using System.Security.Cryptography.X509Certificates;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Composition;

/// <summary>The configured certificates as the TLS room takes them; those of the first start when none are configured.</summary>
internal static class CertificateSources
{
    /// <summary>Where the managed certificates of a data folder are.</summary>
    public static string ManagedFolder(string dataFolder) => Path.Combine(dataFolder, "certificates");

    /// <summary>Where the private authorities of a data folder are.</summary>
    public static string AuthoritiesFolder(string dataFolder) => Path.Combine(dataFolder, "authorities");

    /// <summary>The protocols that a certificate can be bound to.</summary>
    public static IReadOnlyList<string> Protocols { get; } = [.. ListenersSection.Words.Select(static word => word.Word)];

    /// <summary>What a protocol is called, in bindings among others.</summary>
    public static string Word(ListenerProtocol protocol) => ListenersSection.WordOf(protocol);

    public static IReadOnlyList<CertificateSource> From(ServerConfiguration configuration) =>
        configuration.Certificates.Count == 0
            ? SelfSignedFiles.In(configuration.DataFolder).Sources
            : [.. configuration.Certificates.Select(ToSource)];

    private static CertificateSource ToSource(CertificateConfiguration certificate)
    {
        var source = new CertificateSource
        {
            CertificateFile = certificate.CertificateFile,
            KeyFile = certificate.KeyFile,
            PfxFile = certificate.PfxFile,
            PasswordFile = certificate.PasswordFile,
            Thumbprint = certificate.StoreThumbprint,
            Subject = certificate.StoreSubject,
            StoreName = StoreName.My,

            // A service of Windows finds its certificates with the computer's, elsewhere there is nothing but the account's.
            StoreLocation = OperatingSystem.IsWindows() ? StoreLocation.LocalMachine : StoreLocation.CurrentUser,
            IsDefault = certificate.IsDefault,
        };
        foreach (var address in certificate.Addresses) source.LocalAddresses.Add(address);
        foreach (var name in certificate.Names) source.Names.Add(name);
        foreach (var protocol in certificate.Protocols) source.Protocols.Add(Word(protocol));
        return source;
    }
}
