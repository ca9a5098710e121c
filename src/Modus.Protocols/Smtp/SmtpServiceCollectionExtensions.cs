using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Modus.Protocols.Sasl;
using Modus.Tls;

namespace Modus.Protocols.Smtp;

/// <summary>Adds the SMTP room to a program.</summary>
public static class SmtpServiceCollectionExtensions
{
    /// <summary>
    /// Registers the room. Messages go to the <see cref="IMessageDelivery"/> that is registered or named by
    /// <see cref="SmtpOptions.Deliver{T}"/>; ETRN is known when an <see cref="IQueueFlush"/> is registered, and logins are possible when an <see cref="IIdentitySource"/> is registered. The TLS room
    /// comes with it; without a certificate of your own (<see cref="TlsServiceCollectionExtensions.AddModusTls"/>) it signs one itself.
    /// </summary>
    /// <exception cref="OptionsValidationException">The options are faulty; it names every fault.</exception>
    public static IServiceCollection AddModusSmtp(this IServiceCollection services, Action<SmtpOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = new SmtpOptions();
        configure?.Invoke(options);
        var faults = options.Validate().ToArray();
        if (faults.Length > 0) throw new OptionsValidationException(nameof(SmtpOptions), typeof(SmtpOptions), faults);

        services.AddModusTls(tls => tls.HostName = options.HostName);
        services.AddModusSasl();
        services.TryAddSingleton<SmtpMetrics>();
        if (options.DeliveryType is { } delivery) services.TryAddSingleton(typeof(IMessageDelivery), delivery);
        if (options.EnvelopeCheckType is { } check) services.TryAddSingleton(typeof(IEnvelopeCheck), check);
        services.TryAddSingleton<IEnvelopeCheck, TakeEveryEnvelope>();
        services.AddSingleton(provider => new SmtpRoom(
            options.HostName,
            options.Limits,
            provider.GetRequiredService<IMessageDelivery>(),
            provider.GetRequiredService<IEnvelopeCheck>(),
            provider.GetService<IQueueFlush>(),
            provider.GetService<IIdentitySource>() is null ? null : provider.GetRequiredService<SaslAuthenticator>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger("Modus.Smtp"),
            provider.GetRequiredService<SmtpMetrics>())
        {
            Peers = provider.GetService<IPeerPolicy>() ?? NoPeerPolicy.Instance,
        });
        return services;
    }

    /// <summary>Ends the listener's middleware with an SMTP server.</summary>
    public static IConnectionBuilder UseSmtp(this IConnectionBuilder builder, SmtpProfile profile)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var handler = new SmtpConnectionHandler(builder.ApplicationServices.GetRequiredService<SmtpRoom>(), profile);
        return builder.Use(_ => handler.OnConnectedAsync);
    }
}
