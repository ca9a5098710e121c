using Modus.Delivery.OutboundTls;
using Modus.Delivery.OutboundTls.Dane;
using Modus.Tests.Delivery.Dns;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Delivery.OutboundTls;

public sealed class DaneFinderTests
{
    private const string Host = "mx.example.com";

    private static readonly TlsaRecord Good = new(3, 1, 1, new byte[32]);
    private readonly FakeMailDns _dns = new();

    [Fact]
    public async Task Secure_records_of_a_secure_host_are_verified()
    {
        _dns.Address(Host).Tlsa(Host, true, Good, new TlsaRecord(2, 0, 2, new byte[64]));
        var verdict = await FindAsync();
        Assert.Equal(DaneKind.Verify, verdict.Kind);
        Assert.Equal(2, verdict.Records.Count);
        Assert.Equal([Host], verdict.Names);
    }

    [Fact]
    public async Task Nothing_is_asked_about_a_host_whose_name_is_not_secure()
    {
        _dns.Address(Host).Tlsa(Host, true, Good);
        Assert.Equal(DaneKind.None, (await new DaneFinder(_dns).FindAsync(Host, 25, false, default)).Kind);
        Assert.Empty(_dns.Asked);
    }

    [Fact]
    public async Task TLSA_records_are_not_asked_for_where_addresses_are_insecure()
    {
        _dns.Address(Host, isSecure: false).Fail("TLSA", Host);
        Assert.Equal(DaneKind.None, (await FindAsync()).Kind);
        Assert.Equal([$"A {Host}"], _dns.Asked);
    }

    [Fact]
    public async Task Without_secure_records_there_is_no_DANE()
    {
        _dns.Address(Host);
        Assert.Equal(DaneKind.None, (await FindAsync()).Kind);
        _dns.Tlsa(Host, false, Good);
        Assert.Equal(DaneKind.None, (await FindAsync()).Kind);
    }

    [Theory]
    [InlineData("A")]
    [InlineData("TLSA")]
    public async Task A_question_that_fails_makes_the_host_unusable(string kind)
    {
        _dns.Address(Host).Tlsa(Host, true, Good).Fail(kind, Host);
        var verdict = await FindAsync();
        Assert.Equal(DaneKind.Unusable, verdict.Kind);
        Assert.Contains("SERVFAIL", verdict.Reason, StringComparison.Ordinal);
    }

    public static TheoryData<byte, byte, byte, int> Unusable => new()
    {
        { 0, 1, 1, 32 }, { 1, 1, 1, 32 }, { 4, 1, 1, 32 }, { 3, 2, 1, 32 }, { 3, 1, 3, 32 }, { 3, 1, 1, 31 }, { 3, 1, 2, 32 }, { 3, 1, 0, 0 },
    };

    [Theory]
    [MemberData(nameof(Unusable))]
    public async Task Records_that_cannot_be_used_still_make_TLS_a_must(byte usage, byte selector, byte matching, int length)
    {
        var record = new TlsaRecord(usage, selector, matching, new byte[length]);
        _dns.Address(Host).Tlsa(Host, true, record);
        Assert.Equal(DaneKind.Encrypt, (await FindAsync()).Kind);

        _dns.Tlsa(Host, true, record, Good);
        var verdict = await FindAsync();
        Assert.Equal(DaneKind.Verify, verdict.Kind);
        Assert.Equal(Good, Assert.Single(verdict.Records));
    }

    [Fact]
    public async Task The_name_at_the_end_of_secure_aliases_is_tried_first()
    {
        _dns.Address(Host, canonical: "real.example.net").Tlsa("real.example.net", true, Good).Tlsa(Host, true, new TlsaRecord(2, 0, 1, new byte[32]));
        var verdict = await FindAsync();
        Assert.Equal(Good, Assert.Single(verdict.Records));
        Assert.Equal(["real.example.net", Host], verdict.Names);
    }

    [Fact]
    public async Task The_first_name_is_tried_when_the_last_one_has_no_secure_records()
    {
        _dns.Address(Host, canonical: "real.example.net").Tlsa("real.example.net", false, Good).Tlsa(Host, true, Good);
        Assert.Equal([Host], (await FindAsync()).Names);
    }

    [Fact]
    public async Task A_secure_alias_to_an_insecure_name_is_verified_by_its_own_records()
    {
        _dns.Address(Host, isSecure: false, canonical: "real.example.net", isNameSecure: true).Tlsa("real.example.net", true, Good).Tlsa(Host, true, Good);
        Assert.Equal([Host], (await FindAsync()).Names);
        Assert.DoesNotContain("TLSA real.example.net", _dns.Asked);
    }

    [Fact]
    public async Task A_failure_at_the_last_name_is_not_made_good_by_the_first()
    {
        _dns.Address(Host, canonical: "real.example.net").Fail("TLSA", "real.example.net").Tlsa(Host, true, Good);
        Assert.Equal(DaneKind.Unusable, (await FindAsync()).Kind);
    }

    private async Task<DaneVerdict> FindAsync() => await new DaneFinder(_dns).FindAsync(Host, 25, true, TestContext.Current.CancellationToken);
}
