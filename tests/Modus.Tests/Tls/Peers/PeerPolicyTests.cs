using System.Net;
using CsCheck;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Tls.Peers;

public sealed class PeerPolicyTests
{
    private static readonly Gen<IPAddress> Address = Gen.OneOf(
        Gen.Byte.Array[4].Select(static bytes => new IPAddress(bytes)),
        Gen.Byte[0, 3].Array[4].Select(static bytes => new IPAddress(bytes)), // so that networks and addresses meet
        Gen.Byte.Array[16].Select(static bytes => new IPAddress(bytes)),
        Gen.Byte[0, 1].Array[16].Select(static bytes => new IPAddress(bytes)));

    private static readonly Gen<PeerRule> NetworkRule =
        Gen.Select(Address, Gen.Int[0, 128], Gen.Enum<PeerLevel>(), Gen.Int[0, 1_000_000]).Select(static (address, length, level, number) => new PeerRule
        {
            Name = $"r{number}",
            Network = NetworkOf(address, Math.Min(length, address.GetAddressBytes().Length * 8)),
            Level = level,
        });

    [Fact]
    public void The_longest_prefix_decides_for_a_client() => Gen.Select(NetworkRule.Array[0, 30], Address).Sample(static (rules, address) =>
    {
        var expected = rules.Where(rule => rule.Network!.Value.Contains(address)) // the slow and obvious way
            .OrderByDescending(static rule => rule.Network!.Value.PrefixLength)
            .ThenByDescending(static rule => rule.Level)
            .ThenBy(static rule => rule.Name, StringComparer.Ordinal)
            .FirstOrDefault();
        var found = new PeerPolicy(rules).FindClient(address);
        return expected is null ? found is null : found!.Name == expected.Name && found.Level == expected.Level;
    });

    [Fact]
    public void IPv4_within_IPv6_is_the_same_address() => Gen.Select(NetworkRule.Array[0, 30], Gen.Byte[0, 3].Array[4]).Sample(static (rules, bytes) =>
    {
        var policy = new PeerPolicy(rules.Where(static rule => rule.Network!.Value.BaseAddress.GetAddressBytes().Length == 4));
        var address = new IPAddress(bytes);
        return ReferenceEquals(policy.FindClient(address), policy.FindClient(address.MapToIPv6()));
    });

    [Fact]
    public void A_network_of_IPv4_within_IPv6_is_one_of_IPv4() =>
        Assert.NotNull(new PeerPolicy([Rule("mapped", network: "::ffff:192.0.2.0/120")]).FindClient(IPAddress.Parse("192.0.2.9")));

    [Theory]
    [InlineData("192.0.2.1", "wide")]
    [InlineData("192.0.2.130", "narrow")]
    [InlineData("198.51.100.1", null)]
    [InlineData("2001:db8::1", "six")]
    [InlineData("2001:db9::1", null)]
    public void A_rule_for_one_direction_is_not_asked_about_the_other(string address, string? expected)
    {
        var policy = new PeerPolicy(
        [
            Rule("wide", network: "192.0.2.0/24"), Rule("narrow", network: "192.0.2.128/25") with { Directions = PeerDirections.In },
            Rule("six", network: "2001:db8::/32"), Rule("out", network: "192.0.2.0/30") with { Directions = PeerDirections.Out },
        ]);
        Assert.Equal(expected, policy.FindClient(IPAddress.Parse(address))?.Name);
        if (expected == "narrow") Assert.Equal("wide", policy.FindNextHop(null, "mx.test", IPAddress.Parse(address))?.Name);
    }

    [Theory]
    [InlineData("example.com", "exact")]
    [InlineData("EXAMPLE.com.", "exact")]
    [InlineData("a.example.com", "below")]
    [InlineData("a.b.example.com", "below")]
    [InlineData("old.example.com", "exempt")]
    [InlineData("x.old.example.com", "below")]
    [InlineData("notexample.com", null)]
    [InlineData("com", null)]
    public void The_most_specific_domain_decides_for_a_next_hop(string domain, string? expected)
    {
        var policy = new PeerPolicy(
        [
            Rule("exact", domain: "example.com"), Rule("below", domain: ".example.com"),
            Rule("exempt", domain: "old.example.com", level: PeerLevel.May),
        ]);
        Assert.Equal(expected, policy.FindNextHop(domain, "mx.elsewhere.test", null)?.Name);
    }

    [Theory]
    [InlineData("mx.example.com", "exact")]
    [InlineData("MX.Example.COM", "exact")]
    [InlineData("mx2.example.com", "wildcard")]
    [InlineData("a.mx2.example.com", null)]
    [InlineData("example.com", null)]
    public void A_wildcard_of_a_host_stands_for_one_label(string host, string? expected)
    {
        var policy = new PeerPolicy([Rule("exact", mx: "mx.example.com"), Rule("wildcard", mx: "*.example.com")]);
        Assert.Equal(expected, policy.FindNextHop("example.org", host, null)?.Name);
    }

