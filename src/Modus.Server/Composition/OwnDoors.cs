using System.Net;
using System.Net.NetworkInformation;
using Modus.Delivery.Remote;
using Modus.Server.Configuration;

namespace Modus.Server.Composition;

/// <summary>The SMTP listeners of this server, so that the queue does not send mail to itself.</summary>
internal sealed class OwnDoors(Doors doors) : IOwnDoors
{
    public bool AreOurs(IPEndPoint endPoint) => doors.Opened.Any(door =>
        door.Listener.Protocol is ListenerProtocol.Smtp or ListenerProtocol.Submission
        && door.EndPoint.Port == endPoint.Port
        && (IsAny(door.EndPoint.Address) ? IsOfThisMachine(endPoint.Address) : door.EndPoint.Address.Equals(endPoint.Address)));

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);

    private static bool IsOfThisMachine(IPAddress address) => IPAddress.IsLoopback(address)
        || NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(static card => card.GetIPProperties().UnicastAddresses)
            .Any(own => own.Address.Equals(address));
}
