using System.Net;
using System.Net.Sockets;

namespace Modus.Delivery.Authentication.Spf;

/// <summary>Networks of addresses.</summary>
internal static class SpfAddresses
{
    /// <summary>The network of an address whose first bits count.</summary>
    public static IPNetwork NetworkOf(IPAddress address, int bits)
    {
        var bytes = address.GetAddressBytes();
        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(bits - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xFF << (8 - kept));
        }

        return new IPNetwork(new IPAddress(bytes), bits);
    }

    /// <summary>True when an address of a term is the client's, or in one network with it.</summary>
    public static bool Matches(SpfTerm term, IPAddress client, IPAddress address) =>
        client.AddressFamily == address.AddressFamily
        && NetworkOf(address, client.AddressFamily == AddressFamily.InterNetwork ? term.Bits4 : term.Bits6).Contains(client);
}
