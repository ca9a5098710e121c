using System.Net;
using Modus.Delivery.Dns;
using Modus.Delivery.Remote;
using Modus.Server.Admin.Operations;
using Modus.Server.TlsCheck;
using Xunit;

namespace Modus.Tests.Server.Doctor;

/// <summary>What others need to believe a domain's mail.</summary>
public sealed class SenderExaminationTests : IDisposable
{
    private const string Key = "v=DKIM1; k=ed25519; p=11qYAYKxCrfVS/7TyWQHOg7hcvPapiMlrwIaaPcHURo=";

    private readonly DoctorBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task An_address_that_may_send_is_good() =>
        DoctorBench.Said(await _bench.LookAtSenderAsync(), FindingLevel.Ok, $"SPF: {DoctorBench.Address} may send");

    [Theory]
    [InlineData("Fault", "may not send", "v=spf1 ip4:192.0.2.1 -all")]
    [InlineData("Fault", "may not send", "v=spf1 ~all")]
    [InlineData("Warning", "says nothing of", "v=spf1 ?all")]
    [InlineData("Fault", "nobody can use the record", "v=spf1 nonsense")]
    [InlineData("Fault", "nobody can use the record", "v=spf1 mx", "v=spf1 mx")]
    [InlineData("Warning", "SPF: there is no record")]
    public async Task Other_records_are_as_bad_as_they_are(string severity, string expected, params string[] records)
    {
        _bench.Dns.Text("example.com", records);

        var found = DoctorBench.Said(await _bench.LookAtSenderAsync(), Enum.Parse<FindingLevel>(severity), expected);

        Assert.Contains($"ip4:{DoctorBench.Address}", string.Join(' ', found.Remedy), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_mail_leaves_by_a_relay_our_address_does_not_count()
    {
        _bench.Dns.Text("example.com", "v=spf1 -all");
        _bench.Facts = _bench.Facts with { Routes = [new MailRoute { Domain = "*", Hosts = ["relay.example:587"] }] };

        DoctorBench.Said(await _bench.LookAtSenderAsync(), FindingLevel.Note, "SPF: mail leaves by relay.example:587");
    }

    [Fact]
    public async Task No_key_is_a_warning_with_the_command() =>
        Assert.Equal(["modus dkim create example.com"], DoctorBench.Said(await _bench.LookAtSenderAsync(), FindingLevel.Warning, "DKIM: there is no key").Remedy);

    [Theory]
    [InlineData("Ok", "DKIM: s1 (ed25519, active) is published", "active", Key)]
    [InlineData("Fault", "is not published", "active")]
    [InlineData("Fault", "is not our key", "active", "v=DKIM1; k=ed25519; p=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=")]
    [InlineData("Note", "is not published", "next")]
    public async Task A_key_is_compared_with_its_record(string severity, string expected, string state, params string[] records)
    {
        _bench.Facts = _bench.Facts with { Keys = [new DkimRow("example.com", "s1", "ed25519", state, default, default, "s1._domainkey.example.com", Key)] };
        _bench.Dns.Text("s1._domainkey.example.com", records);

        var found = DoctorBench.Said(await _bench.LookAtSenderAsync(), Enum.Parse<FindingLevel>(severity), expected);

        if (severity != "Ok") Assert.Equal([$"s1._domainkey.example.com. IN TXT \"{Key}\""], found.Remedy);
    }

    [Fact]
    public async Task A_long_key_is_written_in_strings_that_a_zone_file_takes()
    {
        var text = Key + new string('A', 300);
        _bench.Facts = _bench.Facts with { Keys = [new DkimRow("example.com", "s1", "rsa", "active", default, default, "s1._domainkey.example.com", text)] };

        var line = Assert.Single(DoctorBench.Said(await _bench.LookAtSenderAsync(), FindingLevel.Fault, "is not published").Remedy);

        Assert.Equal(text, string.Concat(line.Split('"').Where(static (_, index) => index % 2 == 1)));
        Assert.DoesNotContain(line.Split('"'), static part => part.Length > 255);
    }

    [Theory]
    [InlineData("Ok", "DMARC: p=reject", "v=DMARC1; p=reject")]
    [InlineData("Note", "p=none asks nobody", "v=DMARC1; p=none")]
    [InlineData("Warning", "DMARC: there is no record")]
    public async Task DMARC_is_read(string severity, string expected, params string[] records)
    {
        _bench.Dns.Text("_dmarc.example.com", records);

        DoctorBench.Said(await _bench.LookAtSenderAsync(), Enum.Parse<FindingLevel>(severity), expected);
    }

    [Fact]
    public async Task A_host_that_nobody_finds_and_one_that_leads_nowhere_are_told()
    {
        DoctorBench.Said(await _bench.LookAtHostAsync(), FindingLevel.Ok, $"It leads to {DoctorBench.Address}");
        Assert.Equal(
            "7.113.0.203.in-addr.arpa. IN PTR mail.example.com.",
            DoctorBench.Said(await _bench.LookAtHostAsync(), FindingLevel.Warning, "has no name (PTR)").Remedy[0]);

        _bench.Dns.Addresses(DoctorBench.Host, new DnsAnswer<IPAddress>(DnsOutcome.Found, [IPAddress.Parse("10.1.2.3")], true, DoctorBench.Host));
        DoctorBench.Said(await _bench.LookAtHostAsync(), FindingLevel.Warning, "which nobody reaches over the Internet");

        _bench.Dns.Addresses(DoctorBench.Host, new DnsAnswer<IPAddress>(DnsOutcome.NoName, [], true, DoctorBench.Host));
        DoctorBench.Said(await _bench.LookAtHostAsync(), FindingLevel.Fault, "has no address of it");
    }
}
