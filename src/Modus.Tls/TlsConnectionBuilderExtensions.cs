using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.DependencyInjection;

namespace Modus.Tls;

/// <summary>Adds TLS to a listener.</summary>
public static class TlsConnectionBuilderExtensions
{
    /// <summary>
    /// Puts the TLS room in front of what follows on this listener. The session finds <see cref="ITlsFeature"/> among the
    /// connection's features. Needs <see cref="TlsServiceCollectionExtensions.AddModusTls"/>.
    /// </summary>
    public static IConnectionBuilder UseModusTls(this IConnectionBuilder builder, TlsMode mode)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var acceptor = builder.ApplicationServices.GetRequiredService<TlsAcceptor>();
        return builder.Use(next => new TlsMiddleware(next, mode, acceptor).OnConnectionAsync);
    }
}
