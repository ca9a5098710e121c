using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Modus.Delivery.Local;
using Modus.Delivery.Peers;
using Modus.Delivery.Routing;
using Modus.Protocols.Smtp;
using Modus.Tls;

namespace Modus.Delivery;

/// <summary>Joins the protocol rooms to the store.</summary>
public static class DeliveryServiceCollectionExtensions
{
    /// <summary>
    /// Registers delivery into local mailboxes and the queue, and the peer policy. The program registers the storage contracts
    /// (<see cref="Storage.IDirectory"/>, <see cref="Storage.IDelivery"/>, <see cref="Storage.IMailStore"/>, <see cref="Storage.ISettings"/>).
    /// </summary>
    public static IServiceCollection AddModusDelivery(this IServiceCollection services, Action<DeliveryOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = new DeliveryOptions();
        configure?.Invoke(options);
        services.TryAddSingleton(options);
        services.TryAddSingleton<Router>();
        services.TryAddSingleton<StoredPeerPolicy>();
        services.AddSingleton<IPeerPolicy>(static provider => provider.GetRequiredService<StoredPeerPolicy>());
        services.AddHostedService(static provider => provider.GetRequiredService<StoredPeerPolicy>());
        services.TryAddSingleton<IMessageDelivery, LocalDelivery>();
        services.TryAddSingleton<IEnvelopeCheck, LocalEnvelopeCheck>();
        return services;
    }
}
