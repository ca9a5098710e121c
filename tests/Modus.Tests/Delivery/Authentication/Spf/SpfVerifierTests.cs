using System.Net;
using Modus.Delivery.Authentication;
using Modus.Delivery.Authentication.Spf;
using Modus.Mail.Addresses;
using Modus.Testing.Dns;
using Xunit;

namespace Modus.Tests.Delivery.Authentication.Spf;

/// <summary>The suite of openspf.org, which says more, runs in Modus.EndToEnd.Tests.</summary>
public sealed class SpfVerifierTests
{
    private const string Client = "192.0.2.3";
    private const string Client6 = "2001:db8::3";

    private static FakeZone Zone => new FakeZone()
        .Address("mx1.example.org", Client, Client6).Address("mx2.example.org", "192.0.2.200").Mx("mail.example.org", "mx2.example.org", "mx1.example.org")
        .Address("example.org", "192.0.2.8").Ptr(Client, "liar.example.net", "mx1.example.org").Address("liar.example.net", "198.51.100.1")
        .Text("pass.example.net", "v=spf1 ip4:192.0.2.3 -all").Text("fail.example.net", "v=spf1 -all").Text("neutral.example.net", "v=spf1")
        .Text("text.example.net", "hello").Text("broken.example.net", "v=spf1 moo").Text("two.example.net", "v=spf1 -all", "v=spf1 +all")
        .Fail("gone.example.net");

    [Theory]
    [InlineData("v=spf1 -all", "fail")]
    [InlineData("v=spf1 ~all", "softfail")]
    [InlineData("v=spf1 ?all", "neutral")]
    [InlineData("v=spf1 all", "pass")]
    [InlineData("V=SPF1 +ALL", "pass")]
    [InlineData("v=spf1", "neutral")]
    [InlineData("v=spf10 -all", "none")]
    [InlineData("v=spf1 ip4:192.0.2.3 -all", "pass")]
    [InlineData("v=spf1 ip4:192.0.2.0/24 -all", "pass")]
    [InlineData("v=spf1 ip4:192.0.2.4/31 -all", "fail")]
    [InlineData("v=spf1 ip4:192.0.2.4/0 -all", "pass")]
    [InlineData("v=spf1 ip6:2001:db8::/32 -all", "fail")]
    [InlineData("v=spf1 ip4:192.0.2/24 -all", "permerror")]
    [InlineData("v=spf1 ip4:192.0.2.3/33 -all", "permerror")]
    [InlineData("v=spf1 ip4:192.0.2.3/032 -all", "permerror")]
    [InlineData("v=spf1 ip4: -all", "permerror")]
    [InlineData("v=spf1 ip6:192.0.2.3 -all", "permerror")]
    [InlineData("v=spf1 a -all", "fail")]
    [InlineData("v=spf1 a/24 -all", "pass")]
    [InlineData("v=spf1 a//0 -all", "fail")]
    [InlineData("v=spf1 a:mx1.example.org -all", "pass")]
    [InlineData("v=spf1 a:nowhere.example.org -all", "fail")]
    [InlineData("v=spf1 a:gone.example.net -all", "temperror")]
    [InlineData("v=spf1 mx:mail.example.org -all", "pass")]
    [InlineData("v=spf1 mx -all", "fail")]
    [InlineData("v=spf1 ptr -all", "pass")]
    [InlineData("v=spf1 ptr:example.net -all", "fail")]
    [InlineData("v=spf1 exists:mx2.%{d} -all", "pass")]
    [InlineData("v=spf1 exists:%{p} -all", "pass")]
    [InlineData("v=spf1 exists:%{i}.%{d} -all", "fail")]
    [InlineData("v=spf1 include:pass.example.net -all", "pass")]
    [InlineData("v=spf1 include:fail.example.net ?all", "neutral")]
    [InlineData("v=spf1 include:neutral.example.net -all", "fail")]
    [InlineData("v=spf1 include:text.example.net -all", "permerror")]
    [InlineData("v=spf1 include:broken.example.net -all", "permerror")]
    [InlineData("v=spf1 include:two.example.net -all", "permerror")]
    [InlineData("v=spf1 include:gone.example.net -all", "temperror")]
    [InlineData("v=spf1 redirect=pass.example.net", "pass")]
    [InlineData("v=spf1 redirect=fail.example.net ~all", "softfail")]
    [InlineData("v=spf1 redirect=nowhere.example.net", "permerror")]
    [InlineData("v=spf1 redirect=a.b redirect=c.d", "permerror")]
    [InlineData("v=spf1 exp=a.b exp=c.d -all", "permerror")]
    [InlineData("v=spf1 include:example.org -all", "permerror")]
    [InlineData("v=spf1 moo=%{x} -all", "permerror")]
    [InlineData("v=spf1 moo=cow -all", "fail")]
    [InlineData("v=spf1\tmx -all", "none")]
    [InlineData("v=spf1 -all \u00e9", "permerror")]
    public async Task Records(string record, string outcome) => Assert.Equal(outcome, await CheckAsync(record, Client));

