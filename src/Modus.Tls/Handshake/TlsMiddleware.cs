using Microsoft.AspNetCore.Connections;

namespace Modus.Tls;

/// <summary>Stands between the listener and the session: sets the feature, encrypts at once where the mode says so, ends TLS in order.</summary>
internal sealed class TlsMiddleware(ConnectionDelegate next, TlsDoor door, TlsAcceptor acceptor)
{
    public async Task OnConnectionAsync(ConnectionContext connection)
    {
        var isOn = acceptor.Switches.IsOn(door.Protocol);
        var mode = acceptor.Switches.ModeOf(door.Listener, door.Mode);
        if (!isOn && mode == TlsMode.Implicit)
        {
            TlsLog.SwitchedOff(acceptor.Log, connection.ConnectionId, connection.RemoteEndPoint, door.Protocol);
            return;
        }

        if (!isOn) mode = TlsMode.None;
        var tls = new TlsConnection(connection, mode == door.Mode ? door : door with { Mode = mode }, acceptor);
        connection.Features.Set<ITlsFeature>(tls);
        try
        {
            if (tls.Mode != TlsMode.Implicit || await tls.AcceptAsync(connection.ConnectionClosed) == TlsUpgradeOutcome.Upgraded)
                await next(connection);
        }
        finally
        {
            await tls.CloseAsync();
        }
    }
}

/// <summary>What a listener is.</summary>
/// <param name="Mode">What it does about TLS.</param>
/// <param name="AsksForKeys">True to ask clients for a certificate once there are rules by key.</param>
/// <param name="Protocol">What is spoken behind it; null when no certificate is bound to that.</param>
/// <param name="Listener">What it is called in <see cref="TlsSwitches"/>; null for nothing.</param>
internal sealed record TlsDoor(TlsMode Mode, bool AsksForKeys, string? Protocol, string? Listener);
