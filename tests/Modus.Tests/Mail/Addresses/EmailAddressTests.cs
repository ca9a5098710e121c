using CsCheck;
using Modus.Mail.Addresses;
using Xunit;

namespace Modus.Tests.Mail.Addresses;

public class EmailAddressTests
{
    [Theory]
    [InlineData("a@example.com", "a@example.com")]
    [InlineData("A.b+c@Example.COM", "A.b+c@example.com")]
    [InlineData("\"a b\"@example.com", "\"a b\"@example.com")]
    [InlineData("\"plain\"@example.com", "plain@example.com")]
    [InlineData("\"a\\\"b\\\\c\"@example.com", "\"a\\\"b\\\\c\"@example.com")]
    [InlineData("\"a@b\"@example.com", "\"a@b\"@example.com")]
    [InlineData("a@[192.0.2.1]", "a@[192.0.2.1]")]
    [InlineData("a@[IPv6:2001:DB8::1]", "a@[IPv6:2001:db8::1]")]
    [InlineData("gr\u00fc\u00dfe@b\u00fccher.example", "gr\u00fc\u00dfe@xn--bcher-kva.example")]
    public void An_address_is_read_and_written(string text, string expected)
    {
        Assert.True(EmailAddress.TryParse(text, out var address));
        Assert.Equal(expected, address.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData("a")]
    [InlineData("@b")]
    [InlineData("a@")]
    [InlineData("a@b@c")]
    [InlineData("a..b@c")]
    [InlineData(".a@c")]
    [InlineData("a b@c")]
    [InlineData("\"a@c")]
    [InlineData("\"a\"b@c")]
    [InlineData("a@[1.2.3]")]
    [InlineData("a@[2001:db8::1]")]
    [InlineData("a@[IPv6:192.0.2.1]")]
    [InlineData("\"a\nb\"@c")]
    [InlineData("<a@b>")]
    public void What_is_no_address_is_refused(string text) => Assert.False(EmailAddress.TryParse(text, out _));

    [Fact]
    public void A_local_part_has_64_octets_and_an_address_254_at_most()
    {
        Assert.True(EmailAddress.TryParse(new string('a', 64) + "@b", out _));
        Assert.False(EmailAddress.TryParse(new string('a', 65) + "@b", out _));
        Assert.False(EmailAddress.TryParse(new string('\u00e9', 33) + "@b", out _));
        Assert.False(EmailAddress.TryParse("a@" + string.Join('.', Enumerable.Repeat("b", 127)), out _));
    }

    [Fact]
    public void Case_makes_no_other_person_and_is_kept()
    {
        var anna = EmailAddress.Parse("Anna@Example.com");
        Assert.Equal(EmailAddress.Parse("anna@example.COM"), anna);
        Assert.Equal(EmailAddress.Parse("anna@example.com").GetHashCode(), anna.GetHashCode());
        Assert.Equal(("Anna", "anna@example.com"), (anna.LocalPart, anna.ToLookupKey()));
    }

    [Fact]
    public void Whatever_is_read_is_read_again_as_the_same() =>
        Gen.String[Gen.Char["aB.@\"\\ []:1\u00e9,;<\t"], 0, 12].Select(text => text + "@x.org").Sample(text =>
            !EmailAddress.TryParse(text, out var address)
            || (EmailAddress.TryParse(address.ToString(), out var again)
                && again.Equals(address) && again.LocalPart == address.LocalPart && again.ToString() == address.ToString()));

    [Fact]
    public void Random_text_never_throws() =>
        Gen.String[0, 300].Sample(text => EmailAddress.TryParse(text, out var address) == address is not null);
}
