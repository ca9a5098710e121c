using System.Text;
using System.Xml.Linq;
using Modus.Mail.Addresses;
using Modus.Server.Autoconfiguration;
using Xunit;

namespace Modus.Tests.Server.Autoconfiguration;

/// <summary>What mail programs get. The end-to-end tests have readers of others, and log in with it.</summary>
public sealed class SetupDocumentTests
{
    private static readonly XNamespace Outlook = "http://schemas.microsoft.com/exchange/autodiscover/outlook/responseschema/2006a";

    [Fact]
    public void Mozilla_gets_servers_in_order_and_a_placeholder_for_the_address()
    {
        var provider = Parse(MozillaConfiguration.Write(Offers.Standard, Offers.Example)).Element("clientConfig")!.Element("emailProvider")!;
        Assert.Equal("example.com", provider.Attribute("id")!.Value);
        Assert.Equal(
            ["incomingServer imap 993 SSL", "incomingServer imap 143 STARTTLS", "incomingServer pop3 995 SSL", "incomingServer pop3 110 STARTTLS", "outgoingServer smtp 465 SSL", "outgoingServer smtp 587 STARTTLS"],
            provider.Elements().Where(static element => element.HasElements).Select(static element =>
                $"{element.Name} {element.Attribute("type")!.Value} {element.Element("port")!.Value} {element.Element("socketType")!.Value}"));
        Assert.All(provider.Elements().Where(static element => element.HasElements), static element =>
        {
            Assert.Equal("mail.example.com", element.Element("hostname")!.Value);
            Assert.Equal("%EMAILADDRESS%", element.Element("username")!.Value);
            Assert.Equal("password-cleartext", element.Element("authentication")!.Value); // encrypted is their word for CRAM-MD5
        });
    }

    [Fact]
    public void A_domain_in_letters_of_the_world_is_shown_in_them()
    {
        var provider = Parse(MozillaConfiguration.Write(Offers.Standard, Domain.Parse("grüße.example"))).Element("clientConfig")!.Element("emailProvider")!;
        Assert.Equal(("xn--gre-6ka8l.example", "grüße.example"), (provider.Element("domain")!.Value, provider.Element("displayName")!.Value));
    }

    [Fact]
    public void Outlook_gets_protocols_in_order_with_the_whole_address_as_login_name()
    {
        var address = EmailAddress.Parse("anna@example.com");
        var account = Parse(MicrosoftSettings.Write(Offers.Standard, address)).Root!.Element(Outlook + "Response")!.Element(Outlook + "Account")!;
        Assert.Equal(("email", "settings"), (account.Element(Outlook + "AccountType")!.Value, account.Element(Outlook + "Action")!.Value));
        Assert.Equal(
            ["IMAP 993 on SSL", "IMAP 143 on TLS", "POP3 995 on SSL", "POP3 110 on TLS", "SMTP 465 on SSL", "SMTP 587 on TLS"],
            account.Elements(Outlook + "Protocol").Select(static one =>
                $"{one.Element(Outlook + "Type")!.Value} {one.Element(Outlook + "Port")!.Value} {one.Element(Outlook + "SSL")!.Value} {one.Element(Outlook + "Encryption")!.Value}"));
        Assert.All(account.Elements(Outlook + "Protocol"), one => Assert.Equal(
            ("mail.example.com", "anna@example.com", "off", "on"),
            (one.Element(Outlook + "Server")!.Value, one.Element(Outlook + "LoginName")!.Value, one.Element(Outlook + "SPA")!.Value, one.Element(Outlook + "AuthRequired")!.Value)));
    }

    [Fact]
    public void Another_kind_of_answer_than_Outlooks_is_not_provided() =>
        Assert.Equal("601", Parse(MicrosoftSettings.WriteNotProvided()).Descendants().Single(static element => element.Name.LocalName == "ErrorCode").Value);

    [Fact]
    public void A_profile_of_Apples_keeps_its_identity_and_others_have_another()
    {
        var anna = AppleProfile.Write(Offers.Standard, EmailAddress.Parse("anna@example.com"));
        Assert.Equal(anna, AppleProfile.Write(Offers.Standard, EmailAddress.Parse("anna@example.com")));
        var (annas, bens) = (Uuids(anna), Uuids(AppleProfile.Write(Offers.Standard, EmailAddress.Parse("ben@example.com"))));
        Assert.Equal(2, annas.Distinct().Count());
        Assert.Empty(annas.Intersect(bens));
        Assert.All(annas, static id => Assert.Equal(8, Guid.Parse(id).Version));
    }

    [Fact]
    public void Apples_gets_POP3_where_there_is_no_IMAP_and_STARTTLS_where_there_is_nothing_else()
    {
        var offer = Offers.Of("""{ "hostname": "mail.example.com", "listeners": [{ "protocol": "pop3", "port": 110 }, { "protocol": "submission", "port": 587 }] }""");
        var text = Encoding.UTF8.GetString(AppleProfile.Write(offer, EmailAddress.Parse("anna@example.com")));
        Assert.Contains("EmailTypePOP", text, StringComparison.Ordinal);
        Assert.Contains("<integer>110</integer>", text, StringComparison.Ordinal);
        Assert.Contains("<integer>587</integer>", text, StringComparison.Ordinal);
    }

    [Fact]
    public void What_XML_cannot_hold_is_known()
    {
        // Not as data of a theory: attributes are UTF-8, which cannot hold them either.
        foreach (var text in new[] { "half \uD83D", "half \uDE00 other", "turned \uDE00\uD83D", "none \uFFFE" }) Assert.False(SetupXml.CanHold(text));
        foreach (var text in new[] { "plain & <simple> \"quotes\" ]]>", "gr\u00FC\u00DFe \uD83D\uDE00" })
        {
            Assert.True(SetupXml.CanHold(text));
            Assert.Equal(text, Parse(SetupXml.Write(xml => xml.WriteElementString("x", text))).Root!.Value);
        }
    }

    private static List<string> Uuids(byte[] profile) =>
        [.. Encoding.UTF8.GetString(profile).Split("<key>PayloadUUID</key>").Skip(1).Select(static rest => rest.Split("<string>")[1].Split("</string>")[0])];

    private static XDocument Parse(byte[] document) => XDocument.Parse(Encoding.UTF8.GetString(document));
}
