using Modus.Delivery.Routing;
using Modus.Mail.Addresses;
using Xunit;

namespace Modus.Tests.Delivery.Routing;

public sealed class RouterTests : IAsyncLifetime
{
    private DeliveryRoom _room = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _room = await DeliveryRoom.OpenAsync();
        await _room.AccountAsync("anna@example.org");
        await _room.AccountAsync("ben@example.net");
    }

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Theory]
    [InlineData("anna@example.org")]
    [InlineData("ANNA@Example.ORG")]
    [InlineData("\"anna\"@example.org")]
    public async Task An_account_is_reached_by_its_address_however_it_is_written(string address) =>
        await ExpectAsync(address, RouteKind.Local, "anna@example.org");

    [Fact]
    public async Task An_alias_reaches_its_targets_here_and_elsewhere()
    {
        await _room.AliasAsync("team@example.org", "anna@example.org", "ben@example.net", "cleo@elsewhere.test");

        await ExpectAsync("team@example.org", RouteKind.Local, "anna@example.org", "ben@example.net", "> cleo@elsewhere.test");
    }

    [Fact]
    public async Task An_alias_of_an_alias_is_followed_and_each_target_is_reached_once()
    {
        await _room.AliasAsync("all@example.org", "team@example.org", "anna@example.org", "CLEO@elsewhere.test");
        await _room.AliasAsync("team@example.org", "anna@example.org", "ben@example.net", "cleo@elsewhere.test");

        await ExpectAsync("all@example.org", RouteKind.Local, "anna@example.org", "ben@example.net", "> CLEO@elsewhere.test");
    }

    [Fact]
    public async Task An_alias_to_elsewhere_alone_is_an_address_of_ours()
    {
        await _room.AliasAsync("cleo@example.org", "cleo@elsewhere.test");

        await ExpectAsync("cleo@example.org", RouteKind.Local, "> cleo@elsewhere.test");
    }

    [Theory]
    [InlineData(1000, true)]
    [InlineData(1001, false)]
    public async Task An_alias_may_become_so_many_and_who_has_more_is_named_in_the_log(int count, bool isTaken)
    {
        await _room.AliasAsync("all@example.org", [.. Enumerable.Range(0, count).Select(i => $"someone.{i}@elsewhere.test")]);

        var route = await _room.NewRouter().FindAsync(EmailAddress.Parse("all@example.org"), Cancel);

        Assert.Equal(isTaken ? RouteKind.Local : RouteKind.Unknown, route.Kind);
        Assert.Equal(isTaken ? 0 : 1, _room.Log.Lines.Count(line => line.Contains("all@example.org", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task The_postmaster_without_a_domain_is_ours_wherever_he_reads()
    {
        var route = await _room.NewRouter("root@elsewhere.test").FindAsync(new ForwardPath(null), Cancel);

        Assert.Equal(RouteKind.Local, route.Kind);
        Assert.Equal([EmailAddress.Parse("root@elsewhere.test")], route.Remote);
    }

    [Fact]
    public async Task Aliases_that_go_round_end_and_reach_nobody()
    {
        await _room.AliasAsync("one@example.org", "two@example.net");
        await _room.AliasAsync("two@example.net", "one@example.org");

        await ExpectAsync("one@example.org", RouteKind.Unknown);
    }

    [Fact]
    public async Task A_loop_with_a_way_out_reaches_who_is_there()
    {
        await _room.AliasAsync("one@example.org", "one@example.org", "two@example.net");
        await _room.AliasAsync("two@example.net", "one@example.org", "anna@example.org");

        await ExpectAsync("one@example.org", RouteKind.Local, "anna@example.org");
    }

    [Theory]
    [InlineData("anna+shop@example.org")]
    [InlineData("anna+@example.org")]
    [InlineData("anna+a+b@example.org")]
    public async Task A_plus_address_reaches_its_account(string address) =>
        await ExpectAsync(address, RouteKind.Local, "anna@example.org");

    [Fact]
    public async Task A_plus_address_of_an_alias_reaches_what_the_alias_does()
    {
        await _room.AliasAsync("info@example.org", "anna@example.org", "cleo@elsewhere.test");

        await ExpectAsync("info+x@example.org", RouteKind.Local, "anna@example.org", "> cleo@elsewhere.test");
    }

    [Fact]
    public async Task The_exact_address_comes_before_the_one_without_detail()
    {
        await _room.AliasAsync("anna+shop@example.org", "ben@example.net");

        await _room.AccountAsync("anna+work@example.org");

        await ExpectAsync("anna+shop@example.org", RouteKind.Local, "ben@example.net");
        await ExpectAsync("anna+work@example.org", RouteKind.Local, "anna+work@example.org");
    }

    [Theory]
    [InlineData("+anna@example.org", '+')] // nothing stands before the sign
    [InlineData("anna+shop@example.org", null)]
    [InlineData("anna+shop@example.org", '-')]
    public async Task Without_a_separator_in_it_there_is_no_detail(string address, char? separator)
    {
        var route = await _room.NewRouter(separator: separator).FindAsync(EmailAddress.Parse(address), Cancel);

        Assert.Equal(RouteKind.Unknown, route.Kind);
    }

    [Fact]
    public async Task Another_separator_does_what_the_plus_does()
    {
        var route = await _room.NewRouter(separator: '-').FindAsync(EmailAddress.Parse("anna-shop@example.org"), Cancel);

        Assert.Equal(["anna@example.org"], Words(route));
    }

    [Fact]
    public async Task A_catch_all_gets_what_nobody_has_in_its_domain_alone()
    {
        await _room.CatchAllAsync("example.org", "ben@example.net");

        await ExpectAsync("nobody@example.org", RouteKind.Local, "ben@example.net");
        await ExpectAsync("anna@example.org", RouteKind.Local, "anna@example.org");
        await ExpectAsync("anna+x@example.org", RouteKind.Local, "anna@example.org");
        await ExpectAsync("nobody@example.net", RouteKind.Unknown);
    }

    [Fact]
    public async Task A_catch_all_may_be_elsewhere()
    {
        await _room.CatchAllAsync("example.org", "all@elsewhere.test");

        await ExpectAsync("nobody@example.org", RouteKind.Local, "> all@elsewhere.test");
    }

    [Fact]
    public async Task Catch_alls_that_go_round_reach_nobody()
    {
        await _room.CatchAllAsync("example.org", "lost@example.net");
        await _room.CatchAllAsync("example.net", "found@example.org");
        await ExpectAsync("nobody@example.org", RouteKind.Unknown);

        await _room.CatchAllAsync("example.org", "self@example.org");
        await ExpectAsync("self@example.org", RouteKind.Unknown);
    }

    [Theory]
    [InlineData("anna@example.org", "anna@example.org")]
    [InlineData("root@elsewhere.test", "> root@elsewhere.test")]
    public async Task The_postmaster_reads_what_nobody_else_does(string postmaster, string expected)
    {
        var router = _room.NewRouter(postmaster);

        Assert.Equal([expected], Words(await router.FindAsync(EmailAddress.Parse("PostMaster@example.net"), Cancel)));
        Assert.Equal([expected], Words(await router.FindAsync(ForwardPath.Postmaster, Cancel)));
    }

    [Fact]
    public async Task An_address_or_a_catch_all_comes_before_the_postmaster()
    {
        await _room.AliasAsync("postmaster@example.org", "ben@example.net");
        await _room.CatchAllAsync("example.net", "ben@example.net");
        var router = _room.NewRouter("anna@example.org");

        Assert.Equal(["ben@example.net"], Words(await router.FindAsync(EmailAddress.Parse("postmaster@example.org"), Cancel)));
        Assert.Equal(["ben@example.net"], Words(await router.FindAsync(EmailAddress.Parse("postmaster@example.net"), Cancel)));
    }

    [Fact]
    public async Task Without_one_postmaster_is_as_unknown_as_any()
    {
        Assert.Equal(RouteKind.Unknown, (await _room.NewRouter().FindAsync(ForwardPath.Postmaster, Cancel)).Kind);
        await ExpectAsync("postmaster@example.org", RouteKind.Unknown);
    }

    [Theory]
    [InlineData("nobody@example.org")]
    [InlineData("ben@example.org")] // he is in the other domain
    [InlineData("ann@example.org")]
    public async Task Who_is_not_there_is_unknown(string address) => await ExpectAsync(address, RouteKind.Unknown);

    [Theory]
    [InlineData("anna@elsewhere.test")]
    [InlineData("anna@sub.example.org")]
    [InlineData("anna@[127.0.0.1]")]
    [InlineData("anna@[IPv6:::1]")]
    public async Task What_is_in_no_domain_of_ours_is_elsewhere(string address) =>
        await ExpectAsync(address, RouteKind.Elsewhere, $"> {address}");

    private async Task ExpectAsync(string address, RouteKind kind, params string[] targets)
    {
        var route = await _room.NewRouter().FindAsync(new ForwardPath(EmailAddress.Parse(address)), Cancel);

        Assert.Equal(kind, route.Kind);
        Assert.Equal(targets, Words(route));
    }

    private static IEnumerable<string> Words(Route route) =>
        [.. route.Accounts.Select(account => $"{account.Address}"), .. route.Remote.Select(address => $"> {address}")];
}
