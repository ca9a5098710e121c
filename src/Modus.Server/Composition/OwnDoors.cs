using System.Net;
using System.Net.NetworkInformation;
using Modus.Delivery.Remote;
using Modus.Server.Configuration;

namespace Modus.Server.Composition;

/// <summary>The SMTP listeners of this server, so that the queue does not send mail to itself.</summary>
internal sealed class OwnDoors(Doors doors, TimeProvider clock) : IOwnDoors
{
    // Asked for every next hop, and the system is slow to tell.
    private static readonly TimeSpan RereadAfter = TimeSpan.FromMinutes(1);

    private volatile Cards? _cards;

    public bool AreOurs(IPEndPoint endPoint) => doors.Opened.Any(door =>
        door.Listener.Protocol is ListenerProtocol.Smtp or ListenerProtocol.Submission
        && door.EndPoint.Port == endPoint.Port
        && (IsAny(door.EndPoint.Address) ? IsOfThisMachine(endPoint.Address) : door.EndPoint.Address.Equals(endPoint.Address)));

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private bool IsOfThisMachine(IPAddress address)
    {
        if (IPAddress.IsLoopback(address)) return true;
        var cards = _cards;
        if (cards is null || clock.GetElapsedTime(cards.ReadAt) >= RereadAfter) _cards = cards = new Cards(ReadAddresses(), clock.GetTimestamp());
        return cards.Addresses.Contains(address);
    }

    private static HashSet<IPAddress> ReadAddresses() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces().SelectMany(static card => card.GetIPProperties().UnicastAddresses).Select(static own => own.Address),
    ];

    private sealed record Cards(HashSet<IPAddress> Addresses, long ReadAt);
}
