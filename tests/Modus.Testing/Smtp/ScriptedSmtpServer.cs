using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Modus.Protocols.Wire;
using Modus.Testing.Wire;
using Modus.Tls;

namespace Modus.Testing.Smtp;

/// <summary>
/// Servers that behave as they are told, for clients that have to cope: each connection asks what its <see cref="ScriptedPeer"/> is, by the
/// address that it went to and how many came there before. In memory it is the client's <see cref="IConnector"/>; with
/// <see cref="Listen"/> it is there for real sockets. What came is in <see cref="Visits"/> and <see cref="Received"/>. Thread-safe.
/// </summary>
public sealed class ScriptedSmtpServer : IConnector, IAsyncDisposable
{
    private readonly Func<IPEndPoint, int, ScriptedPeer> _choose;
    private readonly TimeProvider _clock;
    private readonly ConcurrentQueue<SmtpVisit> _visits = new();
    private readonly ConcurrentQueue<SmtpReceived> _received = new();
    private readonly ConcurrentBag<Task> _sessions = [];
    private readonly Dictionary<IPEndPoint, int> _counts = [];
    private readonly List<TcpListener> _listeners = [];
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _fellSilent = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>A server that is the same for everybody.</summary>
    public ScriptedSmtpServer(ScriptedPeer? peer = null, TimeProvider? clock = null)
        : this((_, _) => peer ?? new ScriptedPeer(), clock)
    {
    }

    /// <summary>A server that changes from one connection to the next.</summary>
    /// <param name="choose">Is given which connection it is; the first is 1.</param>
    /// <param name="clock">For pauses; the system's by default.</param>
    public ScriptedSmtpServer(Func<int, ScriptedPeer> choose, TimeProvider? clock = null)
        : this((_, number) => choose(number), clock)
    {
    }

    /// <summary>Servers that differ by address, and change from one connection to the next.</summary>
    /// <param name="choose">Is given where the client went, and which connection there it is; the first is 1.</param>
    /// <param name="clock">For pauses; the system's by default.</param>
    public ScriptedSmtpServer(Func<IPEndPoint, int, ScriptedPeer> choose, TimeProvider? clock = null)
    {
        _choose = choose;
        _clock = clock ?? TimeProvider.System;
    }

    /// <summary>An address to go to, for clients in memory: every address works.</summary>
    public static IPEndPoint Anywhere { get; } = new(IPAddress.Parse("198.51.100.25"), 25);

    /// <summary>The connections that were taken, in their order.</summary>
    public IReadOnlyList<SmtpVisit> Visits => [.. _visits];

    /// <summary>The messages that came to their end and were taken, in their order.</summary>
    public IReadOnlyList<SmtpReceived> Received => [.. _received];

    /// <summary>How many connections were tried, those that found the door closed included.</summary>
    public int Tried { get; private set; }

    /// <summary>Ends when a session hangs, as it was told: the time for a test to turn its clock.</summary>
    public Task FellSilent => _fellSilent.Task;

    /// <inheritdoc/>
    public async ValueTask<ConnectResult> ConnectAsync(IPEndPoint remote, IPAddress? local, CancellationToken cancellationToken)
    {
        var (peer, number) = Next(remote);
        if (peer.Door == PeerDoor.Refused) return new ConnectResult(null, "Connection refused");
        if (peer.Door == PeerDoor.Silent)
        {
            _fellSilent.TrySetResult();
            await Task.Delay(Timeout.Infinite, cancellationToken);
        }

        var pair = new ConnectionPair(remote);
        if (local is not null) pair.Client.LocalEndPoint = new IPEndPoint(local, 40000);
        var visit = NewVisit(remote, number);
        _sessions.Add(ServeAsync(peer, visit, new DuplexPipeStream(pair.Server), pair.HangUp, pair.Break));
        return new ConnectResult(pair.Client, null);
    }

    /// <summary>Listens on a real socket, with a port that the system chooses.</summary>
    public IPEndPoint Listen(IPAddress? address = null)
    {
        var listener = new TcpListener(address ?? IPAddress.Loopback, 0);
        listener.Start();
        lock (_listeners) _listeners.Add(listener);
        _sessions.Add(AcceptAsync(listener));
        return (IPEndPoint)listener.LocalEndpoint;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        lock (_listeners)
            foreach (var listener in _listeners) listener.Dispose();
        await Task.WhenAll(_sessions);
        _stop.Dispose();
    }

    private async Task AcceptAsync(TcpListener listener)
    {
        var endPoint = (IPEndPoint)listener.LocalEndpoint;
        while (true)
        {
            Socket socket;
            try
            {
                socket = await listener.AcceptSocketAsync(_stop.Token);
            }
            catch (Exception fault) when (fault is OperationCanceledException or SocketException or ObjectDisposedException)
            {
                return;
            }

            var (peer, number) = Next(endPoint);
            if (peer.Door != PeerDoor.Open)
            {
                socket.Close(0);
                continue;
            }

            _sessions.Add(ServeAsync(peer, NewVisit(endPoint, number), new NetworkStream(socket), () => Close(socket), () => socket.Close(0)));
        }
    }

    private static void Close(Socket socket)
    {
        try
        {
            socket.Shutdown(SocketShutdown.Both);
        }
        catch (SocketException)
        {
            // The client was first.
        }

        socket.Dispose();
    }

    private (ScriptedPeer Peer, int Number) Next(IPEndPoint endPoint)
    {
        int number;
        lock (_counts)
        {
            Tried++;
            number = _counts[endPoint] = _counts.GetValueOrDefault(endPoint) + 1;
        }

        return (_choose(endPoint, number), number);
    }

    private SmtpVisit NewVisit(IPEndPoint endPoint, int number)
    {
        var visit = new SmtpVisit(endPoint, number);
        _visits.Enqueue(visit);
        return visit;
    }

    private async Task ServeAsync(ScriptedPeer peer, SmtpVisit visit, Stream stream, Action close, Action reset)
    {
        await Task.Yield(); // never inside the client's connecting
        var session = new ScriptedSmtpSession(peer, visit, stream, _clock, _received.Enqueue, () => _fellSilent.TrySetResult(), _stop.Token);
        var isReset = false;
        try
        {
            isReset = await session.RunAsync();
        }
        catch (Exception fault) when (fault is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException
            or System.Security.Authentication.AuthenticationException)
        {
            visit.Add($"({fault.GetType().Name}: {fault.Message})"); // the client went away, or was told to
        }
        finally
        {
            await session.DisposeAsync();
            if (isReset) reset();
            else close();
            visit.End();
        }
    }
}
