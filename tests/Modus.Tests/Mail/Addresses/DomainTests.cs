using CsCheck;
using Modus.Mail.Addresses;
using Xunit;

namespace Modus.Tests.Mail.Addresses;

public class DomainTests
{
    [Theory]
    [InlineData("Example.COM", "example.com")]
    [InlineData("example.com.", "example.com")]
    [InlineData("b\u00fccher.example", "xn--bcher-kva.example")]
    [InlineData("B\u00dcCHER.example", "xn--bcher-kva.example")]
    [InlineData("bu\u0308cher.example", "xn--bcher-kva.example")]
    [InlineData("XN--BCHER-KVA.example", "xn--bcher-kva.example")]
    [InlineData("\uff45xample.com", "example.com")]
    [InlineData("a_b.example", "a_b.example")]
    [InlineData("localhost", "localhost")]
    public void A_name_has_one_form(string text, string expected)
    {
        Assert.True(Domain.TryParse(text, out var domain));
        Assert.Equal(expected, domain.Name);
        Assert.Equal(Domain.Parse(expected), domain);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".")]
    [InlineData("a..b")]
    [InlineData(".a")]
    [InlineData("-a.b")]
    [InlineData("a-.b")]
    [InlineData("a b")]
    [InlineData("a@b")]
    [InlineData("[192.0.2.1]")]
    [InlineData("a\u0000b")]
    [InlineData("\uD800.example")]
    [InlineData("\u202Ea.example")]
    [InlineData("\u200Ba\u0300.example")]
    [InlineData("\u2764.example")]
    public void What_is_no_name_is_refused(string text) => Assert.False(Domain.TryParse(text, out _));

    [Fact]
    public void A_label_has_63_characters_and_a_name_255_at_most()
    {
        Assert.True(Domain.TryParse(new string('a', 63) + ".b", out _));
        Assert.False(Domain.TryParse(new string('a', 64) + ".b", out _));
        Assert.True(Domain.TryParse(string.Join('.', Enumerable.Repeat("a", 128)), out _));
        Assert.False(Domain.TryParse(string.Join('.', Enumerable.Repeat("a", 129)), out _));
    }

    [Fact]
    public void The_name_for_people_has_U_labels() => Assert.Equal("b\u00fccher.example", Domain.Parse("xn--bcher-kva.example").DisplayName);

    [Fact]
    public void Whatever_is_read_is_read_again_as_the_same() =>
        Gen.String[Gen.Char["aB0-_.\u00fc\u00dc\u03c3\u03c2\u0301xn"], 0, 12].Sample(text =>
            !Domain.TryParse(text, out var domain) || Domain.Parse(domain.Name) == domain);
}
