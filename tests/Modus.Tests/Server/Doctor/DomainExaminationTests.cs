using System.Net;
using Modus.Delivery.Dns;
using Modus.Mail.Addresses;
using Modus.Delivery.OutboundTls.MtaSts;
using Modus.Server.Admin.Operations;
using Modus.Server.TlsCheck;
using Modus.Tests.Server.TlsCheck;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Server.Doctor;

/// <summary>What a domain publishes about the way to its mail, against what it should.</summary>
public sealed class DomainExaminationTests : IDisposable
{
    private const string Line = "example.com. IN MX 10 mail.example.com.";

    private readonly DoctorBench _bench = new();

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task A_domain_whose_mail_comes_here_is_good() =>
        DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Ok, "MX: mail.example.com, which is this server");

    [Fact]
    public async Task No_MX_is_a_fault_with_the_record()
    {
        _bench.Dns.Mx("example.com", new DnsAnswer<MxHost>(DnsOutcome.NoData, [], true, "example.com"));

        Assert.Equal([Line], DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Fault, "MX: there is none").Remedy);
    }

    [Fact]
    public async Task A_null_MX_is_a_fault()
    {
        Mx("");

        Assert.Equal([Line], DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Fault, "null MX").Remedy);
    }

    [Fact]
    public async Task An_MX_elsewhere_is_a_warning()
    {
        Mx("mx.other.example");
        _bench.Dns.Addresses("mx.other.example", new DnsAnswer<IPAddress>(DnsOutcome.Found, [IPAddress.Parse("198.51.100.9")], true, "mx.other.example"));

        DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Warning, "none of them is this server");
    }

    [Fact]
    public async Task Another_name_of_this_server_is_this_server()
    {
        Mx("mx.example.com");
        _bench.Dns.Addresses("mx.example.com", new DnsAnswer<IPAddress>(DnsOutcome.Found, [IPAddress.Parse(DoctorBench.Address)], true, "mx.example.com"));

        DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Ok, "MX: mx.example.com, which is this server");
    }

    [Fact]
    public async Task An_alias_as_MX_is_a_warning_and_one_without_address_a_fault()
    {
        Mx("mail.example.com", "gone.example.com");
        _bench.Dns.Addresses("mail.example.com", new DnsAnswer<IPAddress>(DnsOutcome.Found, [IPAddress.Parse(DoctorBench.Address)], true, "host.example.net"));

        var findings = await _bench.LookAtDomainAsync();

        DoctorBench.Said(findings, FindingLevel.Warning, "is an alias of host.example.net");
        DoctorBench.Said(findings, FindingLevel.Fault, "gone.example.com has no address");
    }

    [Fact]
    public async Task No_policy_is_a_note_with_the_command() =>
        Assert.Equal(["modus sts publish example.com --mx mail.example.com"], DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Note, "MTA-STS: no policy").Remedy);

    [Fact]
    public async Task A_policy_as_it_should_be_is_good()
    {
        Publish(out var own);

        DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Ok, "MTA-STS: published, mode enforce");
        Assert.Equal("example.com", own.Domain.Name);
    }

    [Fact]
    public async Task A_policy_that_no_record_announces_is_a_fault_with_the_record()
    {
        Publish(out var own);
        _bench.Dns.Text("_mta-sts.example.com");

        Assert.Equal([own.Announcement], DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Fault, "no record that announces it").Remedy);
    }

    [Fact]
    public async Task An_old_id_is_a_fault_with_the_record()
    {
        Publish(out var own);
        _bench.Dns.Text("_mta-sts.example.com", "v=STSv1; id=old;");

        Assert.Equal([own.Announcement], DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Fault, "the record announces old").Remedy);
    }

    [Fact]
    public async Task A_policy_that_is_not_to_be_had_or_another_one_is_a_fault()
    {
        Publish(out _);
        _bench.Policy = null;
        DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Fault, "answers 404");

        _bench.Policy = "version: STSv1\r\nmode: testing\r\nmx: mail.example.com\r\nmax_age: 86400\r\n";
        DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Fault, "serves another policy");
    }

    [Fact]
    public async Task A_policy_that_leaves_an_MX_out_is_a_fault_where_it_is_enforced()
    {
        Publish(out _, "other.example.com");

        Assert.Equal(
            ["modus sts publish example.com --mode enforce --mx other.example.com --mx mail.example.com"],
            DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Fault, "does not name mail.example.com").Remedy);
    }

    [Fact]
    public async Task Reports_are_asked_for_by_a_record()
    {
        var none = DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Note, "TLS reports: nobody is asked");
        Assert.Equal(["modus tlsrpt address tlsrpt@example.com", "_smtp._tls.example.com. IN TXT \"v=TLSRPTv1; rua=mailto:tlsrpt@example.com\""], none.Remedy);

        _bench.Facts = _bench.Facts with { ReportAddress = "tls@example.com" };
        _bench.Dns.Text("_smtp._tls.example.com", "v=TLSRPTv1; rua=mailto:tls@example.com");
        DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Ok, "TLS reports: asked for");

        _bench.Dns.Text("_smtp._tls.example.com", "v=TLSRPTv1; rua=mailto:a@example.net");
        DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Note, "sent elsewhere than tls@example.com");

        _bench.Dns.Text("_smtp._tls.example.com", "v=TLSRPTv1; rua=mailto:tls@example.com", "v=TLSRPTv1; rua=mailto:tls@example.com");
        DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Fault, "there are several records");
    }

    [Fact]
    public async Task A_DNS_that_does_not_answer_is_a_warning_and_no_fault()
    {
        _bench.Dns.Fail("MX", "example.com").Fail("TXT", "_smtp._tls.example.com").Fail("TXT", "_mta-sts.example.com");

        var findings = await _bench.LookAtDomainAsync();

        DoctorBench.Said(findings, FindingLevel.Warning, "MX: the DNS does not say");
        DoctorBench.Said(findings, FindingLevel.Warning, "TLS reports: the DNS does not say");
        DoctorBench.Said(findings, FindingLevel.Warning, "MTA-STS: the DNS does not say");
    }

    [Fact]
    public async Task Services_are_found_by_mail_programs_or_the_record_is_given()
    {
        _bench.Facts = _bench.Facts with { Services = [new AutoconfigRecordRow("_imaps._tcp.example.com", "SRV", "0 1 993 mail.example.com.")] };
        Assert.Equal(
            ["_imaps._tcp.example.com. IN SRV 0 1 993 mail.example.com."],
            DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Note, "_imaps._tcp.example.com is not published").Remedy);

        _bench.Dns.Services("_imaps._tcp.example.com", new SrvHost("mail.example.com", 993, 0));
        DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Ok, "1 services are found");

        _bench.Dns.Services("_imaps._tcp.example.com", new SrvHost("mail.example.com", 143, 0));
        DoctorBench.Said(await _bench.LookAtDomainAsync(), FindingLevel.Warning, "leads to mail.example.com:143, and not here");
    }

    [Fact]
    public async Task Our_key_is_compared_with_what_is_published()
    {
        using var leaf = _bench.Authority.Issue(DoctorBench.Host);
        await using var server = new StagedServer(StagedServer.Show(leaf), $"220 {DoctorBench.Host} ESMTP", "250 STARTTLS", "220 go");
        var door = new DoorRow("smtp", "127.0.0.1", IPEndPoint.Parse(server.Place).Port, "ondemand");

        DoctorBench.Said(await _bench.LookAtDomainAsync(door), FindingLevel.Note, "the zone is signed, so that they would count");
        _bench.Dns.Tlsa(DoctorBench.Host, isSecure: true, new TlsaRecord(3, 1, 1, Convert.FromHexString(KeyPin.Of(leaf))));
        DoctorBench.Said(await _bench.LookAtDomainAsync(door), FindingLevel.Ok, "DANE: a key of mail.example.com as published");
        _bench.Dns.Tlsa(DoctorBench.Host, isSecure: true, new TlsaRecord(3, 1, 1, new byte[32]));
        Assert.Equal(
            [$"_25._tcp.mail.example.com. IN TLSA 3 1 1 {KeyPin.Of(leaf)}"],
            DoctorBench.Said(await _bench.LookAtDomainAsync(door), FindingLevel.Fault, "is none of those that are published").Remedy);
    }

    private void Mx(params string[] hosts) => _bench.Dns.Mx(
        "example.com", new DnsAnswer<MxHost>(DnsOutcome.Found, [.. hosts.Select(static host => new MxHost(host, 10))], true, "example.com"));

    private void Publish(out OwnStsPolicy own, string mx = DoctorBench.Host)
    {
        Assert.True(OwnStsPolicy.TryCreate(DoctorBench.Example, "enforce", [mx], TimeSpan.FromDays(7), out var policy, out _));
        own = policy;
        _bench.Facts = _bench.Facts with { Policies = [StsRow.From(policy)] };
        _bench.Policy = policy.Text;
        _bench.Dns.Text("_mta-sts.example.com", $"v=STSv1; id={policy.Id};");
    }
}
