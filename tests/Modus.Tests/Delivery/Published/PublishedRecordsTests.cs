using Microsoft.Extensions.Time.Testing;
using Modus.Delivery.Dns;
using Modus.Delivery.Published;
using Modus.Mail.Addresses;
using Modus.Tests.Delivery.Dns;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Delivery.Published;

/// <summary>What is published, asked anew.</summary>
public sealed class PublishedRecordsTests
{
    private static readonly Domain Example = Domain.Parse("example.com");
    private static readonly TlsaRecord Record = new(3, 1, 1, new byte[32]);

    private readonly FakeMailDns _dns = new();
    private readonly FakeTimeProvider _clock = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Hosts_come_by_preference()
    {
        _dns.Mx("example.com", new DnsAnswer<MxHost>(DnsOutcome.Found, [new("b.example", 20), new("a.example", 10)], true, "example.com"));

        var mx = await Open(null).FindMxAsync(Example, Cancel);

        Assert.Equal(["a.example", "b.example"], mx.Records.Select(static host => host.Host));
        Assert.True(mx.IsSecure);
        Assert.Equal(PublishedState.Found, mx.State);
    }

    [Fact]
    public async Task A_DNS_that_fails_is_told_from_one_that_has_nothing()
    {
        _dns.Fail("MX", "example.com");

        var failed = await Open(null).FindMxAsync(Example, Cancel);

        Assert.Equal((PublishedState.Unknown, "SERVFAIL"), (failed.State, failed.Reason));
        Assert.Equal(PublishedState.Nothing, (await Open(null).FindMxAsync(Domain.Parse("other.example"), Cancel)).State);
    }

    [Fact]
    public async Task A_policy_is_fetched_and_says_which_hosts_it_names()
    {
        _dns.Text("_mta-sts.example.com", "v=STSv1; id=a1;");

        var sts = await Open(CannedPolicies.Enforcing).FindStsAsync(Example, Cancel);

        Assert.Equal(("a1", "enforce", null), (sts.Id, sts.Mode, sts.Fault));
        Assert.True(sts is { IsEnforced: true, Counts: true });
        Assert.True(sts.Covers("mx.example") && sts.Covers("one.mx.example"));
        Assert.False(sts.Covers("one.two.mx.example"));
    }

    [Theory]
    [InlineData("is malformed", "v=STSv1 id=a1")]
    [InlineData("is malformed", "v=STSv1; id=a1;", "v=STSv1; id=a2;")]
    [InlineData("answers 404", "v=STSv1; id=a1;")]
    [InlineData(null)]
    [InlineData(null, "something else")]
    public async Task What_keeps_a_policy_away_is_told(string? expected, params string[] records)
    {
        _dns.Text("_mta-sts.example.com", records);

        var sts = await Open(null).FindStsAsync(Example, Cancel);

        if (expected is null) Assert.Null(sts.Fault);
        else Assert.Contains(expected, sts.Fault, StringComparison.Ordinal);
        Assert.False(sts.Counts);
    }

    [Fact]
    public async Task A_web_server_that_hangs_is_given_up()
    {
        _dns.Text("_mta-sts.example.com", "v=STSv1; id=a1;");
        using var records = new PublishedRecords(_dns, new CannedPolicies(null, hangs: true), _clock);

        var asked = records.FindStsAsync(Example, Cancel).AsTask();
        _clock.Advance(PublishedRecords.FetchPatience);

        Assert.Contains("does not answer within 10 seconds", (await asked).Fault, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signed_records_count()
    {
        _dns.Address("mx.example").Tlsa("mx.example", isSecure: true, Record);

        var tlsa = await Open(null).FindTlsaAsync("mx.example", 25, isHostSecure: true, Cancel);

        Assert.Equal(TlsaMeaning.Verify, tlsa.Meaning);
        Assert.Same(Record, Assert.Single(tlsa.Records));
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public async Task Records_that_nobody_heeds_are_told_from_none(bool isHostSecure, bool isAddressSecure)
    {
        _dns.Address("mx.example", isSecure: isAddressSecure).Tlsa("mx.example", isSecure: false, Record);

        Assert.Equal(TlsaMeaning.NotSigned, (await Open(null).FindTlsaAsync("mx.example", 25, isHostSecure, Cancel)).Meaning);
        Assert.Equal(TlsaMeaning.Nothing, (await Open(null).FindTlsaAsync("other.example", 25, isHostSecure, Cancel)).Meaning);
    }

    [Fact]
    public async Task A_resolver_of_our_own_that_is_of_no_use_is_told_from_a_zone_that_is_broken()
    {
        _dns.Fail("A", "mx.example");
        Assert.Equal(TlsaMeaning.Unknown, (await Open(null).FindTlsaAsync("mx.example", 25, isHostSecure: true, Cancel)).Meaning);
        Assert.Null(await Open(null).FindResolverFaultAsync(Cancel));

        _dns.Fail("TXT", ".");
        Assert.Equal(TlsaMeaning.Untold, (await Open(null).FindTlsaAsync("mx.example", 25, isHostSecure: true, Cancel)).Meaning);
        Assert.Equal("SERVFAIL", await Open(null).FindResolverFaultAsync(Cancel));
    }

    private PublishedRecords Open(string? policy) => new(_dns, new CannedPolicies(policy), _clock);
}
