using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Modus.Delivery.Dns;
using Modus.Delivery.Dns.Dnssec;
using Modus.Delivery.Dns.Upstream;

namespace Modus.EndToEnd.Tests.Dns;

/// <summary>
/// The DNS in small: a knot server on a free loopback port that has the root and the zones of a test, signed by keys made for it, each
/// zone with its DS records in the one above. Records in, <see cref="EndPoint"/> and <see cref="TrustAnchor"/> out.
/// </summary>
internal sealed class SignedZones : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modus-dns-");
    private readonly List<SignedZone> _zones;
    private readonly List<DnsUpstream> _upstreams = [];
    private Process? _knot;

    private SignedZones(IEnumerable<SignedZone> zones) => _zones = [.. zones];

    /// <summary>Where it answers, by UDP and TCP.</summary>
    public IPEndPoint EndPoint { get; private set; } = new(IPAddress.Loopback, 0);

    /// <summary>The root's key, as the file has it that <c>dns.trustAnchors</c> names.</summary>
    public string TrustAnchor { get; private set; } = "";

    /// <summary>The trust anchor in a file.</summary>
    public string TrustAnchorFile => Path.Combine(_folder.FullName, "anchor");

    // Signed beforehand, so that signatures can be old, broken or gone when they are served.
    private string SigningFile => Path.Combine(_folder.FullName, "sign.conf");

    private string ServingFile => Path.Combine(_folder.FullName, "serve.conf");

    /// <summary>Signs the zones, with a root of its own unless they have one, and serves them.</summary>
    public static async Task<SignedZones> StartAsync(params SignedZone[] zones)
    {
        var root = zones.Any(static zone => zone.Name == "") ? [] : new[] { new SignedZone("", "") };
        var served = new SignedZones([.. zones, .. root]);
        try
        {
            await served.SignAsync();
            while (!await served.TryServeAsync()) continue; // somebody was faster at the port
            return served;
        }
        catch
        {
            await served.DisposeAsync();
            throw;
        }
    }

    /// <summary>Asks these zones as the server does.</summary>
    public IMailDns Open(TimeProvider? clock = null, Action<DnsOptions>? change = null, IPEndPoint? resolver = null)
    {
        if (!DnsTrustAnchors.TryParse(TrustAnchor, out var anchors, out var fault)) throw new FormatException(fault);
        var options = new DnsOptions { Resolvers = () => [resolver ?? EndPoint], TrustAnchors = anchors };
        change?.Invoke(options);
        clock ??= TimeProvider.System;
        var upstream = new DnsUpstream(options, clock);
        _upstreams.Add(upstream);
        var chain = new ChainOfTrust(upstream, options, clock, NullLogger<ChainOfTrust>.Instance);
        return new MailDns(new DnsLinks(upstream, new ReplyJudge(chain, clock), options, clock, NullLogger<DnsLinks>.Instance));
    }

    /// <summary>Serves a zone in place of the one with its name.</summary>
    public async Task ReplaceAsync(SignedZone zone)
    {
        _zones[_zones.FindIndex(other => other.Name == zone.Name)] = zone;
        await SignAsync(zone);
        await RunAsync("knotc", "-c", ServingFile, "-b", "zone-reload", zone.Name + ".");
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var upstream in _upstreams) upstream.Dispose();
        await StopAsync();
        _folder.Delete(recursive: true);
    }

    private async Task SignAsync()
    {
        foreach (var part in new[] { "run", "db", "plain", "served" }) _folder.CreateSubdirectory(part);
        WriteConfiguration(SigningFile, isSigning: true);
        foreach (var zone in _zones.Where(static zone => zone.IsSigned))
            await RunAsync("keymgr", "-c", SigningFile, zone.Name + ".", "generate", $"algorithm={zone.Algorithm}", "ksk=yes", "zsk=yes", "created=-1y", "publish=-1y", "ready=-1y", "active=-1y");
        foreach (var zone in _zones) await SignAsync(zone);
        TrustAnchor = await ReadSignersAsync(_zones.Single(static zone => zone.Name == ""));
        await File.WriteAllTextAsync(TrustAnchorFile, TrustAnchor);
    }

    private async Task SignAsync(SignedZone zone)
    {
        var origin = zone.Name + ".";
        var lines = new List<string>
        {
            $"$ORIGIN {origin}", "$TTL 300",
            $"@ SOA ns.invalid. hostmaster.invalid. {DateTimeOffset.UtcNow.ToUnixTimeMilliseconds() / 100 % uint.MaxValue} 3600 600 86400 60",
            "@ NS ns.invalid.", zone.Records,
        };
        foreach (var child in _zones.Where(child => ParentOf(child) == zone))
        {
            lines.Add($"{child.Name}. NS ns.invalid.");
            if (child.IsSigned) lines.Add(await ReadSignersAsync(child));
        }

        await File.WriteAllLinesAsync(PathOf(zone, zone.IsSigned ? "plain" : "served"), lines);
        if (!zone.IsSigned) return;
        string[] time = zone.SignedAt is { } at ? ["-t", $"{at.ToUnixTimeSeconds()}"] : [];
        await RunAsync("kzonesign", ["-c", SigningFile, "-o", Path.Combine(_folder.FullName, "served"), .. time, origin]);
        if (zone.Tamper is not { } tamper) return;
        var signed = await File.ReadAllLinesAsync(PathOf(zone, "served"));
        await File.WriteAllLinesAsync(PathOf(zone, "served"), signed.Select(tamper).OfType<string>());
    }

    // DS records of SHA-256; keymgr prints SHA-384, too, and no TTL.
    private async Task<string> ReadSignersAsync(SignedZone zone)
    {
        var said = await RunAsync("keymgr", "-c", SigningFile, zone.Name + ".", "ds");
        return string.Join('\n', said.Split('\n').Where(static line => line.Split(' ') is [_, "DS", _, _, "2", ..]));
    }

    private SignedZone? ParentOf(SignedZone zone) => zone.Name == "" ? null : _zones
        .Where(other => other != zone && (other.Name == "" || zone.Name.EndsWith("." + other.Name, StringComparison.Ordinal)))
        .MaxBy(static other => other.Name.Length);

    private string PathOf(SignedZone zone, string part) => Path.Combine(_folder.FullName, part, $"{(zone.Name == "" ? "root" : zone.Name)}.zone");

    private void WriteConfiguration(string path, bool isSigning)
    {
        using var writer = new StreamWriter(path);
        writer.WriteLine($"server:\n  rundir: \"{_folder.FullName}/run\"\n  udp-workers: 1\n  tcp-workers: 1\n  background-workers: 1");
        if (!isSigning) writer.WriteLine($"  listen: 127.0.0.1@{EndPoint.Port}");
        writer.WriteLine("log:\n  - target: stderr\n    any: info");
        writer.WriteLine($"database:\n  storage: \"{_folder.FullName}/db\"");
        writer.WriteLine("policy:");
        foreach (var (zone, index) in _zones.Select(static (zone, index) => (zone, index)))
        {
            writer.WriteLine($"  - id: policy{index}\n    algorithm: {zone.Algorithm}\n    single-type-signing: on\n    nsec3: {OnOff(zone.Nsec3)}");
            writer.WriteLine($"    nsec3-opt-out: {OnOff(zone.OptOut)}\n    nsec3-iterations: {zone.Iterations}\n    nsec3-salt-length: 4");
        }

        writer.WriteLine($"template:\n  - id: default\n    storage: \"{_folder.FullName}/{(isSigning ? "plain" : "served")}\"\n    zonefile-sync: -1\n    journal-content: none");
        writer.WriteLine("zone:");
        foreach (var (zone, index) in _zones.Select(static (zone, index) => (zone, index)))
        {
            writer.WriteLine($"  - domain: \"{zone.Name}.\"\n    file: \"{Path.GetFileName(PathOf(zone, "served"))}\"");
            writer.WriteLine($"    dnssec-policy: policy{index}\n    dnssec-signing: {OnOff(isSigning)}");
        }
    }

    private async Task<bool> TryServeAsync()
    {
        EndPoint = new IPEndPoint(IPAddress.Loopback, FreePort());
        WriteConfiguration(ServingFile, isSigning: false);
        _knot = Process.Start(new ProcessStartInfo("knotd", ["-c", ServingFile]) { RedirectStandardError = true })!;
        using var deadline = new CancellationTokenSource(Patience);
        var said = new List<string>();
        var loaded = 0;
        while (loaded < _zones.Count + 1) // and its control socket
        {
            var line = await _knot.StandardError.ReadLineAsync(deadline.Token);
            if (line is null || line.Contains("failed to bind", StringComparison.Ordinal) || line.Contains("cannot bind", StringComparison.Ordinal))
            {
                await StopAsync();
                return line is not null ? false : throw new InvalidOperationException(string.Join('\n', said));
            }

            said.Add(line);
            if (line.Contains("] loaded, serial", StringComparison.Ordinal) || line.Contains("control, binding", StringComparison.Ordinal)) loaded++;
            if (line.Contains("failed to load", StringComparison.Ordinal)) throw new InvalidOperationException(string.Join('\n', said));
        }

        _ = _knot.StandardError.ReadToEndAsync(CancellationToken.None); // keeps its pipe from filling
        return true;
    }

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }

    private async Task StopAsync()
    {
        if (_knot is null) return;
        if (!_knot.HasExited) _knot.Kill();
        await _knot.WaitForExitAsync();
        _knot.Dispose();
        _knot = null;
    }

    private static async Task<string> RunAsync(string program, params string[] arguments)
    {
        var (code, output) = await OutsideProgram.RunAsync(program, arguments);
        return code == 0 ? output : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)}: {output}");
    }

    private static string OnOff(bool value) => value ? "on" : "off";
}
