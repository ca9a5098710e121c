using System.Diagnostics;
using System.Text.RegularExpressions;

namespace Modus.EndToEnd.Tests;

/// <summary><c>modus run</c> as a process of its own, which can be killed.</summary>
internal sealed partial class ServerProcess : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private Task<string> _log = Task.FromResult("");

    private ServerProcess(Process process) => _process = process;

    /// <summary>Its process id.</summary>
    public int Id => _process.Id;

    /// <summary>The ports in the order of the listeners.</summary>
    public IReadOnlyList<int> Ports { get; private set; } = [];

    /// <summary>Where metrics and health are; null when the configuration has none.</summary>
    public Uri? Http { get; private set; }

    /// <summary>Starts and waits until so many listeners are open; that of metrics and health is the last one.</summary>
    /// <param name="variables">What is added to its environment.</param>
    public static async Task<ServerProcess> StartAsync(
        string configurationFile, int listeners, params (string Name, string Value)[] variables)
    {
        // A test run in the background of a script ignores SIGINT, and so would its children: env(1) gives it back to them.
        string[] command = ["--default-signal=INT", "dotnet", Path.Combine(AppContext.BaseDirectory, "modus.dll"), "run", "--config", configurationFile];
        var start = new ProcessStartInfo("env", command)
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var name in start.Environment.Keys.Where(static name => name.StartsWith("MODUS_", StringComparison.Ordinal)).ToList())
            start.Environment.Remove(name); // it is for the test; the server would take it for a setting
        foreach (var (name, value) in variables) start.Environment[name] = value;
        var server = new ServerProcess(Process.Start(start)!);
        using var deadline = new CancellationTokenSource(Patience);
        var ports = new List<int>();
        var said = new List<string>();
        while (ports.Count + (server.Http is null ? 0 : 1) < listeners)
        {
            var line = await server._process.StandardOutput.ReadLineAsync(deadline.Token)
                ?? throw new InvalidOperationException(string.Join('\n', said) + await server._process.StandardError.ReadToEndAsync(deadline.Token));
            said.Add(line);
            if (Listening().Match(line) is not { Success: true } match) continue;
            if (line.Contains("Metrics", StringComparison.Ordinal)) server.Http = new Uri($"http://127.0.0.1:{match.Groups[1].Value}");
            else ports.Add(int.Parse(match.Groups[1].Value, null));
        }

        server.Ports = ports;
        server._log = server._process.StandardOutput.ReadToEndAsync(CancellationToken.None); // and keeps its pipe from filling
        _ = server._process.StandardError.ReadToEndAsync(CancellationToken.None);
        return server;
    }

    /// <summary>SIGKILL: no handler runs, nothing is flushed.</summary>
    public async Task KillAsync()
    {
        _process.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>A signal to stop, and the exit code.</summary>
    public async Task<int> StopAsync(string signal = "-TERM")
    {
        using var kill = Process.Start("kill", [signal, $"{_process.Id}"]);
        using var deadline = new CancellationTokenSource(Patience);
        await _process.WaitForExitAsync(deadline.Token);
        return _process.ExitCode;
    }

    /// <summary>All that it has logged since the listeners opened, once it has ended.</summary>
    public Task<string> LogAsync() => _log;

    public void Dispose()
    {
        if (!_process.HasExited) _process.Kill();
        _process.Dispose();
    }

    [GeneratedRegex(@"Listening: .* on .*:(\d+), TLS")]
    private static partial Regex Listening();
}
