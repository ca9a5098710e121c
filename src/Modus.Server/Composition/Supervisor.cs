using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Modus.Server.Composition;

/// <summary>Whoever started the process and asked to hear of it: systemd, or another that speaks sd_notify(3).</summary>
internal sealed class Supervisor
{
    private const string SocketVariable = "NOTIFY_SOCKET";
    private const string WatchdogVariable = "WATCHDOG_USEC";
    private const string WatchedVariable = "WATCHDOG_PID";

    // Nothing waits for a supervisor that does not read: its socket takes a datagram at once, or never.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly UnixDomainSocketEndPoint? _socket;

    private Supervisor(UnixDomainSocketEndPoint? socket, TimeSpan? watchdog) => (_socket, Watchdog) = (socket, watchdog);

    /// <summary>How long it waits for a sign of life before it ends the process; null when it does not.</summary>
    public TimeSpan? Watchdog { get; }

    /// <summary>As the environment of this process says.</summary>
    public static Supervisor FromEnvironment() => From(Environment.GetEnvironmentVariable, Environment.ProcessId);

    internal static Supervisor From(Func<string, string?> variable, int process)
    {
        var path = variable(SocketVariable);
        if (string.IsNullOrEmpty(path) || path[0] is not ('/' or '@')) return new Supervisor(null, null);
        if (path[0] == '@') path = '\0' + path[1..]; // an abstract socket
        var isWatched = long.TryParse(variable(WatchdogVariable), CultureInfo.InvariantCulture, out var microseconds) && microseconds > 0
            && (variable(WatchedVariable) is not { Length: > 0 } watched || watched == process.ToString(CultureInfo.InvariantCulture));
        return new Supervisor(new UnixDomainSocketEndPoint(path), isWatched ? TimeSpan.FromMicroseconds(microseconds) : null);
    }

    /// <summary>It takes connections.</summary>
    public Task TellReadyAsync(string status) => TellAsync($"READY=1\nSTATUS={status}");

    /// <summary>It takes no more connections, and may need so long to end.</summary>
    public Task TellStoppingAsync(TimeSpan atMost) =>
        TellAsync(string.Create(CultureInfo.InvariantCulture, $"STOPPING=1\nEXTEND_TIMEOUT_USEC={atMost.Ticks / TimeSpan.TicksPerMicrosecond}"));

    /// <summary>It lives.</summary>
    public Task TellAliveAsync() => TellAsync("WATCHDOG=1");

    private async Task TellAsync(string state)
    {
        if (_socket is null) return;
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        using var patience = new CancellationTokenSource(Patience, TimeProvider.System);
        try
        {
            await socket.ConnectAsync(_socket, patience.Token);
            await socket.SendAsync(Encoding.UTF8.GetBytes(state), patience.Token);
        }
        catch (Exception deaf) when (deaf is SocketException or OperationCanceledException)
        {
            // It is not there to hear it; the log has said the same.
        }
    }
}
