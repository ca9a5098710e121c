using System.Net.Sockets;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Modus.Server.Admin;
using Modus.Server.Cli;
using Modus.Tests.Server.Composition;
using Xunit;

namespace Modus.Tests.Server.Cli;

public sealed class HealthCommandTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_server_that_runs_is_ready()
    {
        await using var test = await TestServer.StartAsync();

        var text = await CommandRun.RunAsync("", "health", "--config", test.ConfigurationFile);
        var json = await CommandRun.RunAsync("", "health", "--json", "--data", test.DataFolder);

        Assert.Equal((ExitCode.Done, "ready"), (text.Code, text.Out.Trim()));
        Assert.Equal(ExitCode.Done, json.Code);
        Assert.All(["isThere", "isWell", "isReady"], key => Assert.True(json.Json.GetProperty(key).GetBoolean(), key));
    }

    [Fact]
    public async Task Without_a_server_nothing_answers_and_the_store_is_not_touched()
    {
        using var folder = new TemporaryFolder();

        var run = await CommandRun.RunAsync("", "health", "--json", "--data", folder.Path);

        Assert.Equal(ExitCode.Unreachable, run.Code);
        Assert.False(run.Json.GetProperty("isThere").GetBoolean());
        Assert.Empty(Directory.EnumerateFileSystemEntries(folder.Path));
    }

    [Fact]
    public async Task A_server_that_stops_is_not_ready()
    {
        await using var test = await TestServer.StartAsync();
        test.Server.Services.GetRequiredService<IHostApplicationLifetime>().StopApplication();

        var health = await HealthCheck.AskAsync(test.DataFolder, TimeSpan.FromSeconds(10), Cancel);

        Assert.Equal((true, false), (health.IsWell, health.IsReady));
        Assert.Equal("not ready", health.Text);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_is_not_well()
    {
        using var folder = new TemporaryFolder();
        using var deaf = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        deaf.Bind(new UnixDomainSocketEndPoint(AdminSocket.PathIn(folder.Path)));
        deaf.Listen();

        var health = await HealthCheck.AskAsync(folder.Path, TimeSpan.FromMilliseconds(100), Cancel);

        Assert.Equal((true, false, false), (health.IsThere, health.IsWell, health.IsReady));
    }
}
