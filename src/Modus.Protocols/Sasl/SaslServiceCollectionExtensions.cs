using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;

namespace Modus.Protocols.Sasl;

/// <summary>Registers the SASL room.</summary>
public static class SaslServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="SaslAuthenticator"/>. The program adds an <see cref="IIdentitySource"/>, and logging. May be called more
    /// than once.
    /// </summary>
    public static IServiceCollection AddModusSasl(this IServiceCollection services, Action<SaslOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<SaslAuthenticator>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SaslOptions>, SaslOptionsValidator>());
        var options = services.AddOptions<SaslOptions>();
        if (configure is not null) options.Configure(configure);
        return services;
    }
}
