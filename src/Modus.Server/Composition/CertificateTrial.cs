using System.Net;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Composition;

/// <summary>Loads the configured certificates as a server would, for commands that only want to know.</summary>
internal static class CertificateTrial
{
    /// <summary>All of them together, the managed ones among them; the caller disposes the store.</summary>
    public static CertificateStore Load(ServerConfiguration configuration) => Load(
        configuration.Hostname.Name, CertificateSources.From(configuration), Managed(configuration.DataFolder));

    /// <summary>Those of a data folder of which no configuration is at hand; the caller disposes the store.</summary>
    public static CertificateStore Load(string dataFolder) =>
        Load(Dns.GetHostName(), SelfSignedFiles.In(dataFolder).Sources, Managed(dataFolder));

    /// <summary>The managed certificates of a data folder, without a log.</summary>
    public static ManagedCertificates Managed(string dataFolder) =>
        new(CertificateSources.ManagedFolder(dataFolder), TimeProvider.System, NullLogger<ManagedCertificates>.Instance);

    /// <summary>The private authorities of a data folder, without a log.</summary>
    public static PrivateAuthorities Authorities(string dataFolder) =>
        new(CertificateSources.AuthoritiesFolder(dataFolder), TimeProvider.System, NullLogger<PrivateAuthorities>.Instance);

    /// <summary>What keeps each of them from being served.</summary>
    public static IEnumerable<ConfigurationFault> FindFaults(ServerConfiguration configuration)
    {
        if (configuration.Certificates.Count == 0) yield break;
        var sources = CertificateSources.From(configuration);
        for (var i = 0; i < sources.Count; i++)
        {
            using var store = Load(configuration.Hostname.Name, [sources[i]]);
            foreach (var fault in store.Faults)
                yield return new ConfigurationFault($"certificates[{i}]", fault.Source, $"cannot be served ({fault.Kind}).", fault.Reason);
        }
    }

    private static CertificateStore Load(
        string hostname, IReadOnlyList<CertificateSource> sources, ManagedCertificates? managed = null)
    {
        var options = new TlsOptions { HostName = hostname };
        foreach (var source in sources) options.Certificates.Add(source);
        return new CertificateStore(Options.Create(options), TimeProvider.System, NullLogger<CertificateStore>.Instance, managed);
    }
}
