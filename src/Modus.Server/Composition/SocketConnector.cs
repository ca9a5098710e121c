using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Modus.Protocols.Wire;

namespace Modus.Server.Composition;

/// <summary>Connections out, over the transport that Kestrel has for those in. Thread-safe; one for the process.</summary>
internal sealed class SocketConnector : IConnector, IDisposable
{
    private readonly SocketConnectionContextFactory _connections;

    public SocketConnector(ILoggerFactory logs) => _connections = new SocketConnectionContextFactory(
        new SocketConnectionFactoryOptions(), logs.CreateLogger<SocketConnectionContextFactory>());

    public async ValueTask<ConnectResult> ConnectAsync(IPEndPoint remote, IPAddress? local, CancellationToken cancellationToken)
    {
        var socket = new Socket(remote.AddressFamily, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            if (local is not null) socket.Bind(new IPEndPoint(local, 0));
            await socket.ConnectAsync(remote, cancellationToken);
            return new ConnectResult(_connections.Create(socket), null);
        }
        catch (SocketException fault)
        {
            socket.Dispose();
            return new ConnectResult(null, fault.Message);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }

    public void Dispose() => _connections.Dispose();
}
