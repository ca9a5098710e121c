using System.Net;
using System.Net.Sockets;

namespace Modus.Server.Configuration;

/// <summary>Which address and port each listener has, so that no two want the same.</summary>
internal sealed class TakenPorts
{
    private readonly List<(IPAddress Address, int Port, string Path)> _taken = [];

    /// <summary>Stands for all addresses of both families, as "*" is opened.</summary>
    public static IPAddress Everywhere => IPAddress.IPv6Any;

    /// <summary>Takes a place, unless it overlaps with one that is taken. Port 0, which the system chooses, is never taken.</summary>
    /// <returns>The path of who has it; null when it was free.</returns>
    public string? Take(IPAddress address, int port, string path)
    {
        if (port == 0) return null;
        foreach (var other in _taken)
            if (other.Port == port && (Covers(other.Address, address) || Covers(address, other.Address))) return other.Path;
        _taken.Add((address, port, path));
        return null;
    }

    private static bool Covers(IPAddress wide, IPAddress address) =>
        wide.Equals(address)
        || wide.Equals(Everywhere)
        || (wide.Equals(IPAddress.Any) && address.AddressFamily == AddressFamily.InterNetwork);
}
