using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Modus.EndToEnd.Tests.Outbound;
using Xunit;

namespace Modus.EndToEnd.Tests.Packaging;

/// <summary>What systemd hears of a server with <c>Type=notify</c> and <c>WatchdogSec=</c>; the test is systemd.</summary>
public sealed class SupervisionTests : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
    private readonly int _port = FreePort.On("127.0.0.1");
    private ModusServer _setup = null!;

    public async ValueTask InitializeAsync()
    {
        _setup = await ModusServer.StartAsync();
        await _setup.StopAsync();
        var configuration = JsonNode.Parse(await File.ReadAllTextAsync(_setup.ConfigurationFile))!;
        configuration["listeners"] = new JsonArray(new JsonObject { ["protocol"] = "smtp", ["addresses"] = new JsonArray("127.0.0.1"), ["port"] = _port });
        configuration["http"] = new JsonObject { ["enabled"] = false };
        configuration["stopTimeout"] = "7m";
        await File.WriteAllTextAsync(_setup.ConfigurationFile, configuration.ToJsonString());
        _socket.Bind(new UnixDomainSocketEndPoint(SocketPath));
    }

    public ValueTask DisposeAsync()
    {
        _socket.Dispose();
        return _setup.DisposeAsync();
    }

    private string SocketPath => Path.Combine(_setup.Folder, "notify");

    [Fact]
    public async Task Ready_is_said_when_a_client_is_answered_and_stopping_with_the_time_that_it_may_take()
    {
        var starting = ServerProcess.StartAsync(_setup.ConfigurationFile, 1, ("NOTIFY_SOCKET", SocketPath));

        Assert.StartsWith("READY=1\nSTATUS=Modus ", await HearAsync(), StringComparison.Ordinal);
        await using (await RawSmtp.ConnectAsync(_port))
        {
            using var server = await starting;
            var stopped = server.StopAsync();
            Assert.Equal($"STOPPING=1\nEXTEND_TIMEOUT_USEC={(7 * 60 + 30) * 1_000_000L}", await HearAsync());
            Assert.Equal(0, await stopped);
        }
    }

    [Fact]
    public async Task Signs_of_life_come_until_the_server_no_longer_runs()
    {
        using var server = await ServerProcess.StartAsync(
            _setup.ConfigurationFile, 1, ("NOTIFY_SOCKET", SocketPath), ("WATCHDOG_USEC", "3000000"));

        Assert.StartsWith("READY=1", await HearAsync(), StringComparison.Ordinal);
        Assert.Equal("WATCHDOG=1", await HearAsync());
        Assert.Equal("WATCHDOG=1", await HearAsync());
        Assert.Equal(0, await server.StopAsync());
    }

    private async Task<string> HearAsync()
    {
        var buffer = new byte[1024];
        using var deadline = new CancellationTokenSource(Patience);
        return Encoding.UTF8.GetString(buffer, 0, await _socket.ReceiveAsync(buffer, deadline.Token));
    }
}
