using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Modus.Delivery.Peers;
using Modus.EndToEnd.Tests.Dns;
using Modus.Storage;
using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Outbound.Postfix;

/// <summary>
/// Two whole servers, alpha and beta, and a Postfix, gamma, which know each other by a DNS with signed zones. All listen on one port, each
/// on addresses of its own, and each policy has a domain of its own.
/// </summary>
public sealed class ThreeServers : IAsyncLifetime
{
    private const string AlphaDoor = "127.0.0.1";
    private const string BetaDoor = "127.0.0.2";
    private const string MayDoor = "127.0.0.3"; // TLS if the client wants it
    private const string ClearDoor = "127.0.0.4"; // no TLS
    private const string StrictDoor = "127.0.0.5"; // no mail in clear
    private const string ForcedPeer = "127.0.0.9"; // from here alpha takes no mail in clear
    private const string PinnedPeer = "127.0.0.10"; // from here alpha takes mail only of whom holds a key

    private readonly TestCertificates _authority = new("The authority of gamma");
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("modus-three-");
    private SignedZones? _zones;
    private int _port;

    internal PostfixServer Gamma { get; private set; } = null!;

    internal ModusServer Alpha { get; private set; } = null!;

    internal ModusServer Beta { get; private set; } = null!;

    /// <summary>Where gamma takes mail for everybody.</summary>
    internal IPEndPoint GammaDoor => new(IPAddress.Parse(MayDoor), _port);

    /// <summary>The keys that alpha shows.</summary>
    internal IReadOnlyList<string> AlphaKeys => KeysOf(Alpha, "mail.alpha.test");

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _port = FreePort.On(AlphaDoor, BetaDoor, MayDoor, ClearDoor, StrictDoor);
        using var certificate = _authority.Issue(new CertificateWish { Ecdsa = true }, "mx.gamma.test");
        var files = TestCertificates.WritePem(_folder.FullName, "gamma", certificate);
        var key = KeyPin.Of(certificate);

        _zones = await SignedZones.StartAsync([.. Outgoing(key)]);
        Alpha = await ModusServer.StartAsync(configuration => Configure(configuration, "mail.alpha.test", AlphaDoor));
        Beta = await ModusServer.StartAsync(configuration => Configure(configuration, "mail.beta.test", BetaDoor));
        await _zones.ReplaceAsync(ToBeta(KeysOf(Beta, "mail.beta.test")));
        await Beta.AddAccountAsync("ben@beta.test");
        await PutRulesAsync(key);

