using Microsoft.AspNetCore.Connections;

namespace Modus.Tls;

/// <summary>Stands between the listener and the session: sets the feature, encrypts at once where the mode says so, ends TLS in order.</summary>
internal sealed class TlsMiddleware(ConnectionDelegate next, TlsMode mode, bool asksForKeys, TlsAcceptor acceptor)
{
    public async Task OnConnectionAsync(ConnectionContext connection)
    {
        var tls = new TlsConnection(connection, mode, asksForKeys, acceptor);
        connection.Features.Set<ITlsFeature>(tls);
        try
        {
            if (mode != TlsMode.Implicit || await tls.AcceptAsync(connection.ConnectionClosed) == TlsUpgradeOutcome.Upgraded)
                await next(connection);
        }
        finally
        {
            await tls.CloseAsync();
        }
    }
}
