using System.Net;
using Modus.Protocols.Wire;
using Modus.Server.Admin.Operations;
using Modus.Server.TlsCheck;
using Modus.Tls;

namespace Modus.Server.Doctor;

/// <summary>Comes to listeners of this server, as clients do, from this machine.</summary>
/// <param name="tls">The client's side of TLS.</param>
/// <param name="connector">Makes connections.</param>
internal sealed class DoorCalls(ITlsClient tls, IConnector connector)
{
    /// <summary>Says a listener as `modus tls check` names it; null for what it does not know.</summary>
    public static string? ProtocolOf(DoorRow door) => (door.Protocol, door.Tls) switch
    {
        ("smtp", "implicit") => "smtps",
        ("submission", "implicit") => "smtps",
        ("pop3", "implicit") => "pop3s",
        ("imap", "implicit") => "imaps",
        ("https", _) => "https",
        ("smtp" or "submission" or "pop3" or "imap", _) => door.Protocol,
        _ => null,
    };

    /// <summary>Where a listener is reached from this machine.</summary>
    public static IPEndPoint PlaceOf(DoorRow door)
    {
        var address = IPAddress.Parse(door.Address);
        var isAny = address.Equals(IPAddress.Any) || address.Equals(IPAddress.IPv6Any);
        return new IPEndPoint(isAny ? IPAddress.Loopback : address, door.Port);
    }

    public static string WordsOf(DoorRow door) => $"{door.Protocol} {(door.Address.Contains(':', StringComparison.Ordinal) ? $"[{door.Address}]" : door.Address)}:{door.Port}";

    /// <summary>Comes to a listener and asks for a name.</summary>
    /// <returns>The visit, and the greeting; null when none came, or none was waited for.</returns>
    public async ValueTask<(CheckVisit Visit, string? Greeting)> VisitAsync(
        DoorRow door, string name, TlsVerification verification, TlsOffer? offer, CancellationToken cancellationToken)
    {
        var call = new CheckCall(tls, connector, new CheckTarget(name, PlaceOf(door), ProtocolOf(door)!));
        var visit = await call.VisitAsync(verification, offer, cancellationToken);
        return (visit, call.Greeting);
    }
}
