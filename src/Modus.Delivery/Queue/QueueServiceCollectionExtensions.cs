using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Modus.Delivery.Etrn;
using Modus.Delivery.Dns;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.Remote;
using Modus.Protocols.Smtp.Client;
using Modus.Protocols.Smtp;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Delivery.Queue;

/// <summary>Adds the sending of what waits in the queue.</summary>
public static class QueueServiceCollectionExtensions
{
    /// <summary>
    /// Registers the queue's runner and all that it needs of this room. The program registers the storage contracts, and may register an
    /// <see cref="IOwnDoors"/> and an <see cref="ISecretFiles"/>: without them no host is this server itself, and no route has a login.
    /// </summary>
    public static IServiceCollection AddModusQueue(this IServiceCollection services, QueueOptions options)
    {
        ArgumentNullException.ThrowIfNull(services);
        ArgumentNullException.ThrowIfNull(options);
        services.TryAddSingleton(options);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IOwnDoors, NoOwnDoors>();
        services.TryAddSingleton<ISecretFiles, NoSecretFiles>();
        services.TryAddSingleton<IShownCertificate, ShownCertificate>();
        services.TryAddSingleton<DeliveryMetrics>();
        services.TryAddSingleton<HopLedger>();
        services.TryAddSingleton<RouteTable>();
        services.TryAddSingleton(static provider => new HopProbe(
            provider.GetRequiredService<ISmtpClient>(), provider.GetRequiredService<IMailDns>(), provider.GetRequiredService<HopLedger>()));
        services.TryAddSingleton<RetrySchedule>();
        services.TryAddSingleton<RunRecord>();
        services.TryAddSingleton<NextHops>();
        services.TryAddSingleton<HopHealth>();
        services.TryAddSingleton<SessionPool>();
        services.AddTamperSensor();
        services.TryAddSingleton<HopWatch>();
        services.TryAddSingleton<HopCaller>();
        services.TryAddSingleton<MessageSender>();
        services.TryAddSingleton<HopVisits>();
        services.TryAddSingleton<HeldByAlarm>();
        services.TryAddSingleton<RemoteDelivery>();
        services.TryAddSingleton<AttemptEnds>();
        services.TryAddSingleton(static provider => new QueueHurry(
            provider.GetRequiredService<IQueue>(), provider.GetRequiredService<HopHealth>(), provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<EtrnGrantStore>();
        services.TryAddSingleton<EtrnGrants>();
        services.TryAddSingleton<EtrnRate>();
        services.TryAddSingleton<IQueueFlush, QueueFlusher>();
        services.AddHostedService<LedgerKeeper>(); // before the runner, so that it is stopped behind it
        services.AddHostedService<QueueRunner>();
        return services;
    }

    private sealed class NoOwnDoors : IOwnDoors
    {
        public bool AreOurs(System.Net.IPEndPoint endPoint) => false;
    }

    private sealed class NoSecretFiles : ISecretFiles
    {
        public ValueTask<byte[]?> ReadAsync(string path, CancellationToken cancellationToken) => new((byte[]?)null);
    }
}
