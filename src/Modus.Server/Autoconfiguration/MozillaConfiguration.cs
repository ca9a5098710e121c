using System.Globalization;
using System.Xml;
using Modus.Mail.Addresses;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Autoconfiguration;

/// <summary>
/// Mozilla's configuration file, version 1.1 (draft-ietf-mailmaint-autoconfig), which Thunderbird, K-9, Evolution and KMail read. It is that of a
/// domain: the address stands in it as a placeholder, so that nothing is echoed.
/// </summary>
internal static class MozillaConfiguration
{
    /// <summary>What stands for the address.</summary>
    public const string AddressPlaceholder = "%EMAILADDRESS%";

    /// <summary>A password as it is, in TLS: PLAIN or LOGIN. There is no word for SCRAM.</summary>
    public const string Authentication = "password-cleartext";

    public static byte[] Write(MailOffer offer, Domain domain) => SetupXml.Write(xml =>
    {
        xml.WriteStartElement("clientConfig");
        xml.WriteAttributeString("version", "1.1");
        xml.WriteStartElement("emailProvider");
        xml.WriteAttributeString("id", domain.Name);
        xml.WriteElementString("domain", domain.Name);
        xml.WriteElementString("displayName", domain.DisplayName);
        xml.WriteElementString("displayShortName", domain.DisplayName);
        foreach (var door in offer.Incoming) WriteServer(xml, "incomingServer", door.Protocol == ListenerProtocol.Imap ? "imap" : "pop3", door, offer.HostName);
        foreach (var door in offer.Outgoing) WriteServer(xml, "outgoingServer", "smtp", door, offer.HostName);
        xml.WriteEndElement();
        xml.WriteEndElement();
    });

    private static void WriteServer(XmlWriter xml, string element, string type, OfferedDoor door, Domain host)
    {
        xml.WriteStartElement(element);
        xml.WriteAttributeString("type", type);
        xml.WriteElementString("hostname", host.Name);
        xml.WriteElementString("port", door.Port.ToString(CultureInfo.InvariantCulture));
        xml.WriteElementString("socketType", door.Tls == TlsMode.Implicit ? "SSL" : "STARTTLS");
        xml.WriteElementString("username", AddressPlaceholder);
        xml.WriteElementString("authentication", Authentication);
        xml.WriteEndElement();
    }
}