    [Theory]
    [InlineData("v=spf1 ip6:2001:db8::/32 -all", "pass")]
    [InlineData("v=spf1 ip6:2001:db8::4/127 -all", "fail")]
    [InlineData("v=spf1 a:mx1.example.org/0//128 -all", "pass")]
    [InlineData("v=spf1 ip4:0.0.0.0/0 -all", "fail")]
    public async Task Records_for_IPv6(string record, string outcome) => Assert.Equal(outcome, await CheckAsync(record, Client6));

    [Fact]
    public async Task An_IPv4_client_on_an_IPv6_socket_is_an_IPv4_client() =>
        Assert.Equal("pass", await CheckAsync("v=spf1 ip4:192.0.2.3 -all", "::ffff:192.0.2.3"));

    [Theory]
    [InlineData(10, "neutral")]
    [InlineData(11, "permerror")]
    public async Task Ten_terms_may_ask_the_DNS(int terms, string outcome) =>
        Assert.Equal(outcome, await CheckAsync("v=spf1" + string.Concat(Enumerable.Repeat(" a:mx2.example.org", terms)), Client));

    [Theory]
    [InlineData(2, "neutral")]
    [InlineData(3, "permerror")]
    public async Task Two_questions_may_find_nothing(int terms, string outcome) =>
        Assert.Equal(outcome, await CheckAsync("v=spf1" + string.Concat(Enumerable.Range(0, terms).Select(i => $" a:no{i}.example.org")), Client));

    [Fact]
    public async Task A_domain_with_eleven_exchangers_asks_too_much()
    {
        var zone = Zone.Text("many.test", "v=spf1 mx ?all").Mx("many.test", [.. Enumerable.Range(0, 11).Select(i => $"mx{i}.many.test")]);

        Assert.Equal(AuthenticationOutcome.PermError, (await CheckAsync(zone, "many.test", Client)).Outcome);
        Assert.Equal(["TXT many.test", "MX many.test"], zone.Questions);
    }

    [Fact]
    public async Task Of_many_names_of_an_address_ten_are_looked_at()
    {
        var zone = new FakeZone().Text("many.test", "v=spf1 ptr ?all").Ptr(Client, [.. Enumerable.Range(0, 50).Select(i => $"n{i}.many.test")]);

        await CheckAsync(zone, "many.test", Client);

        Assert.Equal(10, zone.Questions.Count(question => question.StartsWith("A ", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_null_path_is_checked_by_the_name_of_the_client()
    {
        var result = await new SpfVerifier(Zone).CheckAsync(
            IPAddress.Parse(Client), "pass.example.net", ReversePath.Null, TestContext.Current.CancellationToken);

        Assert.Equal((AuthenticationOutcome.Pass, "pass.example.net", true), (result.Outcome, result.Domain!.Value.Name, result.IsHelo));
    }

    [Theory]
    [InlineData("[192.0.2.3]")]
    [InlineData("localhost")]
    [InlineData("-x-")]
    public async Task A_client_without_a_domain_has_no_policy(string helo)
    {
        var zone = Zone;

        var result = await new SpfVerifier(zone).CheckAsync(IPAddress.Parse(Client), helo, ReversePath.Null, TestContext.Current.CancellationToken);

        Assert.Equal((AuthenticationOutcome.None, null), (result.Outcome, result.Domain));
        Assert.Empty(zone.Questions);
    }

    private static async Task<string> CheckAsync(string record, string client) =>
        (await CheckAsync(Zone.Text("example.org", record), "example.org", client)).Outcome.ToWord();

    private static async Task<SpfResult> CheckAsync(FakeZone zone, string domain, string client) => await new SpfVerifier(zone).CheckAsync(
        IPAddress.Parse(client), "mx1.example.org", new ReversePath(EmailAddress.Parse("anna@" + domain)), TestContext.Current.CancellationToken);
}
