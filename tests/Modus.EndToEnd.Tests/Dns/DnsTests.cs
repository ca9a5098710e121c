using System.Net;
using Modus.Delivery.Dns;
using Xunit;

namespace Modus.EndToEnd.Tests.Dns;

/// <summary>What mail asks of the DNS, asked of a knot server with signed zones.</summary>
public sealed class DnsTests
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public static TheoryData<string, bool> Kinds => new()
    {
        { "ecdsap256sha256", false }, { "ecdsap256sha256", true }, { "ecdsap384sha384", false }, { "rsasha256", true }, { "rsasha512", false },
        { "ed25519", true },
    };

    [Theory]
    [MemberData(nameof(Kinds))]
    public async Task Answers_and_denials_of_a_signed_zone_are_secure(string algorithm, bool nsec3)
    {
        await using var zones = await SignedZones.StartAsync(
            new SignedZone("good.test", """
                @ MX 10 mx1
                @ MX 20 mx2.good.test.
                mx1 A 192.0.2.1
                mx1 AAAA 2001:db8::1
                _25._tcp.mx1 TLSA 3 1 1 000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f
                alias CNAME mx1
                @ TXT "one " "two"
                *.wild TXT "any"
                """) { Algorithm = algorithm, Nsec3 = nsec3 });
        var dns = zones.Open();

        var mx = await dns.FindMxAsync("good.test", Cancellation);
        Assert.Equal([new MxHost("mx1.good.test", 10), new MxHost("mx2.good.test", 20)], mx.Records.OrderBy(static host => host.Preference));
        AssertIs(DnsOutcome.Found, true, mx);

        var addresses = await dns.FindAddressesAsync("alias.good.test", Cancellation);
        Assert.Equal(["192.0.2.1", "2001:db8::1"], addresses.Records.Select(static address => address.ToString()).Order(StringComparer.Ordinal));
        Assert.Equal("mx1.good.test", addresses.CanonicalName);
        AssertIs(DnsOutcome.Found, true, addresses);

        var tlsa = await dns.FindTlsaAsync("mx1.good.test", 25, Cancellation);
        Assert.Equal(32, Assert.Single(tlsa.Records).Association.Length);
        AssertIs(DnsOutcome.Found, true, tlsa);

        Assert.Equal("one two", Assert.Single((await dns.FindTextAsync("good.test", Cancellation)).Records));
        AssertIs(DnsOutcome.Found, true, await dns.FindTextAsync("some.thing.wild.good.test", Cancellation));
        AssertIs(DnsOutcome.NoData, true, await dns.FindMxAsync("a.wild.good.test", Cancellation));
        AssertIs(DnsOutcome.NoData, true, await dns.FindTextAsync("mx1.good.test", Cancellation));
        AssertIs(DnsOutcome.NoData, true, await dns.FindTextAsync("_tcp.mx1.good.test", Cancellation));
        AssertIs(DnsOutcome.NoName, true, await dns.FindTlsaAsync("mx2.good.test", 25, Cancellation));
        AssertIs(DnsOutcome.NoName, true, await dns.FindMxAsync("nowhere.test", Cancellation));
    }

    [Fact]
    public async Task An_unsigned_zone_is_insecure_and_answers()
    {
        await using var zones = await SignedZones.StartAsync(new SignedZone("plain.test", "@ MX 0 .\nmx A 192.0.2.1") { IsSigned = false });
        var dns = zones.Open();

        var mx = await dns.FindMxAsync("plain.test", Cancellation);
        Assert.Equal(new MxHost("", 0), Assert.Single(mx.Records));
        AssertIs(DnsOutcome.Found, false, mx);
        AssertIs(DnsOutcome.NoName, false, await dns.FindTlsaAsync("mx.plain.test", 25, Cancellation));
        AssertIs(DnsOutcome.NoData, false, await dns.FindTextAsync("mx.plain.test", Cancellation));
    }

    [Fact]
    public async Task An_unsigned_zone_in_an_opt_out_span_is_insecure()
    {
        await using var zones = await SignedZones.StartAsync(
            new SignedZone("opt.test", "mx A 192.0.2.1") { Nsec3 = true, OptOut = true, Algorithm = "ed25519" },
            new SignedZone("plain.opt.test", "@ TXT x") { IsSigned = false });
        var dns = zones.Open();

        AssertIs(DnsOutcome.Found, false, await dns.FindTextAsync("plain.opt.test", Cancellation));
        AssertIs(DnsOutcome.Found, true, await dns.FindAddressesAsync("mx.opt.test", Cancellation));
    }

    [Fact]
    public async Task More_NSEC3_iterations_than_are_reasonable_make_a_denial_insecure()
    {
        await using var zones = await SignedZones.StartAsync(new SignedZone("slow.test", "mx A 192.0.2.1") { Nsec3 = true, Iterations = 200 });
        AssertIs(DnsOutcome.NoData, false, await zones.Open().FindTextAsync("mx.slow.test", Cancellation));
    }

    public static TheoryData<string> Faults => ["missing", "broken", "broken denial", "broken keys", "expired", "not yet"];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Faults_of_a_signed_zone_make_its_answers_bogus(string fault)
    {
        var zone = new SignedZone("bad.test", "@ MX 10 mx\nmx A 192.0.2.1\n_25._tcp.mx TLSA 3 1 1 00ff");
        await using var zones = await SignedZones.StartAsync(fault switch
        {
            "missing" => zone with { Tamper = SignedZone.WithoutSignatures },
            "broken" => zone with { Tamper = SignedZone.WithBrokenSignatures("TLSA") },
            "broken denial" => zone with { Tamper = SignedZone.WithBrokenSignatures("NSEC") },
            "broken keys" => zone with { Tamper = SignedZone.WithBrokenSignatures("DNSKEY") },
            "expired" => zone with { SignedAt = DateTimeOffset.UtcNow.AddDays(-30) },
            _ => zone with { SignedAt = DateTimeOffset.UtcNow.AddDays(30) },
        });
        var dns = zones.Open();

        var answer = fault == "broken denial" ? await dns.FindTlsaAsync("other.bad.test", 25, Cancellation) : await dns.FindTlsaAsync("mx.bad.test", 25, Cancellation);
        AssertIs(DnsOutcome.Failed, false, answer);
        Assert.NotNull(answer.Reason);
        Assert.Empty(answer.Records);
    }

    [Fact]
    public async Task An_alias_from_a_signed_to_an_unsigned_zone_is_secure_in_its_name_alone()
    {
        await using var zones = await SignedZones.StartAsync(
            new SignedZone("good.test", "mx CNAME mx.plain.test."),
            new SignedZone("plain.test", "mx A 192.0.2.1") { IsSigned = false });

        var answer = await zones.Open().FindAddressesAsync("mx.good.test", Cancellation);
        AssertIs(DnsOutcome.Found, false, answer);
        Assert.True(answer.IsNameSecure);
        Assert.Equal("mx.plain.test", answer.CanonicalName);
    }

    [Fact]
    public async Task An_alias_in_a_circle_fails()
    {
        await using var zones = await SignedZones.StartAsync(new SignedZone("good.test", "a CNAME b\nb CNAME a"));
        AssertIs(DnsOutcome.Failed, false, await zones.Open().FindTextAsync("a.good.test", Cancellation));
    }

    [Fact]
    public async Task A_tree_alias_is_proven_by_its_signed_record()
    {
        await using var zones = await SignedZones.StartAsync(new SignedZone("good.test", "old DNAME new\na.new TXT here"));
        var answer = await zones.Open().FindTextAsync("a.old.good.test", Cancellation);
        AssertIs(DnsOutcome.Found, true, answer);
        Assert.Equal("a.new.good.test", answer.CanonicalName);
    }

    [Fact]
    public async Task A_long_answer_comes_by_TCP()
    {
        var records = string.Join('\n', Enumerable.Range(0, 20).Select(static index => $"@ TXT \"{new string('x', 200)}{index}\""));
        await using var zones = await SignedZones.StartAsync(new SignedZone("long.test", records));

        var answer = await zones.Open().FindTextAsync("long.test", Cancellation);
        AssertIs(DnsOutcome.Found, true, answer);
        Assert.Equal(20, answer.Records.Count);
    }

    [Fact]
    public async Task The_names_of_an_address_are_found()
    {
        await using var zones = await SignedZones.StartAsync(
            new SignedZone("in-addr.arpa", "1.2.0.192 PTR mx.good.test."),
            new SignedZone("ip6.arpa", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2 PTR Mx.Good.Test."));
        var dns = zones.Open();

        Assert.Equal("mx.good.test", Assert.Single((await dns.FindNamesAsync(IPAddress.Parse("192.0.2.1"), Cancellation)).Records));
        Assert.Equal("mx.good.test", Assert.Single((await dns.FindNamesAsync(IPAddress.Parse("2001:db8::1"), Cancellation)).Records));
    }

    [Fact]
    public async Task A_resolver_is_asked_when_another_does_not_answer()
    {
        await using var zones = await SignedZones.StartAsync(new SignedZone("good.test", "@ TXT x"));
        using var silent = new System.Net.Sockets.UdpClient(new IPEndPoint(IPAddress.Loopback, 0));
        var dns = zones.Open(change: options =>
        {
            options.Resolvers = () => [(IPEndPoint)silent.Client.LocalEndPoint!, zones.EndPoint];
            options.Timeout = TimeSpan.FromMilliseconds(200);
        });
        AssertIs(DnsOutcome.Found, true, await dns.FindTextAsync("good.test", Cancellation));
    }

    [Fact]
    public async Task Another_trust_anchor_makes_everything_fail()
    {
        await using var zones = await SignedZones.StartAsync(new SignedZone("good.test", "@ TXT x"));
        var answer = await zones.Open(change: static options => options.TrustAnchors = DnsTrustAnchors.Root).FindTextAsync("good.test", Cancellation);
        AssertIs(DnsOutcome.Failed, false, answer);
        Assert.Contains("vouched", answer.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_zone_that_changes_is_seen_when_its_answers_have_expired()
    {
        await using var zones = await SignedZones.StartAsync(new SignedZone("good.test", "@ 0 TXT old"));
        var dns = zones.Open();
        Assert.Equal("old", Assert.Single((await dns.FindTextAsync("good.test", Cancellation)).Records));

        await zones.ReplaceAsync(new SignedZone("good.test", "@ 0 TXT new"));
        Assert.Equal("new", Assert.Single((await dns.FindTextAsync("good.test", Cancellation)).Records));
    }

    private static void AssertIs<T>(DnsOutcome outcome, bool isSecure, DnsAnswer<T> answer)
    {
        Assert.True(outcome == answer.Outcome, $"{answer.Outcome}: {answer.Reason}");
        Assert.Equal(isSecure, answer.IsSecure);
    }
}
