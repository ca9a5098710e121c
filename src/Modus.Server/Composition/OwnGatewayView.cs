using System.Net;
using Modus.Delivery.Vpn;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Composition;

/// <summary>What other gateways meet here: the keys of the smtp and https listeners under this server's name or none, and where these are.</summary>
internal sealed class OwnGatewayView(Doors doors, CertificateSelector certificates, ServerConfiguration configuration) : IOwnGateway
{
    public OwnGateway Describe()
    {
        var opened = doors.Opened.Where(static door => door.Listener.Protocol is ListenerProtocol.Smtp or ListenerProtocol.Https && door.Listener.Tls != TlsMode.None).ToList();
        IPAddress?[] locals = [null, .. opened.Select(static door => IsAny(door.EndPoint.Address) ? null : door.EndPoint.Address)];
        var keys = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var local in locals.Distinct())
            foreach (var name in new[] { configuration.Hostname.Name, null })
                foreach (var canEcdsa in new[] { true, false })
                    if (certificates.Select(local, name, canEcdsa) is { } choice) keys.Add(KeyPin.Of(choice.Certificate.Leaf));
        return new OwnGateway(
            configuration.Hostname.Name,
            [.. keys],
            opened.FirstOrDefault(static door => door.Listener.Protocol == ListenerProtocol.Https)?.EndPoint.Port,
            [.. opened.Where(static door => door.Listener.Protocol == ListenerProtocol.Smtp && !IsAny(door.EndPoint.Address) && !IPAddress.IsLoopback(door.EndPoint.Address))
                .Select(static door => $"{door.EndPoint.Address}").Distinct()]);
    }

    private static bool IsAny(IPAddress address) => address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
}
