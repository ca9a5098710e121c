using System.Text;
using Microsoft.Extensions.Time.Testing;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp.Client;
using Modus.Testing;
using Modus.Testing.Smtp;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Smtp.Client;

/// <summary>Transactions: what is said, and what is made of the answers.</summary>
public sealed class SmtpTransferTests
{
    private const string Hello = "Subject: hello\r\n\r\n.dot\r\nBye\r\n";
    private static readonly string[] Plain = ["8BITMIME", "SIZE 10000000"];
    private static readonly string[] Pipelined = ["PIPELINING", "8BITMIME"];

    public static TheoryData<string> EveryWay => ["", "8BITMIME", "PIPELINING", "CHUNKING", "PIPELINING CHUNKING"];

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task A_message_arrives_as_it_is_whatever_the_server_offers(string offers)
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Offers = offers.Split(' ', StringSplitOptions.RemoveEmptyEntries) });
        await using var session = await kit.OpenAsync();
        var result = await session.SendAsync(SmtpClientKit.Transfer(Hello, "b@x.test", "c@x.test"), CancellationToken.None);

        Assert.Equal([SmtpStage.Taken, SmtpStage.Taken], Stages(result));
        Assert.All(result.Recipients, static r => Assert.Equal("250 2.0.0 taken", r.Reply!.ToString()));
        var received = Assert.Single(kit.Server.Received);
        Assert.Equal((Hello, 2), (received.Text, received.RcptLines.Count));
        Assert.Equal((1, true), (session.Transactions, session.IsUsable));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_large_message_arrives_byte_for_byte(bool isChunked)
    {
        var random = new Random(7);
        var content = new byte[3_000_000];
        for (var i = 0; i < content.Length; i++) content[i] = (byte)".\r\nab"[random.Next(5)];
        content = Encoding.Latin1.GetBytes(Encoding.Latin1.GetString(content).ReplaceLineEndings("x").Replace("xx", "\r\n") + "\r\n");
        await using var kit = new SmtpClientKit(new ScriptedPeer { Tls = PeerTls.Works, Offers = isChunked ? ["CHUNKING"] : [] });
        await using var session = await kit.OpenAsync();

        var result = await session.SendAsync(SmtpClientKit.Transfer(SmtpClientKit.Transfer("", "b@x.test").Envelope, content), CancellationToken.None);

        Assert.Equal([SmtpStage.Taken], Stages(result));
        Assert.True(content.AsSpan().SequenceEqual(Assert.Single(kit.Server.Received).Content));
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("no line end", "no line end\r\n")]
    [InlineData(".\r\n", ".\r\n")]
    [InlineData("\r\n.\r\n\r\n", "\r\n.\r\n\r\n")]
    public async Task Content_that_ends_oddly_ends_in_a_line_end_by_DATA(string sent, string arrived)
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Offers = [] });
        await using var session = await kit.OpenAsync();
        await session.SendAsync(SmtpClientKit.Transfer(sent, "b@x.test"), CancellationToken.None);
        Assert.Equal(arrived, Assert.Single(kit.Server.Received).Text);
    }

    [Fact]
    public async Task Several_transactions_go_through_one_session()
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Tls = PeerTls.Works });
        await using var session = await kit.OpenAsync();
        for (var i = 1; i <= 5; i++)
            Assert.Equal([SmtpStage.Taken], Stages(await session.SendAsync(SmtpClientKit.Transfer($"{i}\r\n", "b@x.test"), CancellationToken.None)));
        Assert.True(await session.ResetAsync(CancellationToken.None));
        await session.QuitAsync(CancellationToken.None);

        Assert.Equal(5, kit.Server.Received.Count);
        Assert.DoesNotContain("RSET", Assert.Single(kit.Server.Visits).Commands.SkipLast(2));
    }

    [Fact]
    public async Task Every_parameter_of_the_envelope_goes_along_where_it_is_known()
    {
        var envelope = new Envelope
        {
            ReversePath = new ReversePath(EmailAddress.Parse("ü@client.test")),
            Recipients =
            [
                new EnvelopeRecipient(new ForwardPath(EmailAddress.Parse("b@x.test")), DsnNotify.Success | DsnNotify.Delay, "rfc822;b+40old.test"),
                new EnvelopeRecipient(ForwardPath.Postmaster, DsnNotify.Never),
            ],
            Body = BodyType.EightBitMime,
            SmtpUtf8 = true,
            Return = DsnReturn.Headers,
            EnvelopeId = "QQ+2B1",
            Tls = TlsDemand.Required,
            Priority = -3,
        };
        using var authority = new TestCertificates();
        using var certificate = authority.Issue("mx.peer.test");
        var peer = new ScriptedPeer { Tls = PeerTls.Works, Certificate = certificate, OffersInTls = ["REQUIRETLS", "MT-PRIORITY MIXER"] };
        await using var kit = new SmtpClientKit(peer);
        var verified = SmtpClientKit.AnyTls with { Verification = new TlsVerification.Pin([KeyPin.Of(certificate)]) };
        await using var session = await kit.OpenAsync(SmtpClientKit.Hop() with { Handshake = verified });

        var result = await session.SendAsync(SmtpClientKit.Transfer(envelope, "x\r\n"u8.ToArray()), CancellationToken.None);

        Assert.True(result.DsnPassedOn);
        Assert.Equal(
            [
                "MAIL FROM:<ü@client.test> SIZE=3 BODY=8BITMIME SMTPUTF8 REQUIRETLS MT-PRIORITY=-3 RET=HDRS ENVID=QQ+2B1",
                "RCPT TO:<b@x.test> NOTIFY=SUCCESS,DELAY ORCPT=rfc822;b+40old.test",
                "RCPT TO:<Postmaster> NOTIFY=NEVER",
                "BDAT 3 LAST",
            ],
            Assert.Single(kit.Server.Visits).Commands.Skip(3));
    }

    [Fact]
    public async Task What_the_server_does_not_know_does_not_go_along()
    {
        var envelope = new Envelope
        {
            ReversePath = ReversePath.Null,
            Recipients = [new EnvelopeRecipient(new ForwardPath(EmailAddress.Parse("b@x.test")), DsnNotify.Success, "rfc822;b@x.test")],
            Return = DsnReturn.Full,
            EnvelopeId = "Q1",
            Priority = 4,
        };
        await using var kit = new SmtpClientKit(new ScriptedPeer { Offers = [] });
        await using var session = await kit.OpenAsync();

        var result = await session.SendAsync(SmtpClientKit.Transfer(envelope, "x\r\n"u8.ToArray()), CancellationToken.None);

        Assert.False(result.DsnPassedOn);
        Assert.Equal(["MAIL FROM:<>", "RCPT TO:<b@x.test>", "DATA"], Assert.Single(kit.Server.Visits).Commands.Skip(1));
    }

    [Fact]
    public async Task What_the_server_cannot_take_is_found_before_anything_is_said()
    {
        var simple = SmtpClientKit.Transfer("12345678901\r\n", "b@x.test");
        Envelope Like(Func<Envelope, Envelope> change) => change(simple.Envelope);
        (Envelope Envelope, SmtpTransferFault Fault)[] cases =
        [
            (simple.Envelope, SmtpTransferFault.TooLarge),
            (Like(static e => e with { SmtpUtf8 = true }), SmtpTransferFault.NeedsSmtpUtf8),
            (Like(static e => e with { ReversePath = new ReversePath(EmailAddress.Parse("ü@x.test")) }), SmtpTransferFault.NeedsSmtpUtf8),
            (Like(static e => e with { Recipients = [new EnvelopeRecipient(new ForwardPath(EmailAddress.Parse("ü@x.test")))] }), SmtpTransferFault.NeedsSmtpUtf8),
            (Like(static e => e with { Body = BodyType.EightBitMime }), SmtpTransferFault.NeedsEightBit),
            (Like(static e => e with { Body = BodyType.BinaryMime }), SmtpTransferFault.NeedsBinary),
            (Like(static e => e with { Tls = TlsDemand.Required }), SmtpTransferFault.NeedsRequireTls),
        ];
        await using var kit = new SmtpClientKit(new ScriptedPeer { Offers = ["SIZE 12", "BINARYMIME", "REQUIRETLS"] });
        await using var session = await kit.OpenAsync();
        foreach (var (envelope, fault) in cases)
        {
            var result = await session.SendAsync(simple with { Envelope = envelope }, CancellationToken.None);
            Assert.Equal((fault, SmtpStage.NotTried), (result.Fault, result.Recipients[0].Stage));
        }

        Assert.Equal((true, 0), (session.IsUsable, session.Transactions));
        Assert.Equal(["EHLO client.test"], Assert.Single(kit.Server.Visits).Commands);
    }

    [Fact]
    public async Task REQUIRETLS_is_not_said_to_a_server_that_was_not_verified()
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Tls = PeerTls.Works, OffersInTls = ["REQUIRETLS"] });
        await using var session = await kit.OpenAsync();
        var transfer = SmtpClientKit.Transfer("x\r\n", "b@x.test");
        var message = transfer with { Envelope = transfer.Envelope with { Tls = TlsDemand.Required } };
        var notice = message with { Envelope = message.Envelope with { ReversePath = ReversePath.Null } };

        Assert.Equal(SmtpTransferFault.NeedsRequireTls, (await session.SendAsync(message, CancellationToken.None)).Fault);
        Assert.Equal([SmtpStage.Taken], Stages(await session.SendAsync(notice, CancellationToken.None))); // rather than not at all (RFC 8689 §5)
        Assert.Equal("MAIL FROM:<> SIZE=3", Assert.Single(kit.Server.Received).MailLine);
    }

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task Some_recipients_are_taken_and_others_refused(string offers)
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer
        {
            Offers = offers.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Answer = static said => said.Line.StartsWith("RCPT TO:<b@", StringComparison.Ordinal) ? "550 5.1.1 no such b"
                : said.Line.StartsWith("RCPT TO:<d@", StringComparison.Ordinal) ? "452 4.5.3 too many" : null,
        });
        await using var session = await kit.OpenAsync();

        var result = await session.SendAsync(SmtpClientKit.Transfer(Hello, "b@x.test", "c@x.test", "d@x.test", "e@x.test"), CancellationToken.None);

        Assert.Equal([SmtpStage.Recipient, SmtpStage.Taken, SmtpStage.Recipient, SmtpStage.Taken], Stages(result));
        Assert.Equal(["550 5.1.1 no such b", "250 2.0.0 taken", "452 4.5.3 too many", "250 2.0.0 taken"], result.Recipients.Select(static r => r.Reply!.ToString()));
        Assert.Equal(["RCPT TO:<c@x.test>", "RCPT TO:<e@x.test>"], Assert.Single(kit.Server.Received).RcptLines);
    }

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task Without_any_recipient_no_content_is_sent_and_the_session_goes_on(string offers)
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer
        {
            Offers = offers.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Answer = static said => said.Transaction == 1 && said.Verb == "RCPT" ? "550 5.1.1 nobody" : null,
        });
        await using var session = await kit.OpenAsync();

        var transfer = SmtpClientKit.Transfer(Hello, "b@x.test", "c@x.test") with { OpenContent = static _ => throw new InvalidOperationException("not wanted") };
        Assert.Equal([SmtpStage.Recipient, SmtpStage.Recipient], Stages(await session.SendAsync(transfer, CancellationToken.None)));
        Assert.Equal([SmtpStage.Taken], Stages(await session.SendAsync(SmtpClientKit.Transfer(Hello, "b@x.test"), CancellationToken.None)));

        Assert.Equal(offers == "PIPELINING", kit.Server.Visits[0].Commands.Count(static c => c == "DATA") == 2);
        Assert.Single(kit.Server.Visits[0].Commands, "RSET");
    }

    [Fact]
    public async Task A_server_that_wants_the_content_for_nobody_gets_a_lone_dot()
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer
        {
            Offers = Pipelined,
            Answer = static said => said.Transaction > 1 ? null : said.Verb switch
            {
                "RCPT" => "550 5.1.1 nobody",
                "DATA" => "354 go ahead all the same",
                _ => null,
            },
        });
        await using var session = await kit.OpenAsync();

        Assert.Equal([SmtpStage.Recipient], Stages(await session.SendAsync(SmtpClientKit.Transfer(Hello, "b@x.test"), CancellationToken.None)));
        Assert.Equal([SmtpStage.Taken], Stages(await session.SendAsync(SmtpClientKit.Transfer(Hello, "b@x.test"), CancellationToken.None)));

        Assert.Contains("(0 bytes)", kit.Server.Visits[0].Lines);
        Assert.Equal(Hello, Assert.Single(kit.Server.Received).Text);
    }

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task A_refused_sender_is_refused_for_everybody(string offers)
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer
        {
            Offers = offers.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            Answer = static said => said is { Transaction: 1, Verb: "MAIL" } ? "530 5.7.0 Must issue a STARTTLS command first" : null,
        });
        await using var session = await kit.OpenAsync();

        var result = await session.SendAsync(SmtpClientKit.Transfer(Hello, "b@x.test", "c@x.test"), CancellationToken.None);
        Assert.Equal([SmtpStage.Mail, SmtpStage.Mail], Stages(result));
        Assert.All(result.Recipients, static r => Assert.Equal(530, r.Reply!.Code));
        Assert.Equal([SmtpStage.Taken], Stages(await session.SendAsync(SmtpClientKit.Transfer(Hello, "b@x.test"), CancellationToken.None)));
    }

    [Theory]
    [MemberData(nameof(EveryWay))]
    public async Task Refused_content_is_refused_for_those_that_were_accepted(string offers)
    {
        var refuses = true;
        await using var kit = new SmtpClientKit(new ScriptedPeer
        {
            Offers = offers.Split(' ', StringSplitOptions.RemoveEmptyEntries),
            AnswerContent = _ => refuses ? "451 4.7.1 greylisted" : null,
            Answer = static said => said.Line == "RCPT TO:<b@x.test>" ? "550 5.1.1 no b" : null,
        });
        await using var session = await kit.OpenAsync();

        var result = await session.SendAsync(SmtpClientKit.Transfer(Hello, "b@x.test", "c@x.test"), CancellationToken.None);
        refuses = false;

        Assert.Equal([(SmtpStage.Recipient, 550), (SmtpStage.Content, 451)], result.Recipients.Select(static r => (r.Stage, r.Reply!.Code)));
        Assert.Equal([SmtpStage.Taken], Stages(await session.SendAsync(SmtpClientKit.Transfer(Hello, "c@x.test"), CancellationToken.None)));
    }

    [Theory]
    [InlineData("MAIL", SmtpStage.Mail)]
    [InlineData("RCPT", SmtpStage.Recipient)]
    [InlineData("DATA", SmtpStage.Content)]
    public async Task A_server_that_closes_by_421_is_heard_wherever_it_says_so(string verb, SmtpStage stage)
    {
        foreach (var offers in new[] { Plain, Pipelined })
        {
            await using var kit = new SmtpClientKit(new ScriptedPeer { Offers = offers, Answer = said => said.Verb == verb ? "421 4.3.2 closing" : null });
            await using var session = await kit.OpenAsync();
            var result = await session.SendAsync(SmtpClientKit.Transfer(Hello, "b@x.test", "c@x.test"), CancellationToken.None);

            Assert.Equal([(stage, 421), (stage, 421)], result.Recipients.Select(static r => (r.Stage, r.Reply!.Code)));
            Assert.False(session.IsUsable);
            Assert.Equal([SmtpStage.NotTried], Stages(await session.SendAsync(SmtpClientKit.Transfer(Hello, "b@x.test"), CancellationToken.None)));
        }
    }

    [Theory]
    [InlineData("MAIL", SmtpStage.Mail)]
    [InlineData("RCPT", SmtpStage.Recipient)]
    [InlineData("DATA", SmtpStage.Content)]
    public async Task A_connection_that_is_lost_is_told_from_a_refusal(string verb, SmtpStage stage)
    {
        foreach (var way in new[] { ScriptedPeer.Drop, ScriptedPeer.Reset, "what?" })
        {
            await using var kit = new SmtpClientKit(new ScriptedPeer { Offers = Pipelined, Answer = said => said.Verb == verb ? way : null });
            await using var session = await kit.OpenAsync();
            var result = await session.SendAsync(SmtpClientKit.Transfer(Hello, "b@x.test", "c@x.test"), CancellationToken.None);

            Assert.All(result.Recipients, static r => Assert.Null(r.Reply));
            // A reset may take with it what the server had said before.
            Assert.All(result.Recipients, r => Assert.True(way == ScriptedPeer.Reset ? r.Stage <= stage && r.Stage >= SmtpStage.Mail : r.Stage == stage));
            Assert.False(session.IsUsable);
        }
    }

    [Theory]
    [InlineData(ScriptedPeer.Drop, true)]
    [InlineData(ScriptedPeer.Drop, false)]
    [InlineData(ScriptedPeer.Reset, false)]
    [InlineData("garbage", true)]
    [InlineData("354 go ahead", true)]
    public async Task When_the_reply_to_the_content_is_lost_nobody_knows(string answer, bool isChunked)
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Offers = isChunked ? ["CHUNKING"] : [], AnswerContent = _ => answer });
        await using var session = await kit.OpenAsync();

        var result = await session.SendAsync(SmtpClientKit.Transfer(Hello, "b@x.test"), CancellationToken.None);

        Assert.Equal([SmtpStage.Unknown], Stages(result));
        Assert.False(session.IsUsable);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_server_that_answers_in_the_middle_of_the_content_and_reads_no_more_is_heard(bool isChunked)
    {
        foreach (var tls in new[] { PeerTls.NotOffered, PeerTls.Works })
        {
            await using var kit = new SmtpClientKit(new ScriptedPeer { Tls = tls, Offers = isChunked ? ["CHUNKING"] : [], StopsReadingAfter = 20_000 });
            await using var session = await kit.OpenAsync();
            var transfer = SmtpClientKit.Transfer(string.Concat(Enumerable.Repeat("a line of a very large message\r\n", 100_000)), "b@x.test");

            var result = await session.SendAsync(transfer, CancellationToken.None);

            Assert.Equal([(SmtpStage.Content, 552)], result.Recipients.Select(static r => (r.Stage, r.Reply!.Code)));
            Assert.False(session.IsUsable);
        }
    }

    [Fact]
    public async Task A_server_that_stops_reading_without_a_word_costs_a_bounded_time()
    {
        var clock = new FakeTimeProvider();
        await using var kit = new SmtpClientKit(
            new ScriptedPeer { StopsReadingAfter = 20_000, EarlyAnswer = ScriptedPeer.Silence }, clock: clock);
        await using var session = await kit.OpenAsync();
        var transfer = SmtpClientKit.Transfer(string.Concat(Enumerable.Repeat("a line of a very large message\r\n", 100_000)), "b@x.test");

        var sending = session.SendAsync(transfer, CancellationToken.None).AsTask();
        await kit.Server.FellSilent;
        var took = await clock.PassUntilAsync(sending);

        Assert.Equal([SmtpStage.Content], Stages(await sending));
        Assert.InRange(took, TimeSpan.FromMinutes(2.9), TimeSpan.FromMinutes(25)); // three of silence, and what 128 KB have earned at the least rate
    }

    [Fact]
    public async Task The_reply_to_the_content_is_waited_for_ten_minutes()
    {
        var clock = new FakeTimeProvider();
        await using var kit = new SmtpClientKit(new ScriptedPeer { AnswerContent = _ => ScriptedPeer.Silence }, clock: clock);
        await using var session = await kit.OpenAsync();

        var sending = session.SendAsync(SmtpClientKit.Transfer(Hello, "b@x.test"), CancellationToken.None).AsTask();
        await kit.Server.FellSilent;
        var took = await clock.PassUntilAsync(sending);

        Assert.Equal([SmtpStage.Unknown], Stages(await sending));
        Assert.InRange(took, TimeSpan.FromMinutes(9.9), TimeSpan.FromMinutes(20));
    }

    [Fact]
    public async Task Recipients_by_the_hundred_go_in_groups_that_fit_both_directions()
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Tls = PeerTls.Works });
        await using var session = await kit.OpenAsync();
        var recipients = Enumerable.Range(0, 1000).Select(static i => $"recipient-{i}@x.test").ToArray();

        var result = await session.SendAsync(SmtpClientKit.Transfer(Hello, recipients), CancellationToken.None);

        Assert.All(result.Recipients, static r => Assert.Equal(SmtpStage.Taken, r.Stage));
        Assert.Equal(1000, Assert.Single(kit.Server.Received).RcptLines.Count);
    }

    [Fact]
    public async Task Content_of_another_length_than_was_said_is_never_taken_for_whole()
    {
        foreach (var size in new[] { 10, 100 })
        {
            await using var kit = new SmtpClientKit();
            await using var session = await kit.OpenAsync();
            var transfer = SmtpClientKit.Transfer(Hello, "b@x.test") with { Size = size };

            Assert.Equal([SmtpStage.Content], Stages(await session.SendAsync(transfer, CancellationToken.None)));
            Assert.Empty(kit.Server.Received);
        }
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Content_that_cannot_be_read_passes_its_fault_on_and_is_never_taken_for_whole(bool isChunked)
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Offers = isChunked ? ["CHUNKING"] : [] });
        await using var session = await kit.OpenAsync();
        var transfer = SmtpClientKit.Transfer(Hello, "b@x.test") with { OpenContent = static _ => new(new BrokenStream()) };

        await Assert.ThrowsAsync<InvalidDataException>(async () => await session.SendAsync(transfer, CancellationToken.None));

        Assert.False(session.IsUsable);
        await kit.Server.Visits[0].Ended;
        Assert.Empty(kit.Server.Received);
    }

    [Fact]
    public async Task Who_gives_up_hears_how_far_it_came()
    {
        using var giveUp = new CancellationTokenSource();
        await using var kit = new SmtpClientKit(new ScriptedPeer
        {
            AnswerContent = _ =>
            {
                giveUp.Cancel();
                return ScriptedPeer.Silence;
            },
        });
        await using var session = await kit.OpenAsync();
        Assert.Equal([SmtpStage.Unknown], Stages(await session.SendAsync(SmtpClientKit.Transfer(Hello, "b@x.test"), giveUp.Token)));
    }

    private static IEnumerable<SmtpStage> Stages(SmtpTransferResult result) => result.Recipients.Select(static r => r.Stage);

    private sealed class BrokenStream : MemoryStream
    {
        private int _reads;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_reads++ > 2) throw new InvalidDataException("the disk is broken");
            return ValueTask.FromResult(buffer.Length / 2);
        }
    }
}
