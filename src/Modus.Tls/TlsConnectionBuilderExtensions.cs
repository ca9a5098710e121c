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
    /// <param name="builder">The listener.</param>
    /// <param name="mode">What it does about TLS.</param>
    /// <param name="asksForKeys">
    /// True to ask every client for a certificate as soon as the peer policy has rules by key: for listeners whose clients are servers,
    /// which take the question for nothing special. A client of whose address a rule demands a certificate is asked in any case.
    /// </param>
    /// <param name="protocol">What is spoken behind it, in lower case, for certificates that are bound to that (<see cref="CertificateSource.Protocols"/>).</param>
    /// <param name="listener">What the listener is called in <see cref="TlsSwitches"/>; null where nothing but the protocol is switched.</param>
    public static IConnectionBuilder UseModusTls(
        this IConnectionBuilder builder, TlsMode mode, bool asksForKeys = false, string? protocol = null, string? listener = null)
    {
        ArgumentNullException.ThrowIfNull(builder);
        var acceptor = builder.ApplicationServices.GetRequiredService<TlsAcceptor>();
        var door = new TlsDoor(mode, asksForKeys, protocol, listener);
        return builder.Use(next => new TlsMiddleware(next, door, acceptor).OnConnectionAsync);
    }
}
