using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Modus.Protocols.Wire;
using Modus.Tls;

namespace Modus.Protocols.Smtp.Client;

/// <summary>Adds the client's side of SMTP to a program.</summary>
public static class SmtpClientServiceCollectionExtensions
{
    /// <summary>
    /// Registers <see cref="ISmtpClient"/>. Connections are opened by the <see cref="IConnector"/> that the host registers; the TLS room
    /// comes with it.
    /// </summary>
    /// <exception cref="OptionsValidationException">The options are faulty; it names every fault.</exception>
    public static IServiceCollection AddModusSmtpClient(this IServiceCollection services, Action<SmtpClientOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(services);
        var options = new SmtpClientOptions();
        configure?.Invoke(options);
        var faults = options.Validate().ToArray();
        if (faults.Length > 0) throw new OptionsValidationException(nameof(SmtpClientOptions), typeof(SmtpClientOptions), faults);

        services.AddModusTls();
        services.TryAddSingleton<ISmtpClient>(provider => new SmtpClient(new SmtpClientRoom(
            options.HostName,
            options.Limits,
            provider.GetRequiredService<IConnector>(),
            provider.GetRequiredService<ITlsClient>(),
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILoggerFactory>().CreateLogger("Modus.Smtp.Client"))));
        return services;
    }
}
