using System.Diagnostics;

namespace Modus.Load;

/// <summary>Runs a load on some connections at once until the count or the time is used up.</summary>
internal static class Runner
{
    public static async Task<Figures> RunAsync(ILoad load, int connections, int count, TimeSpan most, int? serverPid, CancellationToken stop)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(stop);
        time.CancelAfter(most);
        var opened = await Task.WhenAll(Enumerable.Range(0, connections).Select(_ => load.OpenAsync(time.Token)));
        var latencies = new List<double>(count);
        var faults = new List<string>();
        var left = count;
        var before = ServerProcess.Cpu(serverPid);
        var watch = Stopwatch.StartNew();
        await Task.WhenAll(opened.Select(connection => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                var start = Stopwatch.GetTimestamp();
                try
                {
                    await load.DoAsync(connection, time.Token);
                }
                catch (OperationCanceledException) when (time.IsCancellationRequested)
                {
                    return;
                }
                catch (Exception fault) when (fault is IOException or System.Net.Sockets.SocketException or System.Security.Authentication.AuthenticationException)
                {
                    lock (faults) faults.Add(fault.Message);
                    if (connection is not null) return; // a kept connection is out of step after a fault
                    continue;
                }

                lock (latencies) latencies.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
            }
        })));
        var elapsed = watch.Elapsed;
        var cpu = ServerProcess.Cpu(serverPid) - before;
        foreach (var connection in opened)
        {
            if (connection is not null) await connection.DisposeAsync();
        }

        return new Figures(latencies, faults.Count, faults.FirstOrDefault(), elapsed, cpu);
    }
}
