using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography.X509Certificates;
using System.Text.Json.Nodes;
using Modus.EndToEnd.Tests.Outbound;
using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Acme;

/// <summary>
/// pebble, an authority for tests that others wrote, with faults switched on, and the name server that it asks (pebble-challtestsrv), in which
/// every name has the address 127.0.0.1. It validates at the ports of a server of ours.
/// </summary>
internal sealed class Pebble : IAsyncDisposable
{
    private readonly ModusServer _server;
    private readonly int _port = FreePort.On("127.0.0.1");
    private readonly int _management = FreePort.On("127.0.0.1");
    private readonly int _dns = FreePort.On("127.0.0.1");
    private readonly int _dnsManagement = FreePort.On("127.0.0.1");
    private readonly HttpClient _http;
    private readonly List<string> _said = [];
    private Process? _authority;
    private Process? _names;

    private Pebble(ModusServer server)
    {
        _server = server;
        var trust = new X509ChainPolicy { TrustMode = X509ChainTrustMode.CustomRootTrust, RevocationMode = X509RevocationMode.NoCheck };
        trust.CustomTrustStore.Add(server.Certificates.Authority);
        _http = new HttpClient(new SocketsHttpHandler { UseProxy = false, SslOptions = { CertificateChainPolicy = trust } });
    }

    public string Directory => $"https://localhost:{_port}/dir";

    /// <summary>What it has said until now.</summary>
    public string Log
    {
        get
        {
            lock (_said) return string.Join('\n', _said);
        }
    }

    /// <summary>A program that publishes TXT records in its name server, as a hook does it.</summary>
    public string Hook => Path.Combine(_server.Folder, "hook.sh");

    /// <summary>What to change of its usual faults, by environment variable.</summary>
    public Dictionary<string, string> Faults { get; } = new()
    {
        ["PEBBLE_WFE_NONCEREJECT"] = "30", ["PEBBLE_VA_SLEEPTIME"] = "2", ["PEBBLE_AUTHZREUSE"] = "50", ["PEBBLE_CHAIN_LENGTH"] = "2",
    };

    /// <summary>How long its certificates are good.</summary>
    public TimeSpan Life { get; set; } = TimeSpan.FromDays(90);

    /// <summary>A key identifier and a MAC key, when it wants an account outside ACME.</summary>
    public (string Id, string Key)? External { get; set; }

    /// <summary>The port that it validates http-01 at; the server's by default.</summary>
    public int? HttpPort { get; set; }

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The authority for a server, not running yet.</summary>
    public static Pebble For(ModusServer server) => new(server);

    public async Task StartAsync()
    {
        TestCertificates.WritePem(_server.Folder, "pebble", _server.Certificates.Issue("localhost"));
        var configuration = new JsonObject
        {
            ["pebble"] = new JsonObject
            {
                ["listenAddress"] = $"127.0.0.1:{_port}", ["managementListenAddress"] = $"127.0.0.1:{_management}",
                ["certificate"] = Path.Combine(_server.Folder, "pebble.crt"), ["privateKey"] = Path.Combine(_server.Folder, "pebble.key"),
                ["httpPort"] = HttpPort ?? _server.Port("http", TlsMode.None), ["tlsPort"] = _server.Port("https", TlsMode.Implicit),
                ["certificateValidityPeriod"] = (long)Life.TotalSeconds,
                ["externalAccountBindingRequired"] = External is not null,
                ["externalAccountMACKeys"] = External is { } outside ? new JsonObject { [outside.Id] = outside.Key } : new JsonObject(),
            },
        };
        var file = Path.Combine(_server.Folder, "pebble.json");
        await File.WriteAllTextAsync(file, configuration.ToJsonString(), Cancellation);
        await WriteHookAsync();
        _names ??= Run("pebble-challtestsrv", [
            "-defaultIPv4", "127.0.0.1", "-defaultIPv6", "", "-dns01", $"127.0.0.1:{_dns}", "-management", $"127.0.0.1:{_dnsManagement}", "-http01", "", "-https01", "", "-tlsalpn01", ""]);
        _authority = Run("pebble", ["-config", file, "-strict", "-dnsserver", $"127.0.0.1:{_dns}"]);
        await Patience.UntilAsync(async () => await TryGetAsync(Directory));
    }

    /// <summary>Ends it as a crash does; all that it knew is gone.</summary>
    public async Task KillAsync()
    {
        if (_authority is null) return;
        _authority.Kill();
        await _authority.WaitForExitAsync(CancellationToken.None);
        _authority.Dispose();
        _authority = null;
    }

    /// <summary>Writes the root above all that it issues to a file.</summary>
    public async Task<string> WriteRootAsync()
    {
        var file = Path.Combine(_server.Folder, "pebble-root.pem");
        await File.WriteAllTextAsync(file, await _http.GetStringAsync(new Uri($"https://localhost:{_management}/roots/0"), Cancellation), Cancellation);
        return file;
    }

    public async ValueTask DisposeAsync()
    {
        await KillAsync();
        _names?.Kill();
        _names?.Dispose();
        _http.Dispose();
    }

    private async Task WriteHookAsync()
    {
        await File.WriteAllTextAsync(
            Hook,
            $$"""
            #!/bin/sh
            set -eu
            case "$1" in
              publish) exec curl -sSf -d "{\"host\":\"$2.\",\"value\":\"$3\"}" http://127.0.0.1:{{_dnsManagement.ToString(CultureInfo.InvariantCulture)}}/set-txt ;;
              withdraw) exec curl -sSf -d "{\"host\":\"$MODUS_ACME_RECORD.\"}" http://127.0.0.1:{{_dnsManagement.ToString(CultureInfo.InvariantCulture)}}/clear-txt ;;
            esac
            """,
            Cancellation);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(Hook, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private Process Run(string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in Faults) start.Environment[name] = value;
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Keep(line.Data);
        process.ErrorDataReceived += (_, line) => Keep(line.Data);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        return process;
    }

    private void Keep(string? line)
    {
        lock (_said) if (line is not null) _said.Add(line);
    }

    private async Task<string?> TryGetAsync(string address)
    {
        if (_authority!.HasExited) throw new InvalidOperationException($"pebble has ended: {Log}");
        try
        {
            return await _http.GetStringAsync(new Uri(address), Cancellation);
        }
        catch (HttpRequestException)
        {
            return null;
        }
    }
}
