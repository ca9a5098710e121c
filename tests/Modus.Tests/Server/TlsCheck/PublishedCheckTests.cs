using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.Extensions.Logging.Abstractions;
using Modus.Delivery.Dns;
using Modus.Delivery.Published;
using Modus.Mail.Addresses;
using Modus.Server.Cli;
using Modus.Server.Composition;
using Modus.Server.TlsCheck;
using Modus.Testing;
using Modus.Tests.Delivery.Dns;
using Modus.Tests.Delivery.Published;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Server.TlsCheck;

/// <summary><c>modus tls check --mx</c>: what a server shows against what is published about it.</summary>
public sealed class PublishedCheckTests : IDisposable
{
    private const string Unnamed = "version: STSv1\r\nmode: MODE\r\nmx: other.example\r\nmax_age: 86400\r\n";

    private static readonly string[] Smtp = ["220 mx.example ESMTP", "250-mx.example\r\n250 STARTTLS", "220 go ahead"];

    private readonly TestCertificates _authority = new();
    private readonly X509Certificate2 _leaf;
    private readonly FakeMailDns _dns = new();

    public PublishedCheckTests()
    {
        _leaf = _authority.Issue("mx.example");
        Mx("mx.example");
        _dns.Address("mx.example");
    }

    public void Dispose()
    {
        _leaf.Dispose();
        _authority.Dispose();
    }

    [Fact]
    public async Task A_key_that_is_published_and_signed_is_good_and_needs_no_authority()
    {
        _dns.Tlsa("mx.example", isSecure: true, RecordOf(_leaf));

        var report = await CheckAsync(trustsAuthority: false);

        Assert.True(report.Works, string.Join(" | ", report.Findings.Concat(report.Hosts[0].Findings)));
        Assert.Equal((TlsaMeaning.Verify, true), (report.Hosts[0].Tlsa, report.Hosts[0].TlsaMatches));
        AssertFound(report.Hosts[0].Findings, FindingLevel.Ok, "DANE: the key is one of those");
        AssertFound(report.Hosts[0].Findings, FindingLevel.Note, "DANE vouches for its key");
    }

    [Fact]
    public async Task Another_key_is_a_fault_with_the_record_that_would_fit()
    {
        _dns.Tlsa("mx.example", isSecure: true, new TlsaRecord(3, 1, 1, new byte[32]));

        var report = await CheckAsync();

        Assert.False(report.Works);
        Assert.False(report.Hosts[0].TlsaMatches);
        AssertFound(report.Hosts[0].Findings, FindingLevel.Fault, "DANE: no record fits");
        AssertFound(report.Hosts[0].Findings, FindingLevel.Fault, $"_tcp.mx.example. IN TLSA 3 1 1 {KeyPin.Of(_leaf)}");
    }

    [Fact]
    public async Task Records_without_signature_are_a_warning()
    {
        _dns.Address("mx.example", isSecure: false).Tlsa("mx.example", isSecure: false, RecordOf(_leaf));

        var report = await CheckAsync();

        Assert.True(report.Works);
        AssertFound(report.Hosts[0].Findings, FindingLevel.Warning, "nobody heeds them");
    }

    [Fact]
    public async Task A_DNS_that_does_not_say_keeps_mail_away()
    {
        _dns.Fail("TLSA", "mx.example");

        AssertFound((await CheckAsync()).Hosts[0].Findings, FindingLevel.Fault, "put their mail off");
    }

    [Fact]
    public async Task A_policy_that_is_met_is_good()
    {
        _dns.Text("_mta-sts.example.com", "v=STSv1; id=a1;");

        var report = await CheckAsync(CannedPolicies.Enforcing);

        Assert.True(report.Works, string.Join(" | ", report.Findings.Concat(report.Hosts[0].Findings)));
        Assert.Equal("enforce", report.StsMode);
        Assert.True(report.Hosts[0].StsNamesIt);
        AssertFound(report.Findings, FindingLevel.Ok, "has a policy, mode enforce");
        AssertFound(report.Hosts[0].Findings, FindingLevel.Ok, "names mx.example, and the certificate is as it must be");
    }

    [Theory]
    [InlineData("enforce", false)]
    [InlineData("testing", true)]
    public async Task A_host_that_the_policy_does_not_name_is_as_bad_as_its_mode(string mode, bool works)
    {
        _dns.Text("_mta-sts.example.com", "v=STSv1; id=a1;");

        var report = await CheckAsync(Unnamed.Replace("MODE", mode, StringComparison.Ordinal));

        Assert.Equal(works, report.Works);
        AssertFound(report.Hosts[0].Findings, works ? FindingLevel.Warning : FindingLevel.Fault, "does not name mx.example");
    }

