using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Modus.Delivery.Peers;
using Modus.Delivery.Remote;
using Modus.Storage;
using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Outbound.Exim;

/// <summary>A whole server, alpha, and an Exim, delta, which know each other by routes. Each policy has a domain of its own.</summary>
public sealed class ModusAndExim : IAsyncLifetime
{
    private const string MayDoor = "127.0.0.6"; // TLS if the client wants it
    private const string ClearDoor = "127.0.0.7"; // no TLS
    private const string StrictDoor = "127.0.0.8"; // no mail in clear
    private const string ForcedPeer = "127.0.0.11"; // from here alpha takes no mail in clear
    private const string PinnedPeer = "127.0.0.12"; // from here alpha takes mail only of whom holds a key

    private readonly TestCertificates _authority = new("The authority of delta");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modus-and-exim-");
    private int _port;

    internal EximServer Delta { get; private set; } = null!;

    internal ModusServer Alpha { get; private set; } = null!;

    /// <summary>Where delta takes mail for everybody.</summary>
    internal IPEndPoint DeltaDoor => new(IPAddress.Parse(MayDoor), _port);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _port = FreePort.On(MayDoor, ClearDoor, StrictDoor);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(_folder.FullName, (UnixFileMode)Convert.ToInt32("755", 8));
        using var certificate = _authority.Issue(new CertificateWish { Ecdsa = true }, "mx.delta.test");
        var files = TestCertificates.WritePem(_folder.FullName, "delta", certificate);
        if (!OperatingSystem.IsWindows()) File.SetUnixFileMode(files.KeyFile, (UnixFileMode)Convert.ToInt32("644", 8));
        var authorityFile = Path.Combine(_folder.FullName, "authority.pem");
        await File.WriteAllTextAsync(authorityFile, _authority.Authority.ExportCertificatePem(), Cancellation);

        Alpha = await ModusServer.StartAsync(static configuration => configuration["queue"] = new JsonObject { ["sending"] = true });
        var known = Path.Combine(_folder.FullName, "known.pem");
        File.Copy(Alpha.AuthorityFile, known);
        await PutRoutesAsync();
        await PutRulesAsync(KeyPin.Of(certificate));

        EximWay[] ways =
        [
            new("may.test"),
            new("clear-in.test", "hosts_avoid_tls = *"),
            new("forced-in.test", $"interface = {ForcedPeer}"),
            new("forced-clear-in.test", $"interface = {ForcedPeer}", "hosts_avoid_tls = *"),
            new("pinned-in.test", $"interface = {PinnedPeer}", $"tls_certificate = {files.CertificateFile}", $"tls_privatekey = {files.KeyFile}"),
            new("impostor-in.test", $"interface = {PinnedPeer}"),
            new("verifies.test", "hosts_require_tls = *", $"tls_verify_certificates = {known}", "tls_verify_hosts = *", "tls_verify_cert_hostnames ="),
            new("verifies-another.test", "hosts_require_tls = *", $"tls_verify_certificates = {authorityFile}", "tls_verify_hosts = *", "tls_verify_cert_hostnames ="),
        ];
        foreach (var way in ways) await Alpha.AddAccountAsync($"anna@{way.Domain}");
        Delta = await EximServer.StartAsync(new EximSetup("mx.delta.test", files.CertificateFile, files.KeyFile)
        {
            Domains = [.. Outgoing.Select(static way => way.Domain)],
            MayDoor = MayDoor,
            ClearDoor = ClearDoor,
            StrictDoor = StrictDoor,
            Port = _port,
            Ways = ways,
            NextHop = $"127.0.0.1::{Alpha.Port("smtp", TlsMode.OnDemand)}",
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (Delta is not null) await Delta.DisposeAsync();
        if (Alpha is not null) await Alpha.DisposeAsync();
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    private static readonly (string Domain, string Door)[] Outgoing =
    [
        ("delta.test", MayDoor), ("clear.test", ClearDoor), ("strict.test", StrictDoor), ("pinned.test", MayDoor), ("verified.test", MayDoor),
        ("forced-clear.test", ClearDoor), ("mispinned.test", MayDoor), ("unverified.test", MayDoor),
    ];

    private async Task PutRoutesAsync()
    {
        var routes = Alpha.Running.Services.GetRequiredService<RouteTable>();
        foreach (var (domain, door) in Outgoing)
            Assert.Equal(StoreOutcome.Done, await routes.SetAsync(new MailRoute { Domain = domain, Hosts = [$"{door}:{_port}"] }, "test", Cancellation));
    }

    private async Task PutRulesAsync(string key)
    {
        PeerRule[] rules =
        [
            new() { Name = "forced-clear", Domain = "forced-clear.test", Directions = PeerDirections.Out, Level = PeerLevel.Encrypt },
            new() { Name = "pinned", Domain = "pinned.test", Directions = PeerDirections.Out, Level = PeerLevel.Pin, Pins = [key] },
            new() { Name = "mispinned", Domain = "mispinned.test", Directions = PeerDirections.Out, Level = PeerLevel.Pin, Pins = [new string('a', KeyPin.Length)] },
            new()
            {
                Name = "verified", Domain = "verified.test", Directions = PeerDirections.Out, Level = PeerLevel.Verify,
                Names = ["mx.delta.test"], Authorities = _authority.Authority.ExportCertificatePem(),
            },
            new() { Name = "unverified", Domain = "unverified.test", Directions = PeerDirections.Out, Level = PeerLevel.Verify, Names = ["mx.delta.test"] },
            new() { Name = "forced-in", Network = IPNetwork.Parse($"{ForcedPeer}/32"), Directions = PeerDirections.In, Level = PeerLevel.Encrypt },
            new() { Name = "pinned-in", Network = IPNetwork.Parse($"{PinnedPeer}/32"), Directions = PeerDirections.In, Level = PeerLevel.Pin, Pins = [key] },
        ];
        var stored = new PeerRuleStore(Alpha.Running.Store.Settings);
        foreach (var rule in rules) Assert.Equal(StoreOutcome.Done, await stored.PutAsync(rule, replace: false, "test", Cancellation));
        await Alpha.Running.Services.GetRequiredService<StoredPeerPolicy>().ReloadAsync(Cancellation);
    }
}
