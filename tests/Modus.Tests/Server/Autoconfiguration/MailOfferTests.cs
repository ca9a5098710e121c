using Modus.Server.Autoconfiguration;
using Modus.Server.Configuration;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Server.Autoconfiguration;

public sealed class MailOfferTests
{
    [Fact]
    public void The_standard_listeners_are_offered_with_implicit_TLS_first()
    {
        Assert.Equal(
            [
                new(ListenerProtocol.Imap, 993, TlsMode.Implicit), new(ListenerProtocol.Imap, 143, TlsMode.OnDemand),
                new(ListenerProtocol.Pop3, 995, TlsMode.Implicit), new(ListenerProtocol.Pop3, 110, TlsMode.OnDemand),
                new(ListenerProtocol.Submission, 465, TlsMode.Implicit), new OfferedDoor(ListenerProtocol.Submission, 587, TlsMode.OnDemand),
            ],
            Offers.Standard.Doors);
        Assert.Equal("mail.example.com", Offers.Standard.HostName.Name);
        Assert.Equal([443], Offers.Standard.HttpsPorts);
        Assert.True(Offers.Standard.IsEnabled && Offers.Standard.IsWhole);
    }

    [Theory]
    [InlineData("smtp", "993 143 995 110")]
    [InlineData("pop3", "993 143 465 587")]
    [InlineData("imap", "995 110 465 587")]
    public void A_protocol_without_encryption_is_not_offered(string protocol, string ports)
    {
        var offer = Offers.Of($$"""{ "hostname": "a.example", "{{protocol}}": { "encryption": false } }""");
        Assert.Equal(ports, string.Join(' ', offer.Doors.Select(static door => door.Port)));
        Assert.Equal(protocol != "smtp", offer.IsWhole);
    }

    [Fact]
    public void Doors_without_TLS_and_those_of_other_servers_are_not_offered() => Assert.Equal(
        [new OfferedDoor(ListenerProtocol.Submission, 587, TlsMode.OnDemand)],
        Offers.Of("""
            { "hostname": "a.example",
              "listeners": [{ "protocol": "imap", "port": 143, "tls": "none" }, { "protocol": "smtp", "port": 25 }, { "protocol": "submission", "port": 587 }] }
            """).Doors);

    [Fact]
    public void Programs_are_told_the_port_by_which_they_come()
    {
        var offer = Offers.Of("""
            { "hostname": "a.example",
              "listeners": [
                { "protocol": "imap", "port": 2993, "tls": "implicit", "publishedPort": 993 }, { "protocol": "imap", "port": 143, "publishedPort": 0 },
                { "protocol": "submission", "port": 0, "tls": "implicit" }, { "protocol": "https", "port": 8443, "publishedPort": 443 }] }
            """);
        Assert.Equal([new OfferedDoor(ListenerProtocol.Imap, 993, TlsMode.Implicit)], offer.Doors);
        Assert.Equal([443], offer.HttpsPorts);
    }

    [Fact]
    public void The_host_can_be_another_and_all_of_it_switched_off()
    {
        var offer = Offers.Of("""{ "hostname": "inner.example.com", "autoconfiguration": { "enabled": false, "hostname": "Mail.example.com" } }""");
        Assert.Equal("mail.example.com", offer.HostName.Name);
        Assert.False(offer.IsEnabled);
    }

    [Fact]
    public void The_same_port_at_two_addresses_is_one_door() => Assert.Equal(
        [new OfferedDoor(ListenerProtocol.Pop3, 995, TlsMode.Implicit)],
        Offers.Of("""
            { "hostname": "a.example",
              "listeners": [{ "protocol": "pop3", "port": 995, "tls": "implicit", "addresses": "192.0.2.1" }, { "protocol": "pop3", "port": 995, "tls": "implicit", "addresses": "192.0.2.2" }] }
            """).Doors);
}
