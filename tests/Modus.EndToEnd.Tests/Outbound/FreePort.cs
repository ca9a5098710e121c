using System.Net;
using System.Net.Sockets;

namespace Modus.EndToEnd.Tests.Outbound;

/// <summary>Finds a port for servers that cannot be told to take any.</summary>
internal static class FreePort
{
    /// <summary>One that nobody has on any of the addresses, below those that the system gives out by itself.</summary>
    public static int On(params string[] addresses)
    {
        while (true)
        {
            var port = Random.Shared.Next(20_000, 30_000);
            if (addresses.All(address => IsFree(address, port))) return port;
        }
    }

    private static bool IsFree(string address, int port)
    {
        try
        {
            using var listener = new TcpListener(IPAddress.Parse(address), port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }
}