    [Fact]
    public async Task A_certificate_that_the_policy_does_not_take_is_a_fault()
    {
        _dns.Text("_mta-sts.example.com", "v=STSv1; id=a1;").Tlsa("mx.example", isSecure: true, RecordOf(_leaf));

        AssertFound((await CheckAsync(CannedPolicies.Enforcing, trustsAuthority: false)).Hosts[0].Findings, FindingLevel.Fault, "the certificate does not do");
    }

    [Fact]
    public async Task A_policy_that_is_announced_and_not_there_is_a_fault()
    {
        _dns.Text("_mta-sts.example.com", "v=STSv1; id=a1;");

        var report = await CheckAsync();

        Assert.False(report.Works);
        AssertFound(report.Findings, FindingLevel.Fault, "answers 404");
    }

    [Fact]
    public async Task A_host_without_an_address_is_a_fault_and_the_others_are_checked()
    {
        Mx("gone.example", "mx.example");

        var report = await CheckAsync();

        Assert.Equal("mx.example", Assert.Single(report.Hosts).Name);
        AssertFound(report.Findings, FindingLevel.Fault, "gone.example has no address");
    }

    [Fact]
    public async Task A_domain_without_MX_is_its_own_host()
    {
        using var leaf = _authority.Issue("plain.example");
        await using var server = new StagedServer(StagedServer.Show(leaf), Smtp);
        _dns.Address("plain.example");

        var report = await CheckAsync(server, Domain.Parse("plain.example"), null);

        Assert.Equal("plain.example", Assert.Single(report.Hosts).Name);
        AssertFound(report.Findings, FindingLevel.Note, "has no MX records");
    }

    [Fact]
    public async Task A_domain_that_takes_no_mail_is_not_called()
    {
        Mx("");

        var report = await CheckAsync();

        Assert.True(report.Works);
        Assert.Empty(report.Hosts);
        AssertFound(report.Findings, FindingLevel.Note, "takes no mail");
    }

    [Fact]
    public async Task A_list_without_end_is_not_gone_through()
    {
        Mx([.. Enumerable.Range(0, 100).Select(static index => $"gone{index}.example")]);

        var report = await CheckAsync();

        Assert.Equal(MxChecker.MaxHosts, report.Findings.Count(static finding => finding.Text.Contains("has no address", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("Name a server, or a domain")]
    [InlineData("Name a server, or a domain", "mx.example", "--mx", "example.com")]
    [InlineData("is no domain", "--mx", "not a domain")]
    [InlineData("is no domain", "127.0.0.1:25", "--domain", "not a domain")]
    public async Task A_command_line_that_names_no_server_or_two_is_refused(string expected, params string[] arguments)
    {
        var run = await CommandRun.RunAsync("", ["tls", "check", .. arguments]);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
    }

    private static TlsaRecord RecordOf(X509Certificate2 leaf) => new(3, 1, 1, Convert.FromHexString(KeyPin.Of(leaf)));

    private static void AssertFound(IEnumerable<TlsCheckFinding> findings, FindingLevel level, string text) =>
        Assert.True(
            findings.Any(finding => finding.Level == level && finding.Text.Contains(text, StringComparison.Ordinal)),
            string.Join("\n", findings));

    private void Mx(params string[] hosts) =>
        _dns.Mx("example.com", new DnsAnswer<MxHost>(DnsOutcome.Found, [.. hosts.Select(static host => new MxHost(host, 10))], true, "example.com"));

    private async Task<TlsDomainReport> CheckAsync(string? policy = null, bool trustsAuthority = true)
    {
        await using var server = new StagedServer(StagedServer.Show(_leaf), Smtp);
        return await CheckAsync(server, Domain.Parse("example.com"), policy, trustsAuthority);
    }

    private async Task<TlsDomainReport> CheckAsync(StagedServer server, Domain domain, string? policy, bool trustsAuthority = true)
    {
        var cancel = TestContext.Current.CancellationToken;
        using var connector = new SocketConnector(NullLoggerFactory.Instance);
        using var published = new PublishedRecords(_dns, new CannedPolicies(policy), TimeProvider.System);
        var tls = await TlsClients.CreateAsync(TimeProvider.System, NullLoggerFactory.Instance, cancel);
        var checker = new MxChecker(new TlsChecker(tls, connector, TimeProvider.System), connector, published, IPEndPoint.Parse(server.Place).Port);
        return await checker.CheckAsync(domain, trustsAuthority ? [_authority.Authority] : [], asksResumption: false, cancel);
    }
}
