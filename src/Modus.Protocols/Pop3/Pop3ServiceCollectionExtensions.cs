using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Modus.Protocols.Pop3.Maildrops;
using Modus.Protocols.Sasl;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Protocols.Pop3;

/// <summary>Adds the POP3 room to a program.</summary>
public static class Pop3ServiceCollectionExtensions
{
    /// <summary>
    /// Registers the room. Messages come from the <see cref="IMailStore"/> that is registered; logins are possible when an
    /// <see cref="IIdentitySource"/> is. All listeners share the locks of the maildrops.
    /// </summary>
    /// <exception cref="OptionsValidationException">The options are faulty; it names every fault.</exception>
    public static IServiceCollection AddModusPop3(this IServiceCollection services, Action<Pop3Options>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = new Pop3Options();
        configure?.Invoke(options);
        var faults = options.Validate().ToArray();
        if (faults.Length > 0) throw new OptionsValidationException(nameof(Pop3Options), typeof(Pop3Options), faults);

        services.AddModusSasl();
        services.TryAddSingleton<Pop3Metrics>();
        services.TryAddSingleton<MaildropLocks>();
        services.AddSingleton(provider => new Pop3Room(
            options.HostName,
            options.InternationalHeaders,
            options.Limits,
            new MaildropOpener(
                provider.GetRequiredService<IMailStore>(),
                provider.GetRequiredService<MaildropLocks>(),
                options.Limits.MaxMessages),
            provider.GetService<IIdentitySource>() is null ? null : provider.GetRequiredService<SaslAuthenticator>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger("Modus.Pop3"),
            provider.GetRequiredService<Pop3Metrics>())
        {
            Peers = provider.GetService<IPeerPolicy>() ?? NoPeerPolicy.Instance,
        });
        return services;
    }

    /// <summary>Ends the listener's middleware with a POP3 server.</summary>
    public static IConnectionBuilder UsePop3(this IConnectionBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var handler = new Pop3ConnectionHandler(builder.ApplicationServices.GetRequiredService<Pop3Room>());
        return builder.Use(_ => handler.OnConnectedAsync);
    }
}
