using Microsoft.Extensions.Logging.Abstractions;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.Queue;
using Modus.Mail.Addresses;
using Modus.Server.Cli;
using Modus.Server.Composition;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Server.Cli;

/// <summary><c>modus queue</c>, <c>dest</c> and <c>route</c> on a store that no server runs on.</summary>
public sealed class OutboundCommandTests : IDisposable
{
    private static readonly string Key = new('a', 64);

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_route_takes_no_password_that_everybody_may_read_and_takes_a_credential_by_name()
    {
        if (OperatingSystem.IsWindows()) return;
        var file = _folder.Write("password", "secret");
        File.SetUnixFileMode(_folder.Path, File.GetUnixFileMode(_folder.Path) | UnixFileMode.OtherExecute);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.OtherRead);
        var open = await RunAsync("route", "set", "example.com", "mail.example.net", "--login", "u", "--password-file", file, "--level", "verify");
        var credential = await RunAsync("route", "set", "example.com", "mail.example.net", "--login", "u", "--password-file", "credential:smarthost", "--level", "verify");

        Assert.Equal(ExitCode.Usage, open.Code);
        Assert.Contains("(mode 0404): `chmod o-rwx", open.Error, StringComparison.Ordinal);
        Assert.Equal((ExitCode.Done, ""), (credential.Code, credential.Error));
        Assert.Equal("credential:smarthost", Assert.Single((await RunAsync("route", "list", "--json")).Json.EnumerateArray()).GetProperty("passwordFile").GetString());
    }

    [Fact]
    public async Task What_waits_is_held_released_retried_and_dropped_and_its_trace_says_so()
    {
        var id = await QueueAsync("a@one.example", "b@two.example");

        Assert.Contains("1 entry held", (await Succeed("queue", "hold", id, "--domain", "two.example")).Out, StringComparison.Ordinal);
        var rows = (await Succeed("queue", "list", "--json")).Json.EnumerateArray().ToDictionary(
            static row => row.GetProperty("to").GetString()!, static row => (State: row.GetProperty("state").GetString(), Entry: row.GetProperty("entry").GetInt64()));
        Assert.Equal(("Incoming", "Held"), (rows["<a@one.example>"].State, rows["<b@two.example>"].State));

        Assert.Contains("1 entry due now", (await Succeed("queue", "retry", "--all")).Out, StringComparison.Ordinal);
        Assert.Contains("1 entry released", (await Succeed("queue", "release", "--entry", $"{rows["<b@two.example>"].Entry}")).Out, StringComparison.Ordinal);
        Assert.Contains("2 entries dropped", (await Succeed("queue", "drop", id)).Out, StringComparison.Ordinal);
        Assert.Contains("The queue is empty", (await Succeed("queue", "list")).Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Fault, (await RunAsync("queue", "drop", id)).Code);

        var trace = (await Succeed("queue", "trace", id, "--json")).Json.EnumerateArray().Select(static line => line.GetProperty("kind").GetString());
        Assert.Equal(["Held", "Released", "Dropped", "Dropped"], trace);
    }

    [Theory]
    [InlineData("retry")]
    [InlineData("hold")]
    [InlineData("release")]
    [InlineData("drop")]
    public async Task What_is_meant_must_be_said(string command) => Assert.Equal(ExitCode.Usage, (await RunAsync("queue", command)).Code);

    [Fact]
    public async Task More_than_are_looked_at_in_one_go_are_changed()
    {
        await QueueAsync([.. Enumerable.Range(0, 1001).Select(static i => $"r{i}@one.example")]);
        Assert.Contains("1001 entries held", (await Succeed("queue", "hold", "--all")).Out, StringComparison.Ordinal);
        Assert.Contains("0 entries held", (await Succeed("queue", "hold", "--all")).Out, StringComparison.Ordinal);
        Assert.Contains("1001 entries released", (await Succeed("queue", "release", "--all")).Out, StringComparison.Ordinal);
        Assert.Contains("1001 entries dropped", (await Succeed("queue", "drop", "--domain", "one.example")).Out, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_next_hop_is_pinned_listed_and_forgotten()
    {
        Assert.Contains("No next hop", (await Succeed("dest", "list")).Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Fault, (await RunAsync("dest", "pin", "mx.example.com")).Code); // it was never spoken to
        Assert.Equal(ExitCode.Usage, (await RunAsync("dest", "pin", "2001:db8::1")).Code); // which part of it would be the port?
        await RememberAsync("mx.example.com", "2001:db8::1");

        Assert.Equal(ExitCode.Usage, (await RunAsync("dest", "pin", "mx.example.com", "--key", "abc")).Code);
        Assert.Equal(ExitCode.Fault, (await RunAsync("dest", "pin", "mx.example.com")).Code); // it never showed a key
        await Succeed("dest", "pin", "MX.example.com", "--key", Key.ToUpperInvariant());
        await Succeed("dest", "pin", "[2001:db8::1]", "--key", Key);
        Assert.Equal(ExitCode.Fault, (await RunAsync("dest", "show", "mx.example.net")).Code);
        Assert.Equal(Key, (await Succeed("dest", "show", "mx.example.com:25", "--json")).Json.GetProperty("pinnedKey").GetString());
        Assert.Contains(Key, (await Succeed("dest", "show", "mx.example.com")).Out, StringComparison.Ordinal);
        var hop = Assert.Single((await Succeed("dest", "list", "mx.", "--json")).Json.EnumerateArray());
        Assert.Equal(("mx.example.com:25", Key), (hop.GetProperty("hop").GetString(), hop.GetProperty("pinnedKey").GetString()));

        await Succeed("dest", "forget", "mx.example.com:25");
        Assert.Equal(ExitCode.Fault, (await RunAsync("dest", "forget", "mx.example.com")).Code);
        Assert.Equal("[2001:db8::1]:25", Assert.Single((await Succeed("dest", "list", "--json")).Json.EnumerateArray()).GetProperty("hop").GetString());
    }

    [Fact]
    public async Task Only_a_server_calls_a_next_hop()
    {
        var run = await RunAsync("dest", "probe", "mx.example.com");
        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.Contains("modus run", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_route_is_set_listed_and_removed()
    {
        await Succeed("route", "set", "*", "smart.example.net:465", "[2001:db8::1]:2525", "--implicit-tls", "--login", "us", "--password-file", "secret.txt");
        var route = Assert.Single((await Succeed("route", "list", "--json")).Json.EnumerateArray());
        Assert.Equal(["smart.example.net:465", "[2001:db8::1]:2525"], route.GetProperty("hosts").EnumerateArray().Select(static host => host.GetString()!));
        Assert.True(Path.IsPathFullyQualified(route.GetProperty("passwordFile").GetString()!));
        await Succeed("route", "remove", "*");
        Assert.Contains("No routes", (await Succeed("route", "list")).Out, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("is no domain", "exa mple", "smart.example.net")]
    [InlineData("is no host", "example.com", "2001:db8::1")] // which part of it would be the port?
    [InlineData("is no host", "example.com", "smart.example.net:0")]
    [InlineData("--password-file", "example.com", "smart.example.net", "--login", "us")]
    [InlineData("never sent in clear", "example.com", "smart.example.net", "--login", "us", "--password-file", "f", "--level", "may")]
    public async Task What_is_no_route_is_refused_with_the_reason(string reason, params string[] arguments)
    {
        var run = await RunAsync(["route", "set", .. arguments]);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    private async Task RememberAsync(params string[] hosts)
    {
        await using var store = await OpenedStore.OpenAsync(_folder.Path, Cancel);
        using var ledger = new HopLedger(store.Records, new QueueOptions(), TimeProvider.System, NullLogger<HopLedger>.Instance);
        foreach (var host in hosts) await ledger.OnNotOfferedAsync(HopKey.Of(host, QueueOptions.SmtpPort), Cancel);
    }

    private async Task<string> QueueAsync(params string[] recipients)
    {
        await using var store = await OpenedStore.OpenAsync(_folder.Path, Cancel);
        await using var content = store.Delivery.BeginContent();
        var request = new DeliveryRequest
        {
            QueueId = QueueId.New(TimeProvider.System),
            InternalDate = DateTimeOffset.UnixEpoch,
            Queue = new QueueRequest { Envelope = StoreKit.EnvelopeTo(recipients), NotBefore = TimeProvider.System.GetUtcNow().AddHours(1) },
        };
        Assert.Equal(StoreOutcome.Done, (await store.Delivery.CommitAsync(content, request, Cancel)).Outcome);
        return request.QueueId.Value;
    }

    private Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.RunAsync("", [.. arguments, "--data", _folder.Path]);

    private async Task<CommandRun> Succeed(params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.True(run.Code == ExitCode.Done, $"{string.Join(' ', arguments)}: {run.Code} {run.Error}");
        return run;
    }
}
