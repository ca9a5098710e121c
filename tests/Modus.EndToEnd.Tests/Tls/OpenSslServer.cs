using System.Diagnostics;
using System.Net;
using System.Text;

namespace Modus.EndToEnd.Tests.Tls;

/// <summary>openssl s_server, a server that is not ours; it gives each line back in reverse.</summary>
internal sealed class OpenSslServer : IAsyncDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _said = new();

    private OpenSslServer(Process process) => _process = process;

    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>What it printed so far.</summary>
    public string Said
    {
        get
        {
            lock (_said) return _said.ToString();
        }
    }

    public static async Task<OpenSslServer> StartAsync(string arguments)
    {
        var server = new OpenSslServer(OpenSsl.Start($"s_server -accept 127.0.0.1:0 -rev {arguments}"));
        while (await server._process.StandardOutput.ReadLineAsync() is { } line)
        {
            server.Add(line);
            if (!line.StartsWith("ACCEPT ", StringComparison.Ordinal)) continue;
            server.EndPoint = IPEndPoint.Parse(line["ACCEPT ".Length..]);
            _ = server.ListenAsync();
            return server;
        }

        throw new InvalidOperationException(server.Said + await server._process.StandardError.ReadToEndAsync());
    }

    public async ValueTask DisposeAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    private async Task ListenAsync()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line) Add(line);
    }

    private void Add(string line)
    {
        lock (_said) _said.AppendLine(line);
    }
}
