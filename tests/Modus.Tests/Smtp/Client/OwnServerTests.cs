using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp;
using Modus.Protocols.Smtp.Client;
using Modus.Protocols.Wire;
using Modus.Testing.Wire;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Smtp.Client;

/// <summary>Our client at our server, in memory and in TLS.</summary>
public sealed class OwnServerTests
{
    private static readonly byte[] Password = "secret"u8.ToArray();

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_login_by_SCRAM_bound_to_the_channel_lets_mail_through(bool hasExporter)
    {
        using var server = new SmtpKit();
        await using var kit = new SmtpClientKit(connector: new RoomConnector(server.Listener(TlsMode.OnDemand, SmtpProfile.Submission)));
        if (hasExporter)
        {
            await server.StartAsync();
            await kit.StartAsync();
        }

        await using var session = await kit.OpenAsync(SmtpClientKit.Hop() with { Login = new SmtpLogin("anna@example.com", Password) });
        var result = await session.SendAsync(SmtpClientKit.Transfer("Subject: x\r\n\r\n..\r\n", "b@x.test", "nobody@example.com"), CancellationToken.None);
        await session.QuitAsync(CancellationToken.None);

        Assert.Equal([SmtpStage.Taken, SmtpStage.Recipient], result.Recipients.Select(static r => r.Stage));
        Assert.Equal("550 5.1.1 No such address here", result.Recipients[1].Reply!.ToString());
        Assert.EndsWith("Subject: x\r\n\r\n..\r\n", Encoding.ASCII.GetString(Assert.Single(server.Delivery.Taken).Content), StringComparison.Ordinal);
        Assert.True(session.Offer.Has("CHUNKING") && session.Offer.Extensions["AUTH"].Contains("SCRAM-SHA-256-PLUS", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_wrong_password_is_refused()
    {
        using var server = new SmtpKit();
        await using var kit = new SmtpClientKit(connector: new RoomConnector(server.Listener(TlsMode.Implicit, SmtpProfile.Submission)));
        var opening = await kit.Client.OpenAsync(
            SmtpClientKit.Hop(SmtpTlsUse.Implicit) with { Login = new SmtpLogin("anna@example.com", "wrong"u8.ToArray()) }, CancellationToken.None);
        Assert.Equal((SmtpOpenOutcome.LoginRefused, 535), (opening.Outcome, opening.Reply!.Code));
    }

    [Fact]
    public async Task Binary_content_goes_as_it_is()
    {
        using var server = new SmtpKit();
        await using var kit = new SmtpClientKit(connector: new RoomConnector(server.Listener(TlsMode.OnDemand, SmtpProfile.Relay)));
        await using var session = await kit.OpenAsync();
        var content = Enumerable.Range(0, 50_000).Select(static i => (byte)i).ToArray();
        var envelope = SmtpClientKit.Transfer("", "b@example.com").Envelope with { Body = BodyType.BinaryMime };

        var result = await session.SendAsync(SmtpClientKit.Transfer(envelope, content), CancellationToken.None);

        Assert.Equal(SmtpStage.Taken, result.Recipients[0].Stage);
        Assert.True(Assert.Single(server.Delivery.Taken).Content.AsSpan().EndsWith(content));
    }

    [Fact]
    public async Task A_message_that_is_too_large_is_not_begun()
    {
        using var server = new SmtpKit();
        await using var kit = new SmtpClientKit(connector: new RoomConnector(server.Listener(TlsMode.OnDemand, SmtpProfile.Relay)));
        await using var session = await kit.OpenAsync();
        var result = await session.SendAsync(SmtpClientKit.Transfer(new string('x', 200_000), "b@example.com"), CancellationToken.None);
        Assert.Equal(SmtpTransferFault.TooLarge, result.Fault);
        Assert.Equal(0, server.Delivery.Begun);
    }

    /// <summary>Connects to a listener of ours in memory.</summary>
    private sealed class RoomConnector(ConnectionDelegate listener) : IConnector
    {
        public ValueTask<ConnectResult> ConnectAsync(IPEndPoint remote, IPAddress? local, CancellationToken cancellationToken)
        {
            var pair = new ConnectionPair(remote);
            _ = Task.Run(
                async () =>
                {
                    var server = new DefaultConnectionContext("server", pair.Server, pair.Server)
                    {
                        LocalEndPoint = remote,
                        RemoteEndPoint = pair.Client.LocalEndPoint,
                    };
                    await listener(server);
                    pair.HangUp();
                },
                CancellationToken.None);
            return new(new ConnectResult(pair.Client, null));
        }
    }
}
