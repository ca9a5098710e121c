using System.Net;
using System.Net.Sockets;

namespace Modus.EndToEnd.Tests.Moving;

/// <summary>Passes connections on to a port of this machine, and cuts each after so many bytes from there.</summary>
internal sealed class CuttingProxy : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly int _target;
    private readonly long _cutAfter;
    private readonly Task _accepting;
    private int _cuts;

    public CuttingProxy(int target, long cutAfter)
    {
        (_target, _cutAfter) = (target, cutAfter);
        _listener.Start();
        _accepting = AcceptAsync();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    /// <summary>Connections that were cut.</summary>
    public int Cuts => _cuts;

    public async ValueTask DisposeAsync()
    {
        _listener.Stop();
        await _accepting;
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true) _ = PassAsync(await _listener.AcceptTcpClientAsync());
        }
        catch (Exception stopped) when (stopped is SocketException or ObjectDisposedException)
        {
            // That was all.
        }
    }

    private async Task PassAsync(TcpClient client)
    {
        using var from = client;
        using var to = new TcpClient();
        try
        {
            await to.ConnectAsync(IPAddress.Loopback, _target);
            var up = from.GetStream().CopyToAsync(to.GetStream());
            var buffer = new byte[16 * 1024];
            long passed = 0;
            while (await to.GetStream().ReadAsync(buffer) is > 0 and var read)
            {
                passed += read;
                if (passed > _cutAfter)
                {
                    Interlocked.Increment(ref _cuts);
                    from.Client.LingerState = new LingerOption(true, 0); // a reset
                    return;
                }

                await from.GetStream().WriteAsync(buffer.AsMemory(0, read));
            }

            await up;
        }
        catch (Exception broken) when (broken is IOException or SocketException or ObjectDisposedException)
        {
            // Either end went away.
        }
    }
}
