using Modus.Delivery.OutboundTls;
using Modus.Delivery.Remote;
using Modus.Mail.Addresses;
using Xunit;

namespace Modus.Tests.Delivery.Remote;

/// <summary>Where the mail of a destination goes (RFC 5321 §5.1, RFC 7505).</summary>
public sealed class NextHopsTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Mail_exchangers_come_by_preference()
    {
        var plan = await PlanAsync(static room => room.Dns.Mx("example.com", (20, "c.test"), (10, "a.test"), (10, "B.test")));
        Assert.Equal(["a.test b.test", "c.test"], plan.Groups.Select(static group => string.Join(" ", group.Select(static host => host.Name).Order(StringComparer.Ordinal))));
    }

    [Fact]
    public async Task Equal_preferences_come_in_any_order()
    {
        var firsts = new HashSet<string>();
        for (var n = 0; n < 100 && firsts.Count < 2; n++)
            firsts.Add((await PlanAsync(static room => room.Dns.Mx("example.com", (10, "a.test"), (10, "b.test")))).Groups[0][0].Name);
        Assert.Equal(2, firsts.Count);
    }

    [Fact]
    public async Task A_domain_without_mail_exchangers_is_its_own()
    {
        var plan = await PlanAsync(static room => room.Dns.Mx("example.com", isSecure: true));
        Assert.Equal(("example.com", true), (Assert.Single(Assert.Single(plan.Groups)).Name, plan.Groups[0][0].IsNameSecure));
    }

    [Theory]
    [InlineData("null", "5.1.10")]
    [InlineData("missing", "5.1.2")]
    [InlineData("broken", "4.4.3")]
    [InlineData("own", "5.4.6")]
    [InlineData("own-implicit", "5.4.6")]
    public async Task What_leads_nowhere_says_why(string what, string status)
    {
        var domain = what == "own-implicit" ? "mail.example.org" : "example.com";
        var plan = await PlanAsync(
            room => _ = what switch
            {
                "null" => room.Dns.Mx(domain, (0, "")),
                "missing" => room.Dns,
                "broken" => room.Dns.Fails(domain),
                "own" => room.Dns.Mx(domain, (10, "mail.example.org"), (20, "b.test")),
                _ => room.Dns.Mx(domain),
            },
            what == "missing" ? "nowhere.test" : domain);
        Assert.Empty(plan.Groups);
        Assert.Equal(status, $"{plan.Fault!.Status}");
    }

    [Fact]
    public async Task A_null_MX_beside_others_is_a_mistake_and_passed_over() =>
        Assert.Equal("a.test", (await PlanAsync(static room => room.Dns.Mx("example.com", (0, ""), (10, "a.test")))).Groups[0][0].Name);

    [Fact]
    public async Task Who_is_not_better_than_this_server_is_dropped()
    {
        var plan = await PlanAsync(static room => room.Dns.Mx("example.com", (5, "a.test"), (10, "Mail.Example.Org"), (10, "b.test"), (20, "c.test")));
        Assert.Equal("a.test", Assert.Single(Assert.Single(plan.Groups)).Name);
    }

    [Theory]
    [InlineData("example.com", "exact.test")]
    [InlineData("a.b.example.com", "below.test")]
    [InlineData("b.example.com", "nearer.test")]
    [InlineData("example.net", "all.test")]
    public async Task The_most_specific_route_counts(string domain, string host)
    {
        await using var room = await OutboundRoom.OpenAsync();
        foreach (var (name, target) in new[] { ("*", "all.test"), (".example.com", "below.test"), ("b.example.com", "nearer.test"), ("example.com", "exact.test") })
            await room.Routes.SetAsync(new MailRoute { Domain = name, Hosts = [target + ":2525", "second.test"] }, "test", Cancel);
        var plan = await room.NextHops.FindAsync(new Destination(Domain.Parse(domain), null), Cancel);
        Assert.Equal([(host, 2525), ("second.test", 25)], plan.Groups.Select(static group => (group[0].Name, group[0].Port)));
    }

    [Fact]
    public async Task A_removed_route_counts_no_more()
    {
        await using var room = await OutboundRoom.OpenAsync();
        await room.Routes.SetAsync(new MailRoute { Domain = "*", Hosts = ["all.test"] }, "test", Cancel);
        var destination = new Destination(Domain.Parse("example.com"), null);
        Assert.NotNull((await room.NextHops.FindAsync(destination, Cancel)).Route);
        await room.Routes.RemoveAsync("*", "test", Cancel);
        Assert.Null((await room.NextHops.FindAsync(destination, Cancel)).Route);
    }

    [Theory]
    [InlineData("mx.example.com", "mx.example.com", 25)]
    [InlineData("MX.example.com:587", "mx.example.com", 587)]
    [InlineData("192.0.2.1:2525", "192.0.2.1", 2525)]
    [InlineData("[2001:db8::1]:2525", "2001:db8::1", 2525)]
    [InlineData("[2001:db8::1]", "2001:db8::1", 25)]
    public void Hosts_are_written_with_or_without_a_port(string text, string host, int port)
    {
        Assert.True(HopKey.TryParse(text, 25, out var readHost, out var readPort));
        Assert.Equal((host, port), (readHost, readPort));
        Assert.True(HopKey.TryParse(HopKey.Of(readHost, readPort), 99, out var again, out var againPort));
        Assert.Equal((host, port), (again, againPort));
    }

    [Theory]
    [InlineData("")]
    [InlineData(":25")]
    [InlineData("mx.example.com:")]
    [InlineData("mx.example.com:0")]
    [InlineData("mx.example.com:65536")]
    [InlineData("2001:db8::1")]
    [InlineData("[mx.example.com]")]
    [InlineData("mx example.com")]
    public void What_is_no_host_is_refused(string text) => Assert.False(HopKey.TryParse(text, 25, out _, out _));

    private static async Task<HopPlan> PlanAsync(Action<OutboundRoom> tell, string domain = "example.com")
    {
        await using var room = await OutboundRoom.OpenAsync();
        tell(room);
        return await room.NextHops.FindAsync(new Destination(Domain.Parse(domain), null), Cancel);
    }
}
