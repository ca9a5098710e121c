using Modus.Delivery.Authentication.Dmarc;
using Modus.Delivery.Authentication.Message;
using Xunit;

namespace Modus.Tests.Delivery.Authentication.Dmarc;

public sealed class AuthorDomainsTests
{
    [Theory]
    [InlineData("From: Anna <anna@Example.ORG>", "example.org")]
    [InlineData("From: anna@example.org", "example.org")]
    [InlineData("From: \"ceo@bank.test\" <eve@evil.test>", "evil.test")]
    [InlineData("From: ceo@bank.test <eve@evil.test>", "evil.test")]
    [InlineData("From: eve@evil.test, ceo@bank.test", "evil.test bank.test")]
    [InlineData("From: eve@evil.test\nFrom: ceo@bank.test", "bank.test evil.test")]
    [InlineData("From: eve@evil.test\n (ceo@bank.test)", "evil.test")]
    [InlineData("From: a@b.test, c@b.test", "b.test")]
    [InlineData("FROM : Anna\n\t<anna@example.org>", "example.org")]
    [InlineData("From: friends: a@b.test, c@d.test;", "b.test d.test")]
    [InlineData("From: nobody", "")]
    [InlineData("From:", "")]
    [InlineData("To: anna@example.org", "")]
    public async Task Domains_of_From(string field, string domains)
    {
        var authors = await ReadAsync(field + "\n\nFrom: body@body.test\n");

        Assert.True(authors.IsAll);
        Assert.Equal(domains, string.Join(' ', authors.Domains));
    }

    [Fact]
    public async Task Too_many_domains_or_addresses_hide_no_author()
    {
        Assert.False((await ReadAsync("From: a@a.test, a@b.test, a@c.test, a@d.test, ceo@bank.test\n\n")).IsAll);
        Assert.False((await ReadAsync("From: " + string.Concat(Enumerable.Repeat("a@a.test, ", 64)) + "ceo@bank.test\n\n")).IsAll);
        Assert.False((await ReadAsync(string.Concat(Enumerable.Repeat("X-Long: line\n", 30_000)) + "From: ceo@bank.test\n\n")).IsAll);
    }

    private static async Task<AuthorDomains> ReadAsync(string message)
    {
        using var stream = new MemoryStream(TestMessage.Bytes(message));
        using var header = await HeaderSection.ReadAsync(stream, TestContext.Current.CancellationToken);
        return AuthorDomains.Read(header);
    }
}
