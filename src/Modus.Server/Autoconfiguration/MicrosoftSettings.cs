using System.Globalization;
using System.Xml;
using Modus.Mail.Addresses;
using Modus.Server.Configuration;
using Modus.Tls;

namespace Modus.Server.Autoconfiguration;

/// <summary>The plain old XML of Autodiscover ([MS-OXDSCLI]), which Outlook reads: settings of Internet mail.</summary>
internal static class MicrosoftSettings
{
    /// <summary>The only kind of answer that there is here.</summary>
    public const string Schema = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

    private const string Envelope = "http://schemas.microsoft.com/exchange/autodiscover/responseschema/2006";

    public static byte[] Write(MailOffer offer, EmailAddress address) => WriteResponse(Schema, xml =>
    {
        xml.WriteStartElement("User", Schema);
        xml.WriteElementString("DisplayName", Schema, address.ToString());
        xml.WriteEndElement();
        xml.WriteStartElement("Account", Schema);
        xml.WriteElementString("AccountType", Schema, "email");
        xml.WriteElementString("Action", Schema, "settings");
        foreach (var door in offer.Doors) WriteProtocol(xml, door, offer.HostName, address);
        xml.WriteEndElement();
    });

    /// <summary>The answer to those who want another kind of answer, such as that of ActiveSync.</summary>
    public static byte[] WriteNotProvided() => WriteResponse(Envelope, static xml =>
    {
        xml.WriteStartElement("Error", Envelope);
        xml.WriteElementString("ErrorCode", Envelope, "601"); // the schema that is asked for is not provided
        xml.WriteElementString("Message", Envelope, "Provider is not available");
        xml.WriteElementString("DebugData", Envelope, "");
        xml.WriteEndElement();
    });

    private static byte[] WriteResponse(string schema, Action<XmlWriter> write) => SetupXml.Write(xml =>
    {
        xml.WriteStartElement("Autodiscover", Envelope);
        xml.WriteStartElement("Response", schema);
        write(xml);
        xml.WriteEndElement();
        xml.WriteEndElement();
    });

    private static void WriteProtocol(XmlWriter xml, OfferedDoor door, Domain host, EmailAddress address)
    {
        xml.WriteStartElement("Protocol", Schema);
        foreach (var (name, value) in new[]
        {
            ("Type", door.Protocol switch { ListenerProtocol.Imap => "IMAP", ListenerProtocol.Pop3 => "POP3", _ => "SMTP" }),
            ("Server", host.Name),
            ("Port", door.Port.ToString(CultureInfo.InvariantCulture)),
            ("DomainRequired", "off"),
            ("LoginName", address.ToString()),
            ("SPA", "off"), // Microsoft's own way to log in
            ("SSL", "on"),
            ("Encryption", door.Tls == TlsMode.Implicit ? "SSL" : "TLS"), // TLS is their word for STARTTLS
            ("AuthRequired", "on"),
        })
        {
            xml.WriteElementString(name, Schema, value);
        }

        xml.WriteEndElement();
    }
}
