using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Xml;
using Modus.Mail.Addresses;
using Modus.Server.Configuration;

namespace Modus.Server.Autoconfiguration;

/// <summary>
/// A configuration profile for iOS, iPadOS and macOS (payload <c>com.apple.mail.managed</c>): one account. Its identifiers are made of host and
/// address, so that one that is taken again replaces the one before. Not signed; the password is asked for when it is installed.
/// </summary>
internal static class AppleProfile
{
    public const string ContentType = "application/x-apple-aspen-config";

    private const string Password = "EmailAuthPassword";

    /// <param name="offer">What is offered: whole.</param>
    /// <param name="address">The account.</param>
    public static byte[] Write(MailOffer offer, EmailAddress address)
    {
        // One door each: the payload has no place for more.
        var (incoming, outgoing) = (offer.Incoming.First(), offer.Outgoing.First());
        var seed = $"{offer.HostName}/{address.ToLookupKey()}";
        var identifier = $"{string.Join('.', offer.HostName.Name.Split('.').Reverse())}.mail.{Identify(seed):n}";
        return SetupXml.Write(xml =>
        {
            xml.WriteDocType("plist", "-//Apple//DTD PLIST 1.0//EN", "http://www.apple.com/DTDs/PropertyList-1.0.dtd", null);
            xml.WriteStartElement("plist");
            xml.WriteAttributeString("version", "1.0");
            xml.WriteStartElement("dict");
            xml.WriteElementString("key", "PayloadContent");
            xml.WriteStartElement("array");
            xml.WriteStartElement("dict");
            WriteAccount(xml, offer.HostName, incoming, outgoing, address.ToString());
            WritePayload(xml, "com.apple.mail.managed", $"{identifier}.account", Identify(seed + "/account"), $"Mail of {address}");
            xml.WriteEndElement();
            xml.WriteEndElement();
            WritePayload(xml, "Configuration", identifier, Identify(seed), $"Mail of {address}");
            WriteText(xml, "PayloadDescription", $"Sets up mail of {address} at {offer.HostName}, encrypted. It asks for the password.");
            WriteText(xml, "PayloadOrganization", address.Domain.Name);
            xml.WriteEndElement();
            xml.WriteEndElement();
        });
    }

    private static void WriteAccount(XmlWriter xml, Domain host, OfferedDoor incoming, OfferedDoor outgoing, string address)
    {
        WriteText(xml, "EmailAccountType", incoming.Protocol == ListenerProtocol.Imap ? "EmailTypeIMAP" : "EmailTypePOP");
        WriteText(xml, "EmailAccountDescription", address);
        WriteText(xml, "EmailAddress", address);
        foreach (var (side, door) in new[] { ("Incoming", incoming), ("Outgoing", outgoing) })
        {
            WriteText(xml, $"{side}MailServerHostName", host.Name);
            WriteNumber(xml, $"{side}MailServerPortNumber", door.Port);
            WriteSwitch(xml, $"{side}MailServerUseSSL", true); // on a port of STARTTLS it means that
            WriteText(xml, $"{side}MailServerUsername", address);
            WriteText(xml, $"{side}MailServerAuthentication", Password);
        }

        WriteSwitch(xml, "OutgoingPasswordSameAsIncomingPassword", true);
    }

    private static void WritePayload(XmlWriter xml, string type, string identifier, Guid id, string name)
    {
        WriteText(xml, "PayloadType", type);
        WriteNumber(xml, "PayloadVersion", 1);
        WriteText(xml, "PayloadIdentifier", identifier);
        WriteText(xml, "PayloadUUID", id.ToString().ToUpperInvariant());
        WriteText(xml, "PayloadDisplayName", name);
    }

    private static void WriteText(XmlWriter xml, string key, string value)
    {
        xml.WriteElementString("key", key);
        xml.WriteElementString("string", value);
    }

    private static void WriteNumber(XmlWriter xml, string key, int value)
    {
        xml.WriteElementString("key", key);
        xml.WriteElementString("integer", value.ToString(CultureInfo.InvariantCulture));
    }

    private static void WriteSwitch(XmlWriter xml, string key, bool value)
    {
        xml.WriteElementString("key", key);
        xml.WriteStartElement(value ? "true" : "false");
        xml.WriteEndElement();
    }

    // A UUID of version 8, made of a hash (RFC 9562 §5.8).
    private static Guid Identify(string seed)
    {
        var id = SHA256.HashData(Encoding.UTF8.GetBytes(seed)).AsSpan(0, 16);
        id[6] = (byte)((id[6] & 0x0F) | 0x80);
        id[8] = (byte)((id[8] & 0x3F) | 0x80);
        return new Guid(id, bigEndian: true);
    }
}
