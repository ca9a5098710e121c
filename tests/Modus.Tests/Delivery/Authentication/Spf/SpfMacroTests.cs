using System.Net;
using CsCheck;
using Modus.Delivery.Authentication.Spf;
using Xunit;

namespace Modus.Tests.Delivery.Authentication.Spf;

public sealed class SpfMacroTests
{
    private const string Domain = "email.example.com";

    // RFC 7208 §7.4
    [Theory]
    [InlineData("%{s}", "strong-bad@email.example.com")]
    [InlineData("%{o}", "email.example.com")]
    [InlineData("%{d}", "email.example.com")]
    [InlineData("%{d4}", "email.example.com")]
    [InlineData("%{d2}", "example.com")]
    [InlineData("%{d1}", "com")]
    [InlineData("%{dr}", "com.example.email")]
    [InlineData("%{d2r}", "example.email")]
    [InlineData("%{l}", "strong-bad")]
    [InlineData("%{l-}", "strong.bad")]
    [InlineData("%{lr}", "strong-bad")]
    [InlineData("%{lr-}", "bad.strong")]
    [InlineData("%{l1r-}", "strong")]
    [InlineData("%{ir}.%{v}._spf.%{d2}", "3.2.0.192.in-addr._spf.example.com")]
    [InlineData("%{lr-}.lp._spf.%{d2}", "bad.strong.lp._spf.example.com")]
    [InlineData("%{ir}.%{v}.%{l1r-}.lp._spf.%{d2}", "3.2.0.192.in-addr.strong.lp._spf.example.com")]
    [InlineData("%{d2}.trusted-domains.example.net", "example.com.trusted-domains.example.net")]
    [InlineData("%%.%-.%{h}.", "%.%20.mx.example.com")]
    [InlineData("%{L}.%{p}", "strong-bad.host.example.com")]
    public void The_examples_of_the_RFC_expand(string text, string expanded)
    {
        Assert.True(SpfMacro.IsMacroString(text));
        Assert.Equal(expanded, Expand(text, "192.0.2.3"));
    }

    [Fact]
    public void IPv6_addresses_expand_to_nibbles() =>
        Assert.Equal(
            "1.0.b.c.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.8.b.d.0.1.0.0.2.ip6._spf.example.com",
            Expand("%{ir}.%{v}._spf.%{d2}", "2001:db8::cb01"));

    [Theory]
    [InlineData("%")]
    [InlineData("%{}")]
    [InlineData("%{d")]
    [InlineData("%{x}")]
    [InlineData("%{d0}")]
    [InlineData("%{dx}")]
    [InlineData("%{d2r+x}")]
    [InlineData("%(d)")]
    [InlineData("%{c}")]
    [InlineData("a b")]
    [InlineData("\u00e9")]
    public void What_is_no_macro_string_is_found_out(string text) => Assert.False(SpfMacro.IsMacroString(text));

    [Theory]
    [InlineData("example.com", true)]
    [InlineData("example.com.", true)]
    [InlineData("%{d}", true)]
    [InlineData("x%{d}", true)]
    [InlineData("%{d}.example", true)]
    [InlineData("foo:bar/baz.example", true)]
    [InlineData("", false)]
    [InlineData("com", false)]
    [InlineData("example.123", false)]
    [InlineData("example.-com", false)]
    [InlineData("example.com-", false)]
    [InlineData("%{d}.", false)]
    public void A_domain_spec_ends_in_a_label_or_a_macro(string text, bool isOne) => Assert.Equal(isOne, SpfMacro.IsDomainSpec(text));

    [Fact]
    public void A_name_that_is_too_long_loses_labels_on_its_left()
    {
        var name = Expand(string.Concat(Enumerable.Repeat("0123456789.", 30)) + "%{d}", "192.0.2.3");

        Assert.InRange(name.Length, 200, 253);
        Assert.EndsWith("0123456789.email.example.com", name, StringComparison.Ordinal);
        Assert.StartsWith("0123456789.", name, StringComparison.Ordinal);
    }

    [Fact]
    public void Any_text_is_judged_and_what_is_a_macro_string_expands() =>
        Gen.Char["%{}sldiophcrtv0129rR.-+,/_=a "].Array[0, 20].Select(signs => new string(signs)).Sample(text =>
        {
            SpfRecord.Parse("v=spf1 exists:" + text + " a:" + text);
            if (SpfMacro.IsMacroString(text)) Expand(text, "192.0.2.3");
        });

    private static string Expand(string text, string address) => SpfMacro.Expand(
        text, new SpfSender(IPAddress.Parse(address), "strong-bad", Domain, "mx.example.com"), Domain, "host.example.com");
}
