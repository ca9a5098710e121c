using Modus.Server.Cli;
using Xunit;

namespace Modus.Tests.Server.Cli;

/// <summary><c>modus vpn</c> on a store without a server.</summary>
public sealed class VpnCommandTests : IDisposable
{
    private static readonly string Key = new('a', 64);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task S48_A_partner_is_added_by_hand_listed_changed_and_left()
    {
        Assert.Contains("No partners", (await RunAsync("vpn", "list")).Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync("vpn", "add", "branch", "--domain", "Branch.example", "--address", "198.51.100.2", "--pin", Key.ToUpperInvariant())).Code);

        var rules = (await RunAsync("peer", "list", "--json")).Json.EnumerateArray().ToList();
        Assert.Equal(["Out", "Both"], rules.Select(static rule => rule.GetProperty("directions").GetString()));
        Assert.All(rules, static rule => Assert.Equal(("Pin", Key), (rule.GetProperty("level").GetString(), rule.GetProperty("pins")[0].GetString())));
        Assert.Contains("e-mail VPN with branch", (await RunAsync("peer", "list")).Out, StringComparison.Ordinal);
        Assert.Contains("by hand", (await RunAsync("vpn", "list")).Out, StringComparison.Ordinal);
        Assert.Contains(Key, (await RunAsync("vpn", "show", "branch")).Out, StringComparison.Ordinal);

        Assert.Equal(ExitCode.Done, (await RunAsync("vpn", "add", "branch", "--domain", "branch.example", "--pin", new string('b', 64))).Code);
        var rule = Assert.Single((await RunAsync("peer", "list", "--json")).Json.EnumerateArray());
        Assert.Equal(new string('b', 64), rule.GetProperty("pins")[0].GetString());

        var removed = await RunAsync("peer", "remove", rule.GetProperty("name").GetString()!);
        Assert.Contains("e-mail VPN with branch", removed.Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync("vpn", "leave", "branch")).Code);
        Assert.Equal(ExitCode.Fault, (await RunAsync("vpn", "leave", "branch")).Code);
        Assert.Equal(ExitCode.Fault, (await RunAsync("vpn", "show", "branch")).Code);
        Assert.Contains("No rules", (await RunAsync("peer", "list")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("is no name", "vpn", "add", "A b", "--domain", "x.test")]
    [InlineData("--domain", "vpn", "add", "x")]
    [InlineData("is no domain", "vpn", "add", "x", "--domain", "a b")]
    [InlineData("is no address", "vpn", "add", "x", "--address", "192.0.2.0/24")]
    [InlineData("--pin", "vpn", "add", "x", "--domain", "x.test")]
    [InlineData("is no key", "vpn", "add", "x", "--domain", "x.test", "--pin", "abc")]
    [InlineData("is no time", "vpn", "invite", "x.test", "--valid", "soon")]
    [InlineData("is no key", "vpn", "rotate", "--next", "/nowhere/at/all.pem")]
    public async Task What_is_wrong_is_said(string words, params string[] arguments)
    {
        var run = await RunAsync(arguments);

        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(words, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("vpn", "invite", "x.test")]
    [InlineData("vpn", "join", "token")]
    [InlineData("vpn", "rotate")]
    public async Task What_needs_a_server_says_so(params string[] arguments)
    {
        var run = await RunAsync(arguments);

        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.Contains("No server runs", run.Error, StringComparison.Ordinal);
    }

    private Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.RunAsync("", [.. arguments, "--data", _folder.Path]);
}
