using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Modus.Protocols.Wire;

/// <summary>Bounds how many connections there are, in all and from one address (IPv6: one /64 network). Thread-safe.</summary>
/// <param name="limit">The most in all.</param>
/// <param name="limitPerAddress">The most from one address.</param>
public sealed class ConnectionGate(int limit, int limitPerAddress)
{
    private readonly ConcurrentDictionary<IPAddress, int> _perAddress = new();
    private int _total;

    /// <summary>Lets a connection in; who is let in must <see cref="Leave"/>.</summary>
    /// <param name="address">The peer; null counts only for the total.</param>
    /// <returns>False when a bound is reached; nothing is counted then.</returns>
    public bool TryEnter(IPAddress? address)
    {
        if (Interlocked.Increment(ref _total) > limit)
        {
            Interlocked.Decrement(ref _total);
            return false;
        }

        if (address is null) return true;
        if (_perAddress.AddOrUpdate(Network(address), 1, static (_, count) => count + 1) <= limitPerAddress) return true;
        Leave(address);
        return false;
    }

    /// <summary>Counts a connection out.</summary>
    public void Leave(IPAddress? address)
    {
        Interlocked.Decrement(ref _total);
        if (address is null) return;
        var network = Network(address);
        var left = _perAddress.AddOrUpdate(network, 0, static (_, count) => count - 1);
        if (left == 0) _perAddress.TryRemove(new KeyValuePair<IPAddress, int>(network, 0));
    }

    // One customer gets a /64 or more (RFC 6177 §2): its addresses are as good as one.
    private static IPAddress Network(IPAddress address)
    {
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return address;
        Span<byte> bytes = stackalloc byte[16];
        address.TryWriteBytes(bytes, out _);
        bytes[8..].Clear();
        return new IPAddress(bytes);
    }
}
