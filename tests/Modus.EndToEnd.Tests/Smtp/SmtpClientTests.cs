using System.Net;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp.Client;
using Modus.Protocols.Wire;
using Modus.Server.Composition;
using Modus.Testing.Smtp;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Smtp;

/// <summary>Our SMTP client over real sockets, at servers that lie.</summary>
public sealed class SmtpClientTests : IAsyncLifetime
{
    private static readonly byte[] Huge = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Repeat("a line of a very large message\r\n", 1_000_000)));

    private readonly ServiceProvider _services = new ServiceCollection()
        .AddLogging()
        .AddSingleton<IConnector, SocketConnector>()
        .AddModusSmtpClient(static options => options.HostName = "client.test")
        .BuildServiceProvider();

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    [Theory]
    [InlineData(PeerTls.NotOffered, SmtpOpenOutcome.TlsNotOffered)]
    [InlineData(PeerTls.Masked, SmtpOpenOutcome.TlsNotOffered)]
    [InlineData(PeerTls.RefusedForNow, SmtpOpenOutcome.TlsRefused)]
    [InlineData(PeerTls.DropsAtCommand, SmtpOpenOutcome.TlsClosed)]
    [InlineData(PeerTls.DropsInHandshake, SmtpOpenOutcome.TlsClosed)]
    [InlineData(PeerTls.Alerts, SmtpOpenOutcome.TlsAlert)]
    [InlineData(PeerTls.SaysGarbage, SmtpOpenOutcome.TlsAlert)]
    [InlineData(PeerTls.ClosesAfterHandshake, SmtpOpenOutcome.BrokenAfterTls)]
    [InlineData(PeerTls.Works, SmtpOpenOutcome.Ready)]
    public async Task Each_way_in_which_TLS_fails_is_told_apart(PeerTls conduct, SmtpOpenOutcome outcome)
    {
        await using var server = new ScriptedSmtpServer(new ScriptedPeer { Tls = conduct });
        var opening = await OpenAsync(server.Listen());
        Assert.Equal(outcome, opening.Outcome);
        if (opening.Session is not null) await opening.Session.DisposeAsync();
    }

    [Theory]
    [InlineData(PeerTls.NotOffered, true)]
    [InlineData(PeerTls.NotOffered, false)]
    [InlineData(PeerTls.Works, true)]
    [InlineData(PeerTls.Works, false)]
    public async Task A_large_message_arrives_byte_for_byte(PeerTls tls, bool isChunked)
    {
        await using var server = new ScriptedSmtpServer(new ScriptedPeer { Tls = tls, Offers = isChunked ? ["CHUNKING", "PIPELINING"] : ["PIPELINING"] });
        await using var session = await SessionAsync(server.Listen());
        var content = Encoding.ASCII.GetBytes(string.Concat(Enumerable.Range(0, 200_000).Select(static i => $".line {i}\r\n")));

        var result = await session.SendAsync(Transfer(content), CancellationToken.None);
        await session.QuitAsync(CancellationToken.None);

        Assert.Equal(SmtpStage.Taken, result.Recipients[0].Stage);
        Assert.True(content.AsSpan().SequenceEqual(Assert.Single(server.Received).Content));
        Assert.Equal(IPAddress.Loopback, session.LocalAddress);
    }

    // 32 MB are more than all the buffers in between hold: who only writes would wait for ever.
    [Theory]
    [InlineData(PeerTls.NotOffered, true)]
    [InlineData(PeerTls.NotOffered, false)]
    [InlineData(PeerTls.Works, true)]
    [InlineData(PeerTls.Works, false)]
    public async Task A_server_that_answers_in_the_middle_of_the_content_and_reads_no_more_is_heard(PeerTls tls, bool isChunked)
    {
        await using var server = new ScriptedSmtpServer(new ScriptedPeer { Tls = tls, Offers = isChunked ? ["CHUNKING"] : [], StopsReadingAfter = 100_000 });
        await using var session = await SessionAsync(server.Listen());

        var result = await session.SendAsync(Transfer(Huge), CancellationToken.None).AsTask().WaitAsync(TimeSpan.FromSeconds(30));

        Assert.Equal((SmtpStage.Content, 552), (result.Recipients[0].Stage, result.Recipients[0].Reply?.Code));
    }

    [Theory]
    [InlineData(ScriptedPeer.Drop)]
    [InlineData(ScriptedPeer.Reset)]
    public async Task A_reply_to_the_content_that_is_lost_leaves_it_unknown(string way)
    {
        await using var server = new ScriptedSmtpServer(new ScriptedPeer { AnswerContent = _ => way });
        await using var session = await SessionAsync(server.Listen());
        Assert.Equal(SmtpStage.Unknown, (await session.SendAsync(Transfer("x\r\n"u8.ToArray()), CancellationToken.None)).Recipients[0].Stage);
    }

    [Fact]
    public async Task A_server_that_changes_is_taken_as_it_is_each_time()
    {
        await using var server = new ScriptedSmtpServer(number => number switch
        {
            1 => new ScriptedPeer { Tls = PeerTls.Alerts },
            2 => new ScriptedPeer { Door = PeerDoor.Refused },
            _ => new ScriptedPeer { Tls = PeerTls.Works },
        });
        var endPoint = server.Listen();

        Assert.Equal(SmtpOpenOutcome.TlsAlert, (await OpenAsync(endPoint)).Outcome);
        Assert.Contains((await OpenAsync(endPoint)).Outcome, new[] { SmtpOpenOutcome.Unreachable, SmtpOpenOutcome.NotGreeted }); // a reset, early or late
        await using var session = await SessionAsync(endPoint);
        Assert.NotNull(session.Tls);
    }

    [Fact]
    public async Task Where_nobody_listens_it_is_unreachable()
    {
        IPEndPoint endPoint;
        await using (var server = new ScriptedSmtpServer()) endPoint = server.Listen();
        Assert.Equal(SmtpOpenOutcome.Unreachable, (await OpenAsync(endPoint)).Outcome);
    }

    [Fact]
    public async Task Our_address_is_the_one_that_is_wanted()
    {
        await using var server = new ScriptedSmtpServer();
        var hop = Hop(server.Listen()) with { Tls = SmtpTlsUse.Never, LocalAddress = IPAddress.Parse("127.0.0.2") };
        var opening = await Client.OpenAsync(hop, CancellationToken.None);
        await using var session = opening.Session!;
        Assert.Equal("127.0.0.2", session.LocalAddress!.ToString());
    }

    [Fact]
    public async Task Who_gives_up_breaks_off_and_hears_how_far_it_came()
    {
        using var giveUp = new CancellationTokenSource();
        await using var server = new ScriptedSmtpServer(new ScriptedPeer
        {
            Tls = PeerTls.Works, Offers = ["CHUNKING"], StopsReadingAfter = 100_000, EarlyAnswer = ScriptedPeer.Silence,
        });
        await using var session = await SessionAsync(server.Listen());
        var sending = session.SendAsync(Transfer(Huge), giveUp.Token).AsTask();
        await server.FellSilent.WaitAsync(TimeSpan.FromSeconds(20));
        await giveUp.CancelAsync();
        Assert.Equal(SmtpStage.Content, (await sending.WaitAsync(TimeSpan.FromSeconds(20))).Recipients[0].Stage);
    }

    private ISmtpClient Client => _services.GetRequiredService<ISmtpClient>();

    private static SmtpHop Hop(IPEndPoint endPoint) => new()
    {
        EndPoint = endPoint,
        Host = "mx.peer.test",
        Tls = SmtpTlsUse.Required,
        Handshake = new TlsClientRequest { ServerName = "mx.peer.test", Verification = new TlsVerification.None() },
    };

    private async Task<SmtpOpening> OpenAsync(IPEndPoint endPoint) => await Client.OpenAsync(Hop(endPoint), CancellationToken.None);

    private async Task<ISmtpClientSession> SessionAsync(IPEndPoint endPoint)
    {
        var opening = await Client.OpenAsync(Hop(endPoint) with { Tls = SmtpTlsUse.WhenOffered }, CancellationToken.None);
        Assert.True(opening.Session is not null, $"{opening.Outcome}: {opening.Reason}");
        return opening.Session;
    }

    private static SmtpTransfer Transfer(byte[] content) => new()
    {
        Envelope = new Envelope
        {
            ReversePath = new ReversePath(EmailAddress.Parse("a@client.test")),
            Recipients = [new EnvelopeRecipient(new ForwardPath(EmailAddress.Parse("b@x.test")))],
        },
        Size = content.Length,
        OpenContent = _ => new(new MemoryStream(content)),
    };
}
