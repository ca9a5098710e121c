using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Modus.Server.Configuration;

namespace Modus.Server.Composition;

/// <summary>An address that cannot be listened on.</summary>
/// <param name="message">Which one, why, and what to do next.</param>
internal sealed class DoorShutException(string message) : IOException(message);

/// <summary>
/// Binds every address once before the host starts. Kestrel would find the same faults, but calls every listener http:// and
/// shows its stack.
/// </summary>
internal static class DoorCheck
{
    /// <exception cref="DoorShutException">Names the first address that cannot be listened on.</exception>
    public static void Run(ServerConfiguration configuration)
    {
        foreach (var listener in configuration.OpenListeners)
        {
            var name = $"{listener.Protocol}".ToLowerInvariant();
            if (listener.Addresses.Count == 0) TryAny(name, listener.Port);
            foreach (var address in listener.Addresses) Try(name, new IPEndPoint(address, listener.Port));
        }

        if (configuration.Http.Enabled) Try("http", new IPEndPoint(configuration.Http.Address, configuration.Http.Port));
    }

    // As Kestrel does: both families in one socket, or IPv4 alone on a machine without IPv6.
    private static void TryAny(string name, int port) =>
        Try(name, new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port), $"every address, port {port}");

    private static void Try(string name, IPEndPoint endPoint, string? words = null)
    {
        if (endPoint.Port == 0) return;
        try
        {
            SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint).Dispose();
        }
        catch (SocketException refused)
        {
            throw new DoorShutException($"The {name} listener cannot be opened on {words ?? $"{endPoint}"}: {Explain(refused, endPoint)}");
        }
    }

    private static string Explain(SocketException refused, IPEndPoint endPoint) => refused.SocketErrorCode switch
    {
        SocketError.AddressAlreadyInUse => $"another program listens there (`ss -ltnp sport = :{endPoint.Port}` names it). Stop that, or choose another port.",
        SocketError.AddressNotAvailable => "the address is not one of this machine. Name one that is, or add it to a network interface.",
        SocketError.AccessDenied => "ports below 1024 need a right (CAP_NET_BIND_SERVICE). Give it to the account, or choose another port.",
        _ => refused.Message,
    };
}
