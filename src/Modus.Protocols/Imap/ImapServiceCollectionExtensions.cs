using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Modus.Protocols.Sasl;
using Modus.Storage;
using Modus.Tls;

namespace Modus.Protocols.Imap;

/// <summary>Adds the IMAP room to a program.</summary>
public static class ImapServiceCollectionExtensions
{
    /// <summary>
    /// Registers the room. Mail comes from the <see cref="IMailStore"/>, <see cref="IDelivery"/>, <see cref="IAnnotations"/> and
    /// <see cref="IChangeFeed"/> that are registered, what there is to know of accounts from <see cref="IImapAccounts"/>; searches are
    /// quicker with an <see cref="ITextIndex"/>. Logins are possible when an <see cref="IIdentitySource"/> is registered.
    /// </summary>
    /// <exception cref="OptionsValidationException">The options are faulty; it names every fault.</exception>
    public static IServiceCollection AddModusImap(this IServiceCollection services, Action<ImapOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = new ImapOptions();
        configure?.Invoke(options);
        var faults = options.Validate().ToArray();
        if (faults.Length > 0) throw new OptionsValidationException(nameof(ImapOptions), typeof(ImapOptions), faults);

        services.AddModusSasl();
        services.TryAddSingleton<ImapMetrics>();
        services.AddSingleton(provider => new ImapRoom(
            options.HostName,
            options.Version,
            [.. options.DisabledCapabilities],
            options.Limits,
            new ImapPorts(
                provider.GetRequiredService<IMailStore>(),
                provider.GetRequiredService<IDelivery>(),
                provider.GetRequiredService<IAnnotations>(),
                provider.GetRequiredService<IChangeFeed>(),
                provider.GetRequiredService<IImapAccounts>(),
                provider.GetService<ITextIndex>()),
            provider.GetService<IIdentitySource>() is null ? null : provider.GetRequiredService<SaslAuthenticator>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger("Modus.Imap"),
            provider.GetRequiredService<ImapMetrics>())
        {
            Peers = provider.GetService<IPeerPolicy>() ?? NoPeerPolicy.Instance,
        });
        return services;
    }

    /// <summary>Ends the listener's middleware with an IMAP server.</summary>
    /// <param name="builder">The listener.</param>
    /// <param name="disabledCapabilities">Capabilities that are switched off at this listener alone, such as <c>COMPRESS=DEFLATE</c>.</param>
    public static IConnectionBuilder UseImap(this IConnectionBuilder builder, params string[] disabledCapabilities)
    {
        ArgumentNullException.ThrowIfNull(builder);
        ArgumentNullException.ThrowIfNull(disabledCapabilities);
        var handler = new ImapConnectionHandler(builder.ApplicationServices.GetRequiredService<ImapRoom>(), disabledCapabilities);
        return builder.Use(_ => handler.OnConnectedAsync);
    }
}
