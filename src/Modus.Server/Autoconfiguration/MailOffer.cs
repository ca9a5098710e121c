using Modus.Mail.Addresses;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Autoconfiguration;

/// <summary>A door that mail programs are told of.</summary>
/// <param name="Protocol">Imap, Pop3 or Submission.</param>
/// <param name="Port">The port by which they come to it.</param>
/// <param name="Tls">Implicit or OnDemand.</param>
internal sealed record OfferedDoor(ListenerProtocol Protocol, int Port, TlsMode Tls);

/// <summary>What mail programs can reach here, where and how. Immutable.</summary>
/// <param name="HostName">The host that they connect to.</param>
/// <param name="Doors">IMAP, POP3, submission; of each implicit TLS before STARTTLS (RFC 8314 §3).</param>
/// <param name="HttpsPorts">The ports of https listeners.</param>
/// <param name="IsEnabled">False: nothing of it is told by https.</param>
internal sealed record MailOffer(Domain HostName, IReadOnlyList<OfferedDoor> Doors, IReadOnlyList<int> HttpsPorts, bool IsEnabled)
{
    private static readonly ListenerProtocol[] Order = [ListenerProtocol.Imap, ListenerProtocol.Pop3, ListenerProtocol.Submission];

    /// <summary>Where mail is read: IMAP before POP3.</summary>
    public IEnumerable<OfferedDoor> Incoming => Doors.Where(static door => door.Protocol != ListenerProtocol.Submission);

    /// <summary>Where mail is handed in.</summary>
    public IEnumerable<OfferedDoor> Outgoing => Doors.Where(static door => door.Protocol == ListenerProtocol.Submission);

    /// <summary>True when an account can be set up by it: mail can be read and handed in.</summary>
    public bool IsWhole => Incoming.Any() && Outgoing.Any();

    /// <summary>What some open listeners offer.</summary>
    /// <param name="configuration">The settings that count now.</param>
    /// <param name="open">The listeners that are open, and their ports; 0 where it is not known yet.</param>
    public static MailOffer From(ServerConfiguration configuration, IEnumerable<(ListenerConfiguration Listener, int Port)> open)
    {
        var published = (from door in open
                         let port = door.Listener.PublishedPort ?? door.Port
                         where port > 0
                         select (door.Listener.Protocol, Port: port, Tls: door.Listener.TlsOnceOn ?? door.Listener.Tls)).ToList();
        var doors = from door in published
                    where Order.Contains(door.Protocol) && door.Tls != TlsMode.None && configuration.IsEncrypted(door.Protocol)
                    orderby Array.IndexOf(Order, door.Protocol), door.Tls == TlsMode.Implicit ? 0 : 1
                    select new OfferedDoor(door.Protocol, door.Port, door.Tls);
        var https = from door in published where door.Protocol == ListenerProtocol.Https select door.Port;
        var setup = configuration.Autoconfiguration;
        return new MailOffer(setup.HostName ?? configuration.Hostname, [.. doors.Distinct()], [.. https.Distinct()], setup.IsEnabled);
    }
}
