using Modus.Delivery;
using Modus.Delivery.Directory;
using Modus.Delivery.Dns;
using Modus.Delivery.Queue;
using Modus.Delivery.Remote;
using Modus.Delivery.Vpn;
using Modus.Protocols.Imap;
using Modus.Protocols.Pop3;
using Modus.Protocols.Sasl;
using Modus.Protocols.Smtp;
using Modus.Protocols.Smtp.Client;
using Modus.Protocols.Wire;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Composition;

/// <summary>Registers the rooms and joins their ports: who asks in one is answered by another.</summary>
internal static class Rooms
{
    public static void Add(IServiceCollection services, ServerConfiguration configuration, ReadOnlyMemory<byte> decoyKey)
    {
        services.AddModusTls(tls =>
        {
            tls.HostName = configuration.Hostname.Name;
            tls.MinimumVersion = configuration.Tls.MinimumVersion;
            tls.HandshakeTimeout = configuration.Tls.HandshakeTimeout;
            tls.MaxConcurrentHandshakes = configuration.Tls.MaxConcurrentHandshakes;
            tls.MaxHandshakesPerAddress = configuration.Tls.MaxHandshakesPerAddress;
            tls.ReloadInterval = configuration.Tls.ReloadInterval;
            foreach (var source in CertificateSources.From(configuration)) tls.Certificates.Add(source);
        });
        services.AddSingleton(provider => new ManagedCertificates(
            CertificateSources.ManagedFolder(configuration.DataFolder),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ManagedCertificates>>()));
        services.AddSingleton(provider => new PrivateAuthorities(
            CertificateSources.AuthoritiesFolder(configuration.DataFolder),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<PrivateAuthorities>>()));
        services.AddModusSasl(sasl =>
        {
            sasl.FailuresPerAddress = configuration.Login.FailuresPerAddress;
            sasl.AddressWindow = configuration.Login.AddressWindow;
            sasl.FailuresPerAccount = configuration.Login.FailuresPerAccount;
            sasl.AccountWindow = configuration.Login.AccountWindow;
            sasl.DecoyKey = decoyKey;
        });
        services.AddSingleton<IIdentitySource, DirectoryIdentitySource>();
        services.AddSingleton<IImapAccounts, StoredImapAccounts>();
        services.AddModusDelivery(delivery =>
        {
            delivery.HostName = configuration.Hostname.Name;
            delivery.Postmaster = configuration.Delivery.Postmaster;
            delivery.DetailSeparator = configuration.Delivery.DetailSeparator;
            delivery.TraceRetention = configuration.Delivery.TraceRetention;
            delivery.Authentication = configuration.Authentication;
            SetDns(delivery.Dns, configuration.Dns);
        });
        services.AddModusSmtp(smtp =>
        {
            smtp.HostName = configuration.Hostname.Name;
            smtp.Limits = configuration.Smtp.Limits;
        });
        services.AddSingleton<IConnector, SocketConnector>();
        services.AddModusSmtpClient(client => client.HostName = configuration.Hostname.Name);
        services.AddSingleton<IOwnDoors, OwnDoors>();
        services.AddSingleton<IOwnGateway, OwnGatewayView>();
        services.AddSingleton<ISecretFiles, SecretFiles>();
        services.AddModusQueue(configuration.Queue with { HostName = configuration.Hostname.Name });
        services.AddModusPop3(pop3 =>
        {
            pop3.HostName = configuration.Hostname.Name;
            pop3.InternationalHeaders = configuration.Pop3.InternationalHeaders;
            pop3.Limits = configuration.Pop3.Limits;
        });
        services.AddModusImap(imap =>
        {
            imap.HostName = configuration.Hostname.Name;
            imap.Version = ModusHost.Version;
            imap.Limits = configuration.Imap.Limits;
            foreach (var name in configuration.Imap.WithoutCapabilities) imap.DisabledCapabilities.Add(name);
        });
    }

    private static void SetDns(DnsOptions options, DnsConfiguration dns)
    {
        options.Resolvers = dns.Resolvers.Count > 0 ? () => dns.Resolvers : new SystemResolvers(SystemResolvers.StandardPath, TimeProvider.System).Get;
        options.Timeout = dns.Timeout;
        options.Attempts = dns.Attempts;
        options.Validation = dns.Validation;
        options.TrustAnchors = dns.TrustAnchors;
        options.MaxCachedAnswers = dns.MaxCachedAnswers;
    }
}
