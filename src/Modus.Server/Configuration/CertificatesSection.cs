using System.Diagnostics.CodeAnalysis;
using System.Net;
using Modus.Mail.Addresses;

namespace Modus.Server.Configuration;

/// <summary>Reads <c>certificates</c>. Whether a file holds what it should is for the TLS room to say when it loads it.</summary>
internal static class CertificatesSection
{
    private static readonly string[] Sources = ["certificate", "pfx", "storeThumbprint", "storeSubject"];

    public static IReadOnlyList<CertificateConfiguration> Read(SectionReader root, string baseFolder)
    {
        var certificates = new List<CertificateConfiguration>();
        foreach (var section in root.Objects("certificates"))
            certificates.Add(ReadOne(section, baseFolder));
        return certificates;
    }

    private static CertificateConfiguration ReadOne(SectionReader section, string baseFolder)
    {
        var certificate = new CertificateConfiguration
        {
            CertificateFile = section.FilePath("certificate", baseFolder),
            KeyFile = section.FilePath("key", baseFolder),
            PfxFile = section.FilePath("pfx", baseFolder),
            PasswordFile = section.FilePath("passwordFile", baseFolder),
            StoreThumbprint = section.Text("storeThumbprint"),
            StoreSubject = section.Text("storeSubject"),
            Addresses = ReadAddresses(section),
            Names = ReadNames(section),
            Protocols = ReadProtocols(section),
            IsDefault = section.Switch("default", false),
        };
        RejectSources(section);
        section.RejectUnknown();
        return certificate;
    }

    /// <summary>A host name, or a wildcard before one, as certificates have it: IDNA as A-labels.</summary>
    public static bool TryName(string text, [NotNullWhen(true)] out string? name)
    {
        var wildcard = text.StartsWith("*.", StringComparison.Ordinal);
        name = Domain.TryParse(wildcard ? text[2..] : text, out var domain) ? wildcard ? $"*.{domain}" : domain.Name : null;
        return name is not null;
    }

    private static void RejectSources(SectionReader section)
    {
        var given = Sources.Where(section.Has).ToList();
        if (given.Count != 1)
        {
            section.Fault(
                "",
                given.Count == 0 ? null : string.Join(", ", given),
                given.Count == 0 ? "names no certificate." : "names more than one certificate.",
                "Write one of: certificate (with key), pfx, storeThumbprint, storeSubject.");
        }

        if (section.Has("key") && !section.Has("certificate"))
            section.Fault("key", null, "stands without a certificate.", "Write the PEM file of the certificate beside it: certificate.");
    }

    private static List<IPAddress> ReadAddresses(SectionReader section)
    {
        var addresses = new List<IPAddress>();
        foreach (var (key, text) in section.Texts("addresses"))
        {
            if (AddressText.TryRead(text, out var address)) addresses.Add(address);
            else section.Fault(key, text, "is no IP address.", "Write an address of this machine, such as \"192.0.2.1\".");
        }

        return addresses;
    }

    private static List<string> ReadNames(SectionReader section)
    {
        var names = new List<string>();
        foreach (var (key, text) in section.Texts("names"))
        {
            if (TryName(text, out var name)) names.Add(name);
            else section.Fault(key, text, "is no host name.", "Write a name, such as \"mail.example.com\" or \"*.example.com\".");
        }

        return names;
    }

    private static List<ListenerProtocol> ReadProtocols(SectionReader section)
    {
        var protocols = new List<ListenerProtocol>();
        foreach (var (key, text) in section.Texts("protocols"))
        {
            if (ListenersSection.TryProtocol(text, out var protocol)) protocols.Add(protocol);
            else section.Fault(key, text, "is not known.", $"Write one of: {string.Join(", ", ListenersSection.Words.Select(static word => word.Word))}.");
        }

        return protocols;
    }
}