        var ways = Incoming(files.CertificateFile, files.KeyFile).ToList();
        foreach (var way in ways) await Alpha.AddAccountAsync($"anna@{way.Domain}");
        Gamma = await PostfixServer.StartAsync(new PostfixSetup("mx.gamma.test", files.CertificateFile, files.KeyFile, Alpha.AuthorityFile)
        {
            Mailboxes = [.. Outgoing(key).Select(static zone => zone.Name).Except(["beta.test"]).Select(static domain => $"ben@{domain}")],
            Doors =
            [
                new PostfixDoor($"{MayDoor}:{_port}"),
                new PostfixDoor($"{ClearDoor}:{_port}", "-o smtpd_tls_security_level=none"),
                new PostfixDoor($"{StrictDoor}:{_port}", "-o smtpd_tls_security_level=encrypt"),
            ],
            Ways = ways,
            NextHop = $"[{AlphaDoor}]:{_port}",
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (Gamma is not null) await Gamma.DisposeAsync();
        if (Alpha is not null) await Alpha.DisposeAsync();
        if (Beta is not null) await Beta.DisposeAsync();
        if (_zones is not null) await _zones.DisposeAsync();
        _authority.Dispose();
        _folder.Delete(recursive: true);
    }

    // How gamma sends to alpha.
    private IEnumerable<PostfixWay> Incoming(string certificateFile, string keyFile)
    {
        const string Level = "-o smtp_tls_security_level=";
        yield return new PostfixWay("may.test", $"{Level}may");
        yield return new PostfixWay("clear-in.test", $"{Level}none");
        yield return new PostfixWay("forced-in.test", $"{Level}may -o smtp_bind_address={ForcedPeer}");
        yield return new PostfixWay("forced-clear-in.test", $"{Level}none -o smtp_bind_address={ForcedPeer}");
        yield return new PostfixWay(
            "pinned-in.test", $"{Level}encrypt -o smtp_bind_address={PinnedPeer} -o smtp_tls_cert_file={certificateFile} -o smtp_tls_key_file={keyFile}");
        yield return new PostfixWay("impostor-in.test", $"{Level}encrypt -o smtp_bind_address={PinnedPeer}");
        yield return new PostfixWay("verifies.test", $"{Level}verify -o smtp_tls_verify_cert_match=mail.alpha.test");
        yield return new PostfixWay("verifies-another.test", $"{Level}verify -o smtp_tls_verify_cert_match=mail.other.test");
        yield return new PostfixWay("pins.test", $"{Level}fingerprint -o smtp_tls_fingerprint_cert_match={string.Join(',', AlphaKeys.Select(Colons))}");
        yield return new PostfixWay("pins-another.test", $"{Level}fingerprint -o smtp_tls_fingerprint_cert_match={Colons(new string('a', KeyPin.Length))}");
    }

    // How alpha and beta find gamma, and beta.
    private static IEnumerable<SignedZone> Outgoing(string key)
    {
        foreach (var domain in new[] { "gamma.test", "pinned.test", "mispinned.test", "verified.test", "unverified.test", "requiretls.test" })
            yield return new SignedZone(domain, Mx(MayDoor));
        foreach (var domain in new[] { "clear.test", "forced-clear.test" }) yield return new SignedZone(domain, Mx(ClearDoor));
        yield return new SignedZone("strict.test", Mx(StrictDoor));
        yield return new SignedZone("dane.test", Mx(MayDoor, key));
        yield return new SignedZone("misdane.test", Mx(MayDoor, new string('0', KeyPin.Length)));
        yield return new SignedZone("bogus.test", Mx(MayDoor, key)) { Tamper = SignedZone.WithBrokenSignatures("TLSA") };
        yield return ToBeta([]);
    }

    private static SignedZone ToBeta(IEnumerable<string> keys) => new("beta.test", Mx(BetaDoor, [.. keys]));

    private static string Mx(string address, params string[] keys) =>
        string.Join('\n', keys.Select(static key => $"*._tcp.mx TLSA 3 1 1 {key}").Prepend($"mx A {address}").Prepend("@ MX 10 mx"));

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
                Names = ["mx.gamma.test"], Authorities = _authority.Authority.ExportCertificatePem(),
            },
            new() { Name = "unverified", Domain = "unverified.test", Directions = PeerDirections.Out, Level = PeerLevel.Verify, Names = ["mx.gamma.test"] },
            new() { Name = "forced-in", Network = IPNetwork.Parse($"{ForcedPeer}/32"), Directions = PeerDirections.In, Level = PeerLevel.Encrypt },
            new() { Name = "pinned-in", Network = IPNetwork.Parse($"{PinnedPeer}/32"), Directions = PeerDirections.In, Level = PeerLevel.Pin, Pins = [key] },
        ];
        var stored = new PeerRuleStore(Alpha.Running.Store.Settings);
        foreach (var rule in rules) Assert.Equal(StoreOutcome.Done, await stored.PutAsync(rule, replace: false, "test", Cancellation));
        await Alpha.Running.Services.GetRequiredService<StoredPeerPolicy>().ReloadAsync(Cancellation);
    }

    private void Configure(JsonObject configuration, string name, string address)
    {
        configuration["hostname"] = name;
        var doors = configuration["listeners"]!.AsArray().Select(static door => door!.DeepClone().AsObject()).ToList();
        doors.Single(door => door["protocol"]!.GetValue<string>() == "smtp" && door["addresses"]![0]!.GetValue<string>() == address)["port"] = _port;
        configuration["listeners"] = new JsonArray([.. doors.Where(door => door["addresses"]![0]!.GetValue<string>() == address || door["protocol"]!.GetValue<string>() != "smtp")]);
        configuration["queue"] = new JsonObject { ["sending"] = true, ["port"] = _port };
        configuration["dns"] = new JsonObject { ["resolvers"] = new JsonArray($"{_zones!.EndPoint}"), ["trustAnchors"] = _zones.TrustAnchorFile };
    }

    private static string[] KeysOf(ModusServer server, string name) =>
        [.. server.Running.Services.GetRequiredService<CertificateStore>().Certificates
            .Where(certificate => certificate.Names.Contains(name)).Select(static certificate => KeyPin.Of(certificate.Leaf)).Distinct()];

    private static string Colons(string hex) => string.Join(':', hex.Chunk(2).Select(static pair => new string(pair)));
}
