using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Modus.Delivery.Dns;
using Modus.Delivery.Dns.Dnssec;
using Modus.Delivery.Dns.Upstream;
using Modus.Delivery.Dsn;
using Modus.Delivery.Local;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.OutboundTls.Dane;
using Modus.Delivery.OutboundTls.MtaSts;
using Modus.Delivery.Peers;
using Modus.Delivery.Routing;
using Modus.Delivery.TlsReports;
using Modus.Delivery.Traces;
using Modus.Protocols.Smtp;
using Modus.Tls;

namespace Modus.Delivery;

/// <summary>Joins the protocol rooms to the store.</summary>
public static class DeliveryServiceCollectionExtensions
{
    /// <summary>
    /// Registers delivery into local mailboxes and the queue, and the peer policy. The program registers the storage contracts
    /// (<see cref="Storage.IDirectory"/>, <see cref="Storage.IDelivery"/>, <see cref="Storage.IMailStore"/>, <see cref="Storage.ISettings"/>,
    /// <see cref="Storage.IRecords"/>).
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
        services.AddHostedService<TraceRetention>();
        services.TryAddSingleton<Router>();
        services.TryAddSingleton<StoredPeerPolicy>();
        services.AddSingleton<IPeerPolicy>(static provider => provider.GetRequiredService<StoredPeerPolicy>());
        services.AddHostedService(static provider => provider.GetRequiredService<StoredPeerPolicy>());
        AddNotices(services);
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
