using System.Globalization;

namespace Modus.Load;

/// <summary>Connections that do nothing after the greeting.</summary>
internal static class IdleLoad
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(3);

    public static async Task<int> RunAsync(Target target, int count, int? serverPid, bool json, CancellationToken stop)
    {
        var before = ServerProcess.Memory(serverPid);
        var open = new List<MailConnection>(count);
        try
        {
            for (var i = 0; i < count; i++)
            {
                var connection = new MailConnection(target);
                open.Add(connection);
                await connection.ConnectAsync(stop);
                await connection.ExpectAsync("", stop);
            }

            await Task.Delay(Settle, stop);
            var each = (ServerProcess.Memory(serverPid) - before) / (double)count / 1024;
            var figure = each?.ToString("F1", CultureInfo.InvariantCulture) ?? "null";
            Console.WriteLine(json ? $$"""{"what":"idle","connections":{{count}},"kilobytesEach":{{figure}}}""" : $"idle: {count} connections, {figure} KB of the server's memory each");
            return 0;
        }
        finally
        {
            foreach (var connection in open) await connection.DisposeAsync();
        }
    }
}
