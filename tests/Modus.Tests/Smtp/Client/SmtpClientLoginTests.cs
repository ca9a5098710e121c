using System.Buffers;
using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Modus.Protocols.Smtp.Client;
using Modus.Protocols.Wire;
using Modus.Testing.Smtp;
using Modus.Testing.Wire;
using Xunit;

namespace Modus.Tests.Smtp.Client;

/// <summary>Logins at a smarthost. SCRAM is in <see cref="OwnServerTests"/>.</summary>
public sealed class SmtpClientLoginTests
{
    private static readonly Dictionary<string, string> Accounts = new() { ["anna"] = "secret" };
    private static readonly ScriptedPeer Smarthost = new() { Tls = PeerTls.Works, Accounts = Accounts };

    [Theory]
    [InlineData("AUTH PLAIN LOGIN", "AUTH PLAIN AGFubmEAc2VjcmV0")]
    [InlineData("AUTH=LOGIN", "AUTH LOGIN")]
    [InlineData("AUTH LOGIN\nAUTH=LOGIN PLAIN", "AUTH PLAIN AGFubmEAc2VjcmV0")]
    public async Task A_login_opens_the_door(string offer, string said)
    {
        await using var kit = new SmtpClientKit(Smarthost with { Answer = s => s is { Verb: "EHLO", IsEncrypted: true } ? $"250-x\r\n250-{offer.Replace("\n", "\r\n250-")}\r\n250 SIZE" : null });
        await using var session = await kit.OpenAsync(WithLogin());
        Assert.Equal([SmtpStage.Taken], (await session.SendAsync(SmtpClientKit.Transfer("x\r\n", "b@x.test"), CancellationToken.None)).Recipients.Select(static r => r.Stage));
        Assert.Contains(said, kit.Server.Visits[0].Commands);
    }

    [Fact]
    public async Task A_wrong_password_is_refused_with_the_reply()
    {
        await using var kit = new SmtpClientKit(Smarthost);
        var opening = await kit.Client.OpenAsync(WithLogin("wrong"), CancellationToken.None);
        Assert.Equal((SmtpOpenOutcome.LoginRefused, 535, null), (opening.Outcome, opening.Reply!.Code, opening.Session));
        Assert.Equal("QUIT", kit.Server.Visits[0].Commands[^1]);
    }

    [Theory]
    [InlineData(PeerTls.NotOffered)]
    [InlineData(PeerTls.Masked)]
    public async Task In_clear_a_login_is_never_sent(PeerTls tls)
    {
        await using var kit = new SmtpClientKit(Smarthost with { Tls = tls, Offers = ["AUTH PLAIN LOGIN SCRAM-SHA-256"] });
        var opening = await kit.Client.OpenAsync(WithLogin(), CancellationToken.None);
        Assert.Equal(SmtpOpenOutcome.LoginNotPossible, opening.Outcome);
        Assert.Equal(["EHLO client.test", "QUIT"], kit.Server.Visits[0].Commands);
    }

    [Fact]
    public async Task Without_a_mechanism_in_common_it_is_not_possible()
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Tls = PeerTls.Works, OffersInTls = ["AUTH CRAM-MD5 NTLM"] });
        var opening = await kit.Client.OpenAsync(WithLogin(), CancellationToken.None);
        Assert.Equal(SmtpOpenOutcome.LoginNotPossible, opening.Outcome);
        Assert.Contains("CRAM-MD5 NTLM", opening.Reason, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("235 2.7.0 welcome", SmtpOpenOutcome.LoginRefused)] // without a proof of its own
    [InlineData("334 bm9uc2Vuc2U=", SmtpOpenOutcome.LoginRefused)]
    [InlineData("334 ???", SmtpOpenOutcome.LoginRefused)]
    [InlineData("535 5.7.8 no", SmtpOpenOutcome.LoginRefused)]
    [InlineData(ScriptedPeer.Drop, SmtpOpenOutcome.LoginRefused)]
    [InlineData("what?", SmtpOpenOutcome.ProtocolError)]
    public async Task A_server_that_cheats_at_SCRAM_is_not_trusted(string answer, SmtpOpenOutcome outcome)
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer
        {
            Tls = PeerTls.Works,
            OffersInTls = ["AUTH PLAIN SCRAM-SHA-256"],
            Answer = said => said.Verb == "AUTH" ? answer : said.Verb == "*" ? "501 5.7.0 cancelled" : null,
        });
        var opening = await kit.Client.OpenAsync(WithLogin(), CancellationToken.None);
        Assert.Equal((outcome, null), (opening.Outcome, opening.Session));
        Assert.DoesNotContain(kit.Server.Visits[0].Commands, static said => said.StartsWith("AUTH PLAIN", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_server_that_asks_on_and_on_is_left()
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Tls = PeerTls.Works, OffersInTls = ["AUTH LOGIN"], Answer = static said => said.Verb is "QUIT" or "EHLO" or "STARTTLS" ? null : "334 " });
        var opening = await kit.Client.OpenAsync(WithLogin(), CancellationToken.None);
        Assert.Equal(SmtpOpenOutcome.LoginRefused, opening.Outcome);
    }

    [Theory]
    [InlineData("AUTH PLAIN")]
    [InlineData("AUTH LOGIN")]
    public async Task A_password_leaves_no_copy_in_the_memory_of_the_connection(string offer)
    {
        var pool = new RememberingPool();
        await using var server = new ScriptedSmtpServer(Smarthost with { Answer = s => s is { Verb: "EHLO", IsEncrypted: true } ? $"250-x\r\n250 {offer}" : null });
        await using var kit = new SmtpClientKit(connector: new PooledConnector(server, pool));
        await using var session = await kit.OpenAsync(WithLogin());
        await session.QuitAsync(CancellationToken.None);

        Assert.True(pool.Holds("QUIT\r\n"u8)); // what is no secret stays as everywhere
        Assert.False(pool.Holds("AGFubmEAc2VjcmV0"u8));
        Assert.False(pool.Holds("c2VjcmV0"u8));
    }

    private static SmtpHop WithLogin(string password = "secret") =>
        SmtpClientKit.Hop() with { Login = new SmtpLogin("anna", System.Text.Encoding.UTF8.GetBytes(password)) };

    private sealed class PooledConnector(IConnector below, RememberingPool pool) : IConnector, IMemoryPoolFeature
    {
        public MemoryPool<byte> MemoryPool => pool;

        public async ValueTask<ConnectResult> ConnectAsync(IPEndPoint remote, IPAddress? local, CancellationToken cancellationToken)
        {
            var result = await below.ConnectAsync(remote, local, cancellationToken);
            result.Connection!.Features.Set<IMemoryPoolFeature>(this);
            return result;
        }
    }
}
