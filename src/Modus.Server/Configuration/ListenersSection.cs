using System.Net;
using Modus.Tls;

namespace Modus.Server.Configuration;

/// <summary>Reads <c>listeners</c>.</summary>
internal static class ListenersSection
{
    private const string AnyAddress = "*";

    // RFC 5321, RFC 6409, RFC 8314 §3.3, RFC 1939 with RFC 2595, RFC 8314 §3.1, RFC 9051 §2.1, RFC 8314 §3.2, RFC 8461 §3.3.
    private static readonly ListenerConfiguration[] Standard =
    [
        new(ListenerProtocol.Smtp, [], 25, TlsMode.OnDemand),
        new(ListenerProtocol.Submission, [], 465, TlsMode.Implicit),
        new(ListenerProtocol.Submission, [], 587, TlsMode.OnDemand),
        new(ListenerProtocol.Pop3, [], 110, TlsMode.OnDemand),
        new(ListenerProtocol.Pop3, [], 995, TlsMode.Implicit),
        new(ListenerProtocol.Imap, [], 143, TlsMode.OnDemand),
        new(ListenerProtocol.Imap, [], 993, TlsMode.Implicit),
        new(ListenerProtocol.Https, [], 443, TlsMode.Implicit),
    ];

    private const string HttpWord = "http";

    /// <summary>What the protocols are called that certificates can be for.</summary>
    public static readonly (string Word, ListenerProtocol Value)[] Words =
    [
        ("smtp", ListenerProtocol.Smtp),
        ("submission", ListenerProtocol.Submission),
        ("pop3", ListenerProtocol.Pop3),
        ("imap", ListenerProtocol.Imap),
        ("https", ListenerProtocol.Https),
    ];

    /// <summary>What a protocol is called.</summary>
    public static string WordOf(ListenerProtocol protocol) =>
        protocol == ListenerProtocol.Http ? HttpWord : Words.First(word => word.Value == protocol).Word;

    public static bool TryProtocol(string text, out ListenerProtocol protocol)
    {
        var found = Array.FindIndex(Words, word => word.Word.Equals(text, StringComparison.OrdinalIgnoreCase));
        protocol = found < 0 ? default : Words[found].Value;
        return found >= 0;
    }

    public static IReadOnlyList<ListenerConfiguration> Read(SectionReader root, TakenPorts taken)
    {
        var given = root.Objects("listeners");
        if (!root.Has("listeners"))
        {
            foreach (var listener in Standard) taken.Take(TakenPorts.Everywhere, listener.Port, "listeners");
            return [.. Standard.Select(static (listener, number) => listener with { Number = number })];
        }

        if (given.Count == 0)
            root.Fault("listeners", null, "is empty.", "Name at least one listener, or take the key out to get the standard ones.");

        var listeners = new List<ListenerConfiguration>();
        foreach (var section in given)
        {
            if (ReadOne(section) is not { } listener) continue;
            RejectDoubles(section, listener, taken);
            listeners.Add(listener with { Number = listeners.Count });
        }

        return listeners;
    }

    private static ListenerConfiguration? ReadOne(SectionReader section)
    {
        var protocol = section.Choice<ListenerProtocol>("protocol", null, [.. Words, (HttpWord, ListenerProtocol.Http)]);
        var addresses = ReadAddresses(section);
        var standard = protocol switch { ListenerProtocol.Https => TlsMode.Implicit, ListenerProtocol.Http => TlsMode.None, _ => TlsMode.OnDemand };
        var tls = section.Choice<TlsMode>(
            "tls", standard, ("none", TlsMode.None), ("on-demand", TlsMode.OnDemand), ("implicit", TlsMode.Implicit));
        var port = section.Number("port", -1, 0, 65535);
        if (!section.Has("port"))
            section.Fault("port", null, "is missing.", "Write the port to listen on; 0 lets the system choose one.");
        var version = section.Choice<TlsVersion>("minimumVersion", TlsVersion.Tls12, ("1.2", TlsVersion.Tls12), ("1.3", TlsVersion.Tls13));
        var without = ProtocolSections.ReadWithoutCapabilities(section);
        if (section.Has("withoutCapabilities") && protocol is not (null or ListenerProtocol.Imap))
            section.Fault("withoutCapabilities", null, "means nothing but to IMAP.", "Take it out, or give it to a listener with the protocol imap.");
        var published = ReadPublishedPort(section, protocol);
        if (protocol == ListenerProtocol.Https && tls != TlsMode.Implicit)
            section.Fault("tls", section.Text("tls"), "is not how HTTPS begins.", "Write \"implicit\", or take it out.");
        if (protocol == ListenerProtocol.Http && tls != TlsMode.None)
            section.Fault("tls", section.Text("tls"), "is not how HTTP begins.", "Write \"none\", or take it out; for HTTPS write the protocol https.");
        section.RejectUnknown();
        if (protocol is null || port < 0) return null;
        return new ListenerConfiguration(protocol.Value, addresses, port, tls!.Value)
        {
            WithoutCapabilities = without, PublishedPort = published, MinimumVersion = section.Has("minimumVersion") ? version : null,
        };
    }

    private static int? ReadPublishedPort(SectionReader section, ListenerProtocol? protocol)
    {
        const string Key = "publishedPort";
        var port = section.Number(Key, 0, 0, 65535);
        if (!section.Has(Key)) return null;
        if (protocol == ListenerProtocol.Smtp) section.Fault(Key, null, "means nothing to SMTP: other servers come by port 25.", "Take it out.");
        return port;
    }

    private static List<IPAddress> ReadAddresses(SectionReader section)
    {
        var addresses = new List<IPAddress>();
        var texts = section.Texts("addresses");
        if (texts.Count == 0 && section.Has("addresses"))
            section.Fault("addresses", null, "is empty.", "Write an address of this machine, or \"*\" for all.");
        foreach (var (key, text) in texts)
        {
            if (text == AnyAddress) continue;
            if (AddressText.TryRead(text, out var address)) addresses.Add(address);
            else section.Fault(key, text, "is no IP address.", "Write an address of this machine, such as \"192.0.2.1\", or \"*\" for all.");
        }

        return texts.Any(static item => item.Value == AnyAddress) ? [] : addresses; // all of them are all
    }

    private static void RejectDoubles(SectionReader section, ListenerConfiguration listener, TakenPorts taken)
    {
        foreach (var address in listener.Addresses.DefaultIfEmpty(TakenPorts.Everywhere))
        {
            if (taken.Take(address, listener.Port, section.PathOf("port")) is { } other) section.FaultOfPort(listener.Port, other);
        }
    }
}
