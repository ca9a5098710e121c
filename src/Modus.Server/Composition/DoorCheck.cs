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
        if (FindFaults(configuration).FirstOrDefault() is { } fault) throw new DoorShutException(fault);
    }

    /// <summary>Says of each address that cannot be listened on why, and what to do next.</summary>
    public static IEnumerable<string> FindFaults(ServerConfiguration configuration) => Try(configuration).OfType<string>();

    private static IEnumerable<string?> Try(ServerConfiguration configuration)
    {
        foreach (var listener in configuration.OpenListeners)
        {
            var name = $"{listener.Protocol}".ToLowerInvariant();
            if (listener.Addresses.Count == 0) yield return TryAny(name, listener.Port);
            foreach (var address in listener.Addresses) yield return Try(name, new IPEndPoint(address, listener.Port));
        }

        if (configuration.Http.Enabled) yield return Try("http", new IPEndPoint(configuration.Http.Address, configuration.Http.Port));
    }

    // As Kestrel does: both families in one socket, or IPv4 alone on a machine without IPv6.
    private static string? TryAny(string name, int port) =>
        Try(name, new IPEndPoint(Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any, port), $"every address, port {port}");

    private static string? Try(string name, IPEndPoint endPoint, string? words = null)
    {
        if (endPoint.Port == 0) return null;
        try
        {
            SocketTransportOptions.CreateDefaultBoundListenSocket(endPoint).Dispose();
            return null;
        }
        catch (SocketException refused)
        {
            return $"The {name} listener cannot be opened on {words ?? $"{endPoint}"}: {Explain(refused, endPoint)}";
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
