using System.Net;
using Modus.Mail.Addresses;
using Modus.Server.Cli;
using Modus.Server.Composition;
using Modus.Storage;
using Xunit;

namespace Modus.Tests.Server.Cli;

/// <summary><c>modus peer</c> and <c>modus etrn</c> on a store.</summary>
public sealed class PeerCommandTests : IDisposable
{
    private static readonly string Key = new('a', 64);

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_rule_is_added_tested_replaced_and_removed()
    {
        Assert.Contains("No rules", (await RunAsync("peer", "list")).Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync("peer", "add", "partner", "--network", "192.0.2.7", "--level", "pin", "--pin", Key.ToUpperInvariant(), "--relay", "--direction", "in")).Code);

        var rule = Assert.Single((await RunAsync("peer", "list", "--json")).Json.EnumerateArray());
        Assert.Equal(("192.0.2.7/32", "In", "Pin"), (rule.GetProperty("network").GetString(), rule.GetProperty("directions").GetString(), rule.GetProperty("level").GetString()));
        Assert.Equal(Key, Assert.Single(rule.GetProperty("pins").EnumerateArray()).GetString());
        Assert.True(rule.GetProperty("mayRelay").GetBoolean());

        var answers = (await RunAsync("peer", "test", "--ip", "192.0.2.7", "--host", "mx.example.com", "--json")).Json.EnumerateArray().ToList();
        Assert.Equal(("In", "partner"), (answers[0].GetProperty("direction").GetString(), answers[0].GetProperty("rule").GetString()));
        Assert.Equal(("Out", null), (answers[1].GetProperty("direction").GetString(), answers[1].GetProperty("rule").GetString()));

        Assert.Equal(ExitCode.Fault, (await RunAsync("peer", "add", "partner", "--network", "192.0.2.0/24")).Code);
        Assert.Equal(ExitCode.Done, (await RunAsync("peer", "add", "partner", "--network", "192.0.2.0/24", "--replace")).Code);
        Assert.Contains("192.0.2.0/24", (await RunAsync("peer", "list")).Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync("peer", "remove", "partner")).Code);
        Assert.Equal(ExitCode.Fault, (await RunAsync("peer", "remove", "partner")).Code);
    }

    [Fact]
    public async Task All_that_is_wrong_with_a_rule_is_said_at_once()
    {
        var run = await RunAsync("peer", "add", "x", "--domain", "example.com", "--key", Key, "--level", "pin");
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains("2 things", run.Error, StringComparison.Ordinal);
        Assert.Contains("direction out", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task S18_A_rule_is_rehearsed_and_added_only_if_it_would_have_kept_back_nothing()
    {
        await AppendClearMailAsync();
        string[] rule = ["partner", "--network", "192.0.2.7"];

        var run = await RunAsync(["peer", "rehearse", .. rule]);
        Assert.Equal(ExitCode.Fault, run.Code);
        Assert.Contains("530 5.7.0", run.Out, StringComparison.Ordinal);
        Assert.Contains("kept back 1", run.Out, StringComparison.Ordinal);
        var report = (await RunAsync(["peer", "rehearse", .. rule, "--json"])).Json;
        Assert.Equal("Refused", report.GetProperty("rows")[0].GetProperty("end").GetString());
        Assert.Contains("kept back 1", report.GetProperty("verdict").GetString(), StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync(["peer", "rehearse", .. rule, "--level", "may"])).Code);
        Assert.Equal(ExitCode.Usage, (await RunAsync(["peer", "rehearse", .. rule, "--days", "0"])).Code);

        var added = await RunAsync(["peer", "add", .. rule, "--rehearse"]);
        Assert.Equal(ExitCode.Fault, added.Code);
        Assert.Contains("not added", added.Error, StringComparison.Ordinal);
        Assert.Contains("No rules", (await RunAsync("peer", "list")).Out, StringComparison.Ordinal);
        Assert.Equal(ExitCode.Done, (await RunAsync("peer", "add", "other", "--network", "192.0.2.8", "--rehearse")).Code);
    }

    [Theory]
    [InlineData("is no network", "peer", "add", "x", "--network", "192.0.2.1/33")]
    [InlineData("cannot be read", "peer", "add", "x", "--domain", "example.com", "--authorities", "/nowhere/at/all.pem")]
    [InlineData("is no address", "peer", "test", "--ip", "x")]
    [InlineData("--ip", "peer", "test")]
    public async Task What_cannot_be_is_refused_with_the_reason(string reason, params string[] arguments)
    {
        var run = await RunAsync(arguments);
        Assert.Equal(ExitCode.Usage, run.Code);
        Assert.Contains(reason, run.Error, StringComparison.Ordinal);
    }

    private async Task AppendClearMailAsync()
    {
        await using var store = await OpenedStore.OpenAsync(_folder.Path, TestContext.Current.CancellationToken);
        var line = new TraceEvent
        {
            Message = new QueueId("0m1"), At = TimeProvider.System.GetUtcNow(), Kind = TraceKind.Accepted, Peer = Domain.Parse("bank.test"), Text = "Taken",
            Receipt = new TravelReceipt
            {
                Direction = TravelDirection.In, Address = IPAddress.Parse("192.0.2.7"), PeerName = "mx.bank.test", Verified = "not", Policy = "listener",
            },
        };
        await store.Traces.AppendAsync([line], TestContext.Current.CancellationToken);
    }

    private Task<CommandRun> RunAsync(params string[] arguments) => CommandRun.RunAsync("", [.. arguments, "--data", _folder.Path]);
}
