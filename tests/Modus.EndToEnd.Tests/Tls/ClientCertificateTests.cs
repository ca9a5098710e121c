using System.Net;
using System.Security.Cryptography.X509Certificates;
using Modus.Testing;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Tls;

/// <summary>Who is asked for a certificate, and what is known of who showed one, with openssl as the client.</summary>
[Collection(nameof(OneSetOfTlsContexts))]
public sealed class ClientCertificateTests : OneCertificate
{
    private readonly TestCertificates _authority = new("Partner CA");
    private readonly X509Certificate2 _client;

    public ClientCertificateTests() => _client = _authority.Issue("mx.partner.example");

    private PeerRule Pinned => new()
    {
        Name = "partner", Network = IPNetwork.Parse("127.0.0.1/32"), Level = PeerLevel.Pin, Pins = [KeyPin.Of(_client)], Directions = PeerDirections.In,
    };

    [Fact]
    public async Task Who_needs_not_show_a_certificate_is_not_asked()
    {
        await using var server = await StartAsync(new PeerPolicy([Pinned with { Network = IPNetwork.Parse("192.0.2.0/24") }]));
        Assert.DoesNotContain("CertificateRequest", await OpenSsl.ConnectAsync(server.At("127.0.0.1"), $"-msg {Shown(_client)}"), StringComparison.Ordinal);
        Assert.Null(Assert.Single(server.Sessions).ClientKey);
    }

    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_pinned_peer_is_asked_and_known_by_its_key_and_resumes(string version)
    {
        await using var server = await StartAsync(new PeerPolicy([Pinned]));
        var ticket = Path.Combine(Folder, "session");
        var first = await OpenSsl.ConnectAsync(server.At("127.0.0.1"), $"{version} -msg {Shown(_client)} -sess_out {ticket}");
        var second = await OpenSsl.ConnectAsync(server.At("127.0.0.1"), $"{version} {Shown(_client)} -sess_in {ticket}");
        Assert.Contains("CertificateRequest", first, StringComparison.Ordinal);
        Assert.Contains("Reused, TLSv1.", second, StringComparison.Ordinal);
        Assert.Equal([KeyPin.Of(_client), KeyPin.Of(_client)], server.Sessions.Select(static session => session.ClientKey));
    }

    [Fact]
    public async Task A_pinned_peer_that_shows_nothing_still_shakes_hands_so_that_it_can_be_told()
    {
        await using var server = await StartAsync(new PeerPolicy([Pinned]));
        Assert.Contains("221 bye", await OpenSsl.ConnectAsync(server.At("127.0.0.1"), ""), StringComparison.Ordinal);
        Assert.Equal("no certificate was shown", new PeerPolicy([Pinned]).JudgeClient(Pinned, Assert.Single(server.Sessions)));
    }

    // Else the session of yesterday, in which nobody was asked, would keep a peer out for as long as its ticket is good.
    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_session_from_before_the_rule_is_not_taken_up_again(string version)
    {
        var policy = new ChangingPeers();
        await using var server = await StartAsync(policy);
        var ticket = Path.Combine(Folder, "session");
        await OpenSsl.ConnectAsync(server.At("127.0.0.1"), $"{version} {Shown(_client)} -sess_out {ticket}");
        policy.Current = new PeerPolicy([Pinned]);
        var second = await OpenSsl.ConnectAsync(server.At("127.0.0.1"), $"{version} {Shown(_client)} -sess_in {ticket}");
        Assert.Contains("New, TLSv1.", second, StringComparison.Ordinal);
        Assert.Equal([null, KeyPin.Of(_client)], server.Sessions.Select(static session => session.ClientKey));
    }

    // A ticket holds none of the certificates between, so none is given, and TLS 1.2 has nothing to save then.
    [Theory]
    [InlineData("-tls1_2")]
    [InlineData("-tls1_3")]
    public async Task A_chain_is_verified_by_the_rules_authority_anew_each_time(string version)
    {
        using var intermediate = _authority.Intermediate();
        using var leaf = intermediate.Issue("mx.partner.example");
        var rule = new PeerRule
        {
            Name = "partner", Network = IPNetwork.Parse("127.0.0.0/8"), Level = PeerLevel.Verify, Authorities = _authority.Authority.ExportCertificatePem(),
        };
        var policy = new PeerPolicy([rule]);
        await using var server = await StartAsync(policy);
        var ticket = Path.Combine(Folder, "session");
        await OpenSsl.ConnectAsync(server.At("127.0.0.1"), $"{version} {Shown(leaf, intermediate.Authority)} -sess_out {ticket}");
        var resume = File.Exists(ticket) ? $"-sess_in {ticket}" : "";
        var second = await OpenSsl.ConnectAsync(server.At("127.0.0.1"), $"{version} {Shown(leaf, intermediate.Authority)} {resume}");
        Assert.DoesNotContain("Reused", second, StringComparison.Ordinal);
        Assert.Equal([null, null], server.Sessions.Select(session => policy.JudgeClient(rule, session)));
    }

    [Fact]
    public async Task With_a_rule_by_key_everybody_is_asked_where_servers_come()
    {
        var rule = new PeerRule { Name = "key", Key = KeyPin.Of(_client), Level = PeerLevel.Pin, Directions = PeerDirections.In };
        await using var server = await StartAsync(new PeerPolicy([rule]));
        await OpenSsl.ConnectAsync(server.At("127.0.0.2"), Shown(_client));
        Assert.Equal(rule.Key, Assert.Single(server.Sessions).ClientKey);
    }

    private async Task<TlsServer> StartAsync(IPeerPolicy peers)
    {
        using var certificate = Ca.Issue("a.example.org");
        return await StartAsync(TlsMode.Implicit, certificate, peers: peers);
    }

    private string Shown(X509Certificate2 certificate, X509Certificate2? issuer = null)
    {
        var (file, key) = TestCertificates.WritePem(Folder, "client", certificate);
        if (issuer is null) return $"-cert {file} -key {key}";
        var chain = Path.Combine(Folder, "chain.pem");
        File.WriteAllText(chain, issuer.ExportCertificatePem());
        return $"-cert {file} -key {key} -cert_chain {chain}";
    }

    private sealed class ChangingPeers : IPeerPolicy
    {
        public IPeerPolicy Current { get; set; } = NoPeerPolicy.Instance;

        public bool HasKeys => Current.HasKeys;

        public PeerRule? FindClient(IPAddress address) => Current.FindClient(address);

        public PeerRule? FindNextHop(string? domain, string host, IPAddress? address) => Current.FindNextHop(domain, host, address);

        public PeerRule? FindKey(string key) => Current.FindKey(key);

        public string? JudgeClient(PeerRule rule, TlsSession? session) => Current.JudgeClient(rule, session);
    }
}