    // Whoever forges the answer of the DNS chooses host and address; the domain is the sender's own word.
    [Fact]
    public void What_is_demanded_for_a_domain_is_not_weakened_by_its_hosts_name_or_address()
    {
        var policy = new PeerPolicy(
        [
            Rule("domain", domain: "partner.example", level: PeerLevel.Pin), Rule("host", mx: "*.cloud.example", level: PeerLevel.Encrypt),
            Rule("address", network: "192.0.2.0/24", level: PeerLevel.May),
        ]);
        Assert.Equal("domain", policy.FindNextHop("partner.example", "mx.cloud.example", IPAddress.Parse("192.0.2.1"))?.Name);
        Assert.Equal("host", policy.FindNextHop("other.example", "mx.cloud.example", IPAddress.Parse("192.0.2.1"))?.Name);
        Assert.Equal("address", policy.FindNextHop("other.example", "mx.other.example", IPAddress.Parse("192.0.2.1"))?.Name);
    }

    [Fact]
    public void Of_equally_strict_rules_the_domains_comes_first_then_the_hosts()
    {
        PeerRule[] rules = [Rule("address", network: "192.0.2.0/24"), Rule("host", mx: "mx.example.com"), Rule("domain", domain: "example.com")];
        Assert.Equal("domain", new PeerPolicy(rules).FindNextHop("example.com", "mx.example.com", IPAddress.Parse("192.0.2.1"))?.Name);
        Assert.Equal("host", new PeerPolicy(rules[..2]).FindNextHop("example.com", "mx.example.com", IPAddress.Parse("192.0.2.1"))?.Name);
    }

    [Fact]
    public void Of_two_rules_with_one_subject_the_stricter_counts()
    {
        PeerRule[] rules = [Rule("a", network: "192.0.2.1/32"), Rule("b", network: "192.0.2.1/32", level: PeerLevel.Pin), Rule("c", network: "192.0.2.1/32", level: PeerLevel.May)];
        Assert.Equal("b", new PeerPolicy(rules).FindClient(IPAddress.Parse("192.0.2.1"))?.Name);
        Assert.Equal("b", new PeerPolicy(rules.Reverse()).FindClient(IPAddress.Parse("192.0.2.1"))?.Name);
    }

    [Fact]
    public void A_rule_by_key_is_found_by_its_key_and_demands_nothing_before_it_is_shown()
    {
        var key = new string('a', KeyPin.Length);
        var policy = new PeerPolicy([new PeerRule { Name = "k", Key = key, Level = PeerLevel.Pin, Directions = PeerDirections.In }]);
        Assert.Equal("k", policy.FindKey(key)?.Name);
        Assert.Null(policy.FindKey(new string('b', KeyPin.Length)));
        Assert.True(policy.HasKeys);
        Assert.Null(policy.FindClient(IPAddress.Loopback));
        Assert.False(new PeerPolicy([Rule("n", network: "192.0.2.1/32")]).HasKeys);
    }

    [Fact]
    public void What_decides_is_told_with_its_reason()
    {
        var policy = new PeerPolicy([Rule("a", network: "192.0.2.0/24"), Rule("d", domain: ".example.com", level: PeerLevel.Verify)]);
        Assert.Equal("192.0.2.0/24 is the smallest network with 192.0.2.7 among the rules for mail that comes in.", policy.ExplainClient(IPAddress.Parse("192.0.2.7")).Reason);
        Assert.Null(policy.ExplainClient(IPAddress.Loopback).Rule);
        var both = policy.ExplainNextHop("a.example.com", "mx.test", IPAddress.Parse("192.0.2.7"));
        Assert.Equal("d", both.Rule?.Name);
        Assert.Equal("every domain below example.com demands most; a (192.0.2.0/24, Encrypt) would demand no more.", both.Reason);
        Assert.Equal("192.0.2.0/24 is the only rule about this next hop.", policy.ExplainNextHop(null, "mx.test", IPAddress.Parse("192.0.2.7")).Reason);
    }

    internal static PeerRule Rule(
        string name, string? network = null, string? domain = null, string? mx = null, PeerLevel level = PeerLevel.Encrypt) => new()
    {
        Name = name, Network = network is null ? null : IPNetwork.Parse(network), Domain = domain, MxPattern = mx, Level = level,
    };

    private static IPNetwork NetworkOf(IPAddress address, int length)
    {
        var bytes = address.GetAddressBytes();
        for (var bit = length; bit < bytes.Length * 8; bit++) bytes[bit / 8] &= (byte)~(0x80 >> (bit % 8));
        return new IPNetwork(new IPAddress(bytes), length);
    }
}
