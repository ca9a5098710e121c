using System.Net;
using Modus.Protocols.Smtp;
using Modus.Testing.Wire;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Smtp;

/// <summary>Peers of which encryption is demanded. The exact replies are in Transcripts.</summary>
public sealed class ForcedPeerTests
{
    private const string TlsFirst = "530 5.7.0 Must issue a STARTTLS command first";

    [Theory]
    [InlineData("MAIL FROM:<>")]
    [InlineData("RCPT TO:<anna@example.com>")]
    [InlineData("DATA")]
    [InlineData("AUTH LOGIN")]
    [InlineData("BDAT 0 LAST")]
    [InlineData("VRFY anna")]
    [InlineData("EXPN anna")]
    [InlineData("HELP")]
    public async Task S17_A_forced_peer_is_told_to_encrypt_whatever_it_wants(string command)
    {
        foreach (var profile in new[] { SmtpProfile.Relay, SmtpProfile.Submission })
        {
            using var kit = new SmtpKit(peers: ScriptedPeers.Named("encrypt"));
            await using var connection = new InMemoryConnection(ScriptedTls.Clear);
            var session = connection.RunAsync(kit.Handler(profile));
            await connection.ReadReplyAsync();
            Assert.Equal(TlsFirst, await connection.AskAsync(command + "\r\n"));
            await connection.AskAsync("EHLO client.test\r\n");
            Assert.Equal(TlsFirst, await connection.AskAsync(command + "\r\n"));
            Assert.StartsWith("221", await connection.AskAsync("QUIT\r\n"), StringComparison.Ordinal);
            await session;
        }
    }

    [Fact]
    public async Task S16_and_S57_A_list_of_addresses_forces_those_and_nobody_else()
    {
        var elsewhere = new PeerPolicy([ScriptedPeers.Rule(PeerLevel.Encrypt) with { Network = IPNetwork.Parse("198.51.100.0/24") }]);
        var outbound = new PeerPolicy([ScriptedPeers.Rule(PeerLevel.Encrypt) with { Directions = PeerDirections.Out }]);
        foreach (var policy in new[] { elsewhere, outbound, ScriptedPeers.Named("may")! })
        {
            using var kit = new SmtpKit(peers: policy);
            var (connection, _) = await kit.GreetAsync();
            Assert.StartsWith("250", await connection.AskAsync("MAIL FROM:<bob@client.test>\r\n"), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task S15_Where_encryption_is_on_other_servers_may_send_in_clear_and_passwords_may_not()
    {
        using var kit = new SmtpKit();
        var (server, _) = await kit.GreetAsync();
        Assert.Contains("STARTTLS", await server.AskAsync("EHLO client.test\r\n"), StringComparison.Ordinal); // RFC 3207 §4: it is offered, not demanded
        Assert.StartsWith("250", await server.AskAsync("MAIL FROM:<bob@client.test>\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("250", await server.AskAsync("RCPT TO:<anna@example.com>\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("354", await server.AskAsync("DATA\r\n"), StringComparison.Ordinal);
        Assert.StartsWith("250", await server.AskAsync("Subject: x\r\n\r\nbody\r\n.\r\n"), StringComparison.Ordinal);

        var (program, _) = await kit.GreetAsync(SmtpProfile.Submission);
        Assert.StartsWith("538", await program.AskAsync("AUTH PLAIN\r\n"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_rule_that_comes_during_a_session_counts_with_the_next_command()
    {
        var policy = new ChangingPolicy();
        using var kit = new SmtpKit(peers: policy);
        var (connection, _) = await kit.GreetAsync();
        Assert.StartsWith("250", await connection.AskAsync("MAIL FROM:<bob@client.test>\r\n"), StringComparison.Ordinal);
        policy.Current = ScriptedPeers.Named("encrypt")!;
        Assert.Equal(TlsFirst, await connection.AskAsync("RCPT TO:<anna@example.com>\r\n"));
        Assert.Equal(TlsFirst, await connection.AskAsync("DATA\r\n"));
        policy.Current = NoPeerPolicy.Instance;
        Assert.StartsWith("250", await connection.AskAsync("RCPT TO:<anna@example.com>\r\n"), StringComparison.Ordinal);
        Assert.Empty(kit.Delivery.Taken);
    }

    [Fact]
    public async Task Who_sends_a_message_is_known_by_the_rule_that_it_fulfils()
    {
        using var kit = new SmtpKit(peers: ScriptedPeers.Named("pin"));
        await using var connection = new InMemoryConnection(new ScriptedTls { IsEncrypted = true, Agreed = ScriptedPeers.Session(showsKey: true) });
        _ = connection.RunAsync(kit.Handler(SmtpProfile.Relay));
        await connection.ReadReplyAsync();
        foreach (var command in new[] { "EHLO client.test", "MAIL FROM:<bob@client.test>", "RCPT TO:<anna@example.com>" }) await connection.AskAsync(command + "\r\n");
        await connection.AskAsync("DATA\r\n");
        Assert.StartsWith("250", await connection.AskAsync("Subject: x\r\n\r\n.\r\n"), StringComparison.Ordinal);
        var peer = Assert.Single(kit.Delivery.Taken).Message.Peer;
        Assert.Equal("partner", peer.Rule?.Name);
        Assert.Equal(PeerLevel.Pin, peer.Rule?.Level);
    }

    [Theory]
    [InlineData(SmtpProfile.Relay, true)]
    [InlineData(SmtpProfile.Submission, false)]
    public void S32_A_rule_by_key_lets_its_peer_relay_where_servers_come(SmtpProfile profile, bool mayRelay)
    {
        var rule = new PeerRule { Name = "k", Key = ScriptedPeers.ClientKey, Level = PeerLevel.Pin, Directions = PeerDirections.In, MayRelay = true };
        var peer = new SmtpPeer(profile, IPAddress.Loopback, "client.test", ScriptedPeers.Session(showsKey: true), null) { Rule = rule };
        Assert.Equal(mayRelay, peer.MayRelay);
        Assert.False((peer with { Rule = null }).MayRelay);
    }

    private sealed class ChangingPolicy : IPeerPolicy
    {
        public IPeerPolicy Current { get; set; } = NoPeerPolicy.Instance;

        public bool HasKeys => Current.HasKeys;

        public PeerRule? FindClient(IPAddress address) => Current.FindClient(address);

        public PeerRule? FindNextHop(string? domain, string host, IPAddress? address) => Current.FindNextHop(domain, host, address);

        public PeerRule? FindKey(string key) => Current.FindKey(key);

        public string? JudgeClient(PeerRule rule, TlsSession? session) => Current.JudgeClient(rule, session);
    }
}
