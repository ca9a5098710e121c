using Modus.Mail.Addresses;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Autoconfiguration;

/// <summary>An SRV record (RFC 2782).</summary>
/// <param name="Name">The owner, without a dot at its end, such as <c>_imaps._tcp.example.com</c>.</param>
/// <param name="Priority">The lower the better.</param>
/// <param name="Weight">0 or 1: there is one host.</param>
/// <param name="Port">The port; 0 where there is no such service.</param>
/// <param name="Target">The host; null where there is no such service, written as <c>.</c> (RFC 6186 §3.4).</param>
internal sealed record SrvRecord(string Name, int Priority, int Weight, int Port, Domain? Target)
{
    /// <summary>What follows the type, as zone files have it.</summary>
    public string Value => $"{Priority} {Weight} {Port} {Target?.Name}.";
}

/// <summary>A CNAME record.</summary>
/// <param name="Name">The owner, without a dot at its end.</param>
/// <param name="Target">The host.</param>
internal sealed record CnameRecord(string Name, Domain Target)
{
    /// <summary>What follows the type, as zone files have it.</summary>
    public string Value => $"{Target.Name}.";
}

/// <summary>The records by which mail programs find this server for a domain. The one place that makes them.</summary>
internal static class SetupRecords
{
    private const int HttpsPort = 443; // the names have no place for another

    // Priorities: RFC 6186 §3.4 lets them say which of IMAP and POP3 is preferred; implicit TLS is before STARTTLS (RFC 8314 §5.1).
    private static readonly (string Service, ListenerProtocol Protocol, TlsMode Tls, int Priority)[] Services =
    [
        ("_submissions", ListenerProtocol.Submission, TlsMode.Implicit, 0),
        ("_submission", ListenerProtocol.Submission, TlsMode.OnDemand, 10),
        ("_imaps", ListenerProtocol.Imap, TlsMode.Implicit, 0),
        ("_imap", ListenerProtocol.Imap, TlsMode.OnDemand, 10),
        ("_pop3s", ListenerProtocol.Pop3, TlsMode.Implicit, 20),
        ("_pop3", ListenerProtocol.Pop3, TlsMode.OnDemand, 30),
    ];

    /// <summary>The services of mail, those that are not offered too (RFC 6186 §3, RFC 8314 §5.1).</summary>
    public static IReadOnlyList<SrvRecord> OfMail(Domain domain, MailOffer offer) =>
        [.. Services.SelectMany(service => Of(service.Service, service.Priority, domain, offer.HostName,
            [.. from door in offer.Doors where door.Protocol == service.Protocol && door.Tls == service.Tls select door.Port]))];

    /// <summary>Where Outlook finds its settings; empty where they are not served.</summary>
    public static IReadOnlyList<SrvRecord> OfAutodiscover(Domain domain, MailOffer offer) =>
        offer.IsEnabled && offer.HttpsPorts.Count > 0
            ? [new SrvRecord($"_autodiscover._tcp.{domain}", 0, 1, offer.HttpsPorts.Contains(HttpsPort) ? HttpsPort : offer.HttpsPorts[0], offer.HostName)]
            : [];

    /// <summary>The names at which settings are looked for, by port 443 alone; empty where they are not served there.</summary>
    public static IReadOnlyList<CnameRecord> Aliases(Domain domain, MailOffer offer) =>
        offer.IsEnabled && offer.HttpsPorts.Contains(HttpsPort)
            ? [.. from name in SetupNames(domain) where name != offer.HostName.Name select new CnameRecord(name, offer.HostName)]
            : [];

    /// <summary>The names that mail programs make of a domain.</summary>
    public static IReadOnlyList<string> SetupNames(Domain domain) => [$"autoconfig.{domain}", $"autodiscover.{domain}"];

    private static IEnumerable<SrvRecord> Of(string service, int priority, Domain domain, Domain host, IReadOnlyList<int> ports)
    {
        var name = $"{service}._tcp.{domain}";
        return ports.Count > 0
            ? ports.Select((port, index) => new SrvRecord(name, priority + index, 1, port, host))
            : [new SrvRecord(name, 0, 0, 0, null)];
    }
}
