using System.Net;
using Modus.Delivery.Dns.Wire;
using Xunit;

namespace Modus.Tests.Delivery.Dns.Wire;

public sealed class DnsNameTests
{
    [Theory]
    [InlineData("Mail.Example.COM.", "mail.example.com")]
    [InlineData("_25._tcp.mx.example.com", "_25._tcp.mx.example.com")]
    [InlineData(".", "")]
    [InlineData("", "")]
    public void A_name_is_kept_in_lower_case_without_its_last_dot(string text, string expected) =>
        Assert.Equal(expected, DnsName.Parse(text).ToString());

    [Theory]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("a b.example")]
    [InlineData("münchen.example")]
    [InlineData("..")]
    public void What_is_no_name_is_refused(string text) => Assert.False(DnsName.TryParse(text, out _));

    [Fact]
    public void Labels_have_63_octets_and_names_255_at_most()
    {
        var label = new string('a', 63);
        Assert.True(DnsName.TryParse(label, out _));
        Assert.False(DnsName.TryParse(label + "a", out _));
        Assert.True(DnsName.TryParse($"{label}.{label}.{label}.{new string('b', 61)}", out var longest));
        Assert.Equal(255, longest.Wire.Length);
        Assert.False(DnsName.TryParse($"{label}.{label}.{label}.{new string('b', 62)}", out _));
        Assert.Null(longest.Under("c"u8));
    }

    [Fact]
    public void The_order_is_by_labels_from_the_root()
    {
        // RFC 4034 §6.1, but for the names that can only be written with escapes
        string[] ordered = ["example", "a.example", "yljkjljk.a.example", "Z.a.example", "zABC.a.EXAMPLE", "z.example", "*.z.example"];
        var names = ordered.Select(DnsName.Parse).ToList();
        Assert.Equal(names, names.AsEnumerable().Reverse().Order());
    }

    [Fact]
    public void Relations_are_by_whole_labels()
    {
        var name = DnsName.Parse("a.b.example");
        Assert.True(name.IsBelow(DnsName.Parse("example")));
        Assert.True(name.IsBelow(DnsName.Root));
        Assert.True(name.IsAtOrBelow(name));
        Assert.False(name.IsBelow(name));
        Assert.False(name.IsAtOrBelow(DnsName.Parse("xample")));
        Assert.Equal(2, name.SharedLabels(DnsName.Parse("c.b.example")));
        Assert.Equal(0, name.SharedLabels(DnsName.Parse("a.b.test")));
        Assert.Equal(DnsName.Parse("b.example"), name.Suffix(2));
        Assert.Equal(DnsName.Parse("*.a.b.example"), name.Under("*"u8));
    }

    [Theory]
    [InlineData("192.0.2.1", "1.2.0.192.in-addr.arpa")]
    [InlineData("::ffff:192.0.2.1", "1.2.0.192.in-addr.arpa")]
    [InlineData("2001:db8::1", "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6.arpa")]
    public void An_address_has_a_name(string address, string name) =>
        Assert.Equal(name, DnsName.ForAddress(IPAddress.Parse(address)).ToString());

    [Fact]
    public void What_a_label_should_not_hold_is_escaped_for_people() =>
        Assert.Equal("a\\.b\\032\\255.example", DnsName.FromWire([5, .. "a.b \xff"u8[..4], 255, 7, .. "example"u8, 0]).ToString());
}
