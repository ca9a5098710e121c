using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace Modus.Tls;

/// <summary>Registers the TLS room.</summary>
public static class TlsServiceCollectionExtensions
{
    /// <summary>
    /// Adds what <see cref="TlsConnectionBuilderExtensions.UseModusTls"/> needs, and gives Kestrel memory blocks of 16 KB in place
    /// of its own. May be called many times; each call's settings are applied. Call it after Kestrel is registered, which
    /// <c>WebApplication</c>'s builders do on their own, as the last registration of a pool factory wins.
    /// </summary>
    public static IServiceCollection AddModusTls(this IServiceCollection services, Action<TlsOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = services.AddOptions<TlsOptions>().ValidateOnStart();
        if (configure is not null)
            options.Configure(configure);
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TlsOptions>, TlsOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<IPeerPolicy>(NoPeerPolicy.Instance);
        services.TryAddSingleton<CertificateStore>();
        services.TryAddSingleton<CertificateSelector>();
        services.TryAddSingleton<NativeTls>();
        services.AddTamperSensor();
        services.TryAddSingleton<TlsSwitches>();
        services.TryAddSingleton<TlsAlpnChallenges>();
        services.TryAddSingleton<HttpChallenges>();
        services.TryAddSingleton<TlsAcceptor>();
        services.TryAddSingleton<ResumptionSlots>();
        services.TryAddSingleton<ITlsClient, TlsClient>();
        services.AddHostedService<NativeTlsStartup>(); // adds once, as the next one
        services.AddHostedService<CertificateReloader>();
        services.RemoveAll<IMemoryPoolFactory<byte>>();
        services.AddSingleton<IMemoryPoolFactory<byte>, BlockMemoryPoolFactory>();
        return services;
    }

    /// <summary>Adds the sensor that hears of every handshake, in and out; once, however often it is called.</summary>
    public static IServiceCollection AddTamperSensor(this IServiceCollection services)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton<TlsMetrics>();
        services.TryAddSingleton(static provider => new TamperSensor(
            provider.GetRequiredService<TlsMetrics>(), provider.GetRequiredService<TimeProvider>(), provider.GetRequiredService<ILogger<TamperSensor>>()));
        return services;
    }
}
