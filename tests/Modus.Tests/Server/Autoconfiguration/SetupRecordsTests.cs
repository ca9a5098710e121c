using Modus.Server.Autoconfiguration;
using Xunit;

namespace Modus.Tests.Server.Autoconfiguration;

public sealed class SetupRecordsTests
{
    [Fact]
    public void Every_service_of_mail_has_a_record() => Assert.Equal(
        [
            "_submissions._tcp.example.com 0 1 465 mail.example.com.",
            "_submission._tcp.example.com 10 1 587 mail.example.com.",
            "_imaps._tcp.example.com 0 1 993 mail.example.com.",
            "_imap._tcp.example.com 10 1 143 mail.example.com.",
            "_pop3s._tcp.example.com 20 1 995 mail.example.com.",
            "_pop3._tcp.example.com 30 1 110 mail.example.com.",
        ],
        Lines(SetupRecords.OfMail(Offers.Example, Offers.Standard)));

    [Fact]
    public void What_is_not_offered_is_said_not_to_be()
    {
        var offer = Offers.Of("""
            { "hostname": "mail.example.com", "pop3": { "encryption": false },
              "listeners": [{ "protocol": "imap", "port": 993, "tls": "implicit" }, { "protocol": "imap", "port": 1993, "tls": "implicit" }, { "protocol": "pop3", "port": 110 }] }
            """);
        Assert.Equal(
            [
                "_submissions._tcp.example.com 0 0 0 .",
                "_submission._tcp.example.com 0 0 0 .",
                "_imaps._tcp.example.com 0 1 993 mail.example.com.",
                "_imaps._tcp.example.com 1 1 1993 mail.example.com.",
                "_imap._tcp.example.com 0 0 0 .",
                "_pop3s._tcp.example.com 0 0 0 .",
                "_pop3._tcp.example.com 0 0 0 .",
            ],
            Lines(SetupRecords.OfMail(Offers.Example, offer)));
    }

    [Fact]
    public void Settings_are_looked_for_at_names_that_lead_here()
    {
        Assert.Equal(["_autodiscover._tcp.example.com 0 1 443 mail.example.com."], Lines(SetupRecords.OfAutodiscover(Offers.Example, Offers.Standard)));
        Assert.Equal(
            ["autoconfig.example.com mail.example.com.", "autodiscover.example.com mail.example.com."],
            SetupRecords.Aliases(Offers.Example, Offers.Standard).Select(static record => $"{record.Name} {record.Value}"));
    }

    [Fact]
    public void Another_port_than_443_is_found_by_Outlook_alone()
    {
        var offer = Offers.Of("""{ "hostname": "mail.example.com", "listeners": [{ "protocol": "https", "port": 8443 }] }""");
        Assert.Equal(["_autodiscover._tcp.example.com 0 1 8443 mail.example.com."], Lines(SetupRecords.OfAutodiscover(Offers.Example, offer)));
        Assert.Empty(SetupRecords.Aliases(Offers.Example, offer));
    }

    [Theory]
    [InlineData("""{ "hostname": "mail.example.com", "autoconfiguration": { "enabled": false } }""")]
    [InlineData("""{ "hostname": "mail.example.com", "listeners": [{ "protocol": "imap", "port": 143 }] }""")]
    public void Where_nothing_is_served_nothing_leads_there(string json)
    {
        Assert.Empty(SetupRecords.OfAutodiscover(Offers.Example, Offers.Of(json)));
        Assert.Empty(SetupRecords.Aliases(Offers.Example, Offers.Of(json)));
    }

    [Fact]
    public void A_name_does_not_lead_to_itself() => Assert.Equal(
        ["autodiscover.example.com"],
        SetupRecords.Aliases(Offers.Example, Offers.Of("""{ "hostname": "autoconfig.example.com" }""")).Select(static record => record.Name));

    private static IEnumerable<string> Lines(IEnumerable<SrvRecord> records) => records.Select(static record => $"{record.Name} {record.Value}");
}
