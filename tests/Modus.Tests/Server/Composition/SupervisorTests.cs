using System.Net.Sockets;
using System.Text;
using Modus.Server.Composition;
using Xunit;

namespace Modus.Tests.Server.Composition;

public sealed class SupervisorTests : IDisposable
{
    private const int Process = 4711;

    private readonly TemporaryFolder _folder = new();
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private string SocketPath => Path.Combine(_folder.Path, "notify");

    [Fact]
    public async Task It_hears_each_state_as_a_datagram()
    {
        var supervisor = Of(("NOTIFY_SOCKET", Listen(SocketPath)));

        await supervisor.TellReadyAsync("Modus serves.");
        await supervisor.TellAliveAsync();
        await supervisor.TellStoppingAsync(TimeSpan.FromSeconds(90.5));

        Assert.Equal("READY=1\nSTATUS=Modus serves.", await HearAsync());
        Assert.Equal("WATCHDOG=1", await HearAsync());
        Assert.Equal("STOPPING=1\nEXTEND_TIMEOUT_USEC=90500000", await HearAsync());
    }

    [Fact]
    public async Task It_may_listen_on_an_abstract_socket()
    {
        if (!OperatingSystem.IsLinux()) return; // nobody else has such sockets
        var name = Listen($"@modus-test-{Guid.NewGuid()}");

        await Of(("NOTIFY_SOCKET", name)).TellAliveAsync();

        Assert.Equal("WATCHDOG=1", await HearAsync());
    }

    [Fact]
    public async Task One_that_is_gone_does_no_harm()
    {
        await Of(("NOTIFY_SOCKET", SocketPath)).TellReadyAsync("");
        await Of().TellReadyAsync("");
    }

    [Theory]
    [InlineData("60000000", null, 60)]
    [InlineData("60000000", "4711", 60)]
    [InlineData("60000000", "4712", null)]
    [InlineData("0", null, null)]
    [InlineData("soon", null, null)]
    [InlineData(null, null, null)]
    public void The_watchdog_is_that_of_this_process(string? microseconds, string? process, int? seconds)
    {
        var supervisor = Of(("NOTIFY_SOCKET", SocketPath), ("WATCHDOG_USEC", microseconds), ("WATCHDOG_PID", process));

        Assert.Equal(seconds, (int?)supervisor.Watchdog?.TotalSeconds);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("vsock:2:1234")]
    public void Without_a_socket_there_is_no_watchdog(string? socket) =>
        Assert.Null(Of(("NOTIFY_SOCKET", socket), ("WATCHDOG_USEC", "60000000")).Watchdog);

    public void Dispose()
    {
        _socket.Dispose();
        _folder.Dispose();
    }

    private static Supervisor Of(params (string Name, string? Value)[] variables) =>
        Supervisor.From(name => variables.FirstOrDefault(variable => variable.Name == name).Value, Process);

    private string Listen(string name)
    {
        _socket.Bind(new UnixDomainSocketEndPoint(name[0] == '@' ? '\0' + name[1..] : name));
        return name;
    }

    private async Task<string> HearAsync()
    {
        var buffer = new byte[1024];
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(Cancel);
        patience.CancelAfter(TimeSpan.FromSeconds(30)); // what was not sent never comes
        return Encoding.UTF8.GetString(buffer, 0, await _socket.ReceiveAsync(buffer, patience.Token));
    }
}
