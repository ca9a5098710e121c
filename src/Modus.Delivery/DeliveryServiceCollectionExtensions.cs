using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Modus.Delivery.Authentication.Arc;
using Modus.Delivery.Authentication.Arrival;
using Modus.Delivery.Authentication.Dmarc;
using Modus.Delivery.Authentication.Signing;
using Modus.Delivery.Dns;
using Modus.Delivery.Dns.Dnssec;
using Modus.Delivery.Dns.Upstream;
using Modus.Delivery.Dsn;
using Modus.Delivery.Local;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.OutboundTls.Dane;
using Modus.Delivery.OutboundTls.MtaSts;
using Modus.Delivery.Peers;
using Modus.Delivery.Receipts;
using Modus.Delivery.Routing;
using Modus.Delivery.TlsReports;
using Modus.Delivery.Vpn;
using Modus.Protocols.Smtp;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Delivery;

/// <summary>Joins the protocol rooms to the store.</summary>
public static class DeliveryServiceCollectionExtensions
{
    /// <summary>
    /// Registers delivery into local mailboxes and the queue, and the peer policy. The program registers the storage contracts
    /// (<see cref="IDirectory"/>, <see cref="IDelivery"/>, <see cref="IMailStore"/>, <see cref="ISettings"/>,
    /// <see cref="IRecords"/>), and what it knows of itself (<see cref="IOwnGateway"/>).
    /// </summary>
    public static IServiceCollection AddModusDelivery(this IServiceCollection services, Action<DeliveryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = new DeliveryOptions();
        configure?.Invoke(options);
        services.TryAddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        AddDns(services, options.Dns);
        AddPublishedTls(services, options.Https);
        AddTlsReports(services);
        services.TryAddSingleton<Router>();
        services.TryAddSingleton<StoredPeerPolicy>();
        services.AddSingleton<IPeerPolicy>(static provider => provider.GetRequiredService<StoredPeerPolicy>());
        services.AddHostedService(static provider => provider.GetRequiredService<StoredPeerPolicy>());
        AddVpn(services);
        AddNotices(services);
        AddAuthentication(services);
        services.AddHostedService<TraceKeeper>();
        services.TryAddSingleton<LocalDelivery>();
        services.TryAddSingleton<IMessageDelivery, ReportIntake>();
        services.TryAddSingleton<IEnvelopeCheck, LocalEnvelopeCheck>();
        return services;
    }

    private static void AddDns(IServiceCollection services, DnsOptions options)
    {
        services.TryAddSingleton(options);
        services.TryAddSingleton<IDnsUpstream, DnsUpstream>();
        services.TryAddSingleton<ChainOfTrust>();
        services.TryAddSingleton<ReplyJudge>();
        services.TryAddSingleton<DnsLinks>();
        services.TryAddSingleton<IMailDns, MailDns>();
    }

    private static void AddAuthentication(IServiceCollection services)
    {
        services.TryAddSingleton<SigningKeys>();
        services.TryAddSingleton(static provider => new DkimRecordCheck(provider.GetRequiredService<SigningKeys>(), provider.GetRequiredService<IMailDns>()));
        services.TryAddSingleton<IMessageSigner, MessageSigner>();
        services.TryAddSingleton<SubmissionSigning>();
        services.TryAddSingleton<ArcSealer>();
        services.TryAddSingleton<DmarcExceptions>();
        services.TryAddSingleton<ArrivalCheck>();
        services.TryAddSingleton<IMessageExaminer, MessageExaminer>();
    }

    private static void AddNotices(IServiceCollection services)
    {
        services.TryAddSingleton<NoticePaths>();
        services.TryAddSingleton<NoticeMaker>();
        services.TryAddSingleton<SuccessNotices>();
        services.TryAddSingleton<INoticeWriter, NoticeWriter>();
    }

    private static void AddPublishedTls(IServiceCollection services, OutboundHttpsOptions options)
    {
        services.TryAddSingleton(options);
        services.TryAddSingleton<OutboundHttps>();
        services.TryAddSingleton<DaneFinder>();
        services.TryAddSingleton<IStsFetcher, StsFetcher>();
        services.TryAddSingleton<StsFinder>();
        services.TryAddSingleton<IPublishedTls, PublishedTls>();
        services.TryAddSingleton<OwnStsPolicies>();
    }

    private static void AddVpn(IServiceCollection services)
    {
        services.TryAddSingleton<VpnPartnerStore>();
        services.TryAddSingleton<VpnOwn>();
        services.TryAddSingleton<VpnInvitations>();
        services.TryAddSingleton<VpnExchange>();
        services.TryAddSingleton<VpnCaller>();
        services.TryAddSingleton(static provider => new VpnGateway(
            provider.GetRequiredService<VpnOwn>(), provider.GetRequiredService<VpnInvitations>(), provider.GetRequiredService<VpnPartnerStore>(),
            provider.GetRequiredService<VpnExchange>(), provider.GetRequiredService<VpnCaller>(), provider.GetRequiredService<StoredPeerPolicy>(),
            provider.GetRequiredService<IDirectory>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<VpnGateway>>()));
        services.AddHostedService<VpnWorker>();
    }

    private static void AddTlsReports(IServiceCollection services)
    {
        services.TryAddSingleton<TlsReportCollector>();
        services.TryAddSingleton<ITlsReportSink>(static provider => provider.GetRequiredService<TlsReportCollector>());
        services.TryAddSingleton<ReportMail>();
        services.TryAddSingleton<ReportPost>();
        services.TryAddSingleton<TlsReportSender>();
        services.AddHostedService<TlsReportWorker>();
        services.TryAddSingleton<TlsReportAddress>();
        services.TryAddSingleton<ReceivedTlsReports>();
    }
}
