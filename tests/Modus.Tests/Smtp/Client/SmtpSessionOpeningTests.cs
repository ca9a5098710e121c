using Microsoft.Extensions.Time.Testing;
using Modus.Protocols.Smtp.Client;
using Modus.Protocols.Smtp;
using Modus.Testing.Smtp;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Smtp.Client;

/// <summary>How sessions come about, and each way in which they do not.</summary>
public sealed class SmtpSessionOpeningTests
{
    [Fact]
    public async Task In_clear_where_TLS_is_not_offered()
    {
        await using var kit = new SmtpClientKit();
        await using var session = await kit.OpenAsync();

        Assert.Equal(("mx.peer.test", null, true, 0), (session.ServerName, session.Tls, session.IsUsable, session.Transactions));
        Assert.Equal((true, 10_000_000L, false), (session.Offer.Has("pipelining"), session.Offer.MaxSize, session.Offer.Has("STARTTLS")));
        Assert.Equal(ScriptedSmtpServer.Anywhere, session.RemoteEndPoint);
        Assert.Equal("192.0.2.7", session.LocalAddress!.ToString());
        await session.QuitAsync(CancellationToken.None);
        Assert.False(session.IsUsable);
        Assert.Equal(["EHLO client.test", "QUIT"], Assert.Single(kit.Server.Visits).Commands);
    }

    [Theory]
    [InlineData(SmtpTlsUse.WhenOffered)]
    [InlineData(SmtpTlsUse.Required)]
    public async Task By_STARTTLS_where_it_is_offered_and_the_offer_is_heard_again(SmtpTlsUse use)
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Tls = PeerTls.Works, OffersInTls = ["REQUIRETLS"] });
        await using var session = await kit.OpenAsync(SmtpClientKit.Hop(use));

        Assert.NotNull(session.Tls);
        Assert.Equal((true, false), (session.Offer.Has("REQUIRETLS"), session.Offer.Has("STARTTLS")));
        var visit = Assert.Single(kit.Server.Visits);
        Assert.Equal(["EHLO client.test", "STARTTLS", "EHLO client.test"], visit.Commands);
        Assert.Equal("mx.peer.test", visit.ServerName);
    }

    [Fact]
    public async Task In_TLS_from_the_first_byte()
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Tls = PeerTls.Implicit });
        await using var session = await kit.OpenAsync(SmtpClientKit.Hop(SmtpTlsUse.Implicit));

        Assert.NotNull(session.Tls);
        Assert.Equal(["EHLO client.test"], Assert.Single(kit.Server.Visits).Commands);
    }

    [Fact]
    public async Task In_clear_where_TLS_shall_not_be_even_though_it_is_offered()
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Tls = PeerTls.Works });
        await using var session = await kit.OpenAsync(SmtpClientKit.Hop(SmtpTlsUse.Never) with { Handshake = null });
        Assert.Null(session.Tls);
        Assert.True(session.Offer.Has("STARTTLS"));
    }

    [Theory]
    [InlineData(PeerTls.NotOffered, SmtpOpenOutcome.TlsNotOffered)]
    [InlineData(PeerTls.Masked, SmtpOpenOutcome.TlsNotOffered)]
    [InlineData(PeerTls.RefusedForNow, SmtpOpenOutcome.TlsRefused)]
    [InlineData(PeerTls.RefusedForGood, SmtpOpenOutcome.TlsRefused)]
    [InlineData(PeerTls.DropsAtCommand, SmtpOpenOutcome.TlsClosed)]
    [InlineData(PeerTls.DropsInHandshake, SmtpOpenOutcome.TlsClosed)]
    [InlineData(PeerTls.Alerts, SmtpOpenOutcome.TlsAlert)]
    [InlineData(PeerTls.SaysGarbage, SmtpOpenOutcome.TlsAlert)]
    [InlineData(PeerTls.Injects, SmtpOpenOutcome.ProtocolError)]
    [InlineData(PeerTls.ClosesAfterHandshake, SmtpOpenOutcome.BrokenAfterTls)]
    public async Task Each_way_in_which_TLS_fails_is_told_apart(PeerTls conduct, SmtpOpenOutcome outcome)
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Tls = conduct });

        var opening = await kit.Client.OpenAsync(SmtpClientKit.Hop(SmtpTlsUse.Required), CancellationToken.None);

        Assert.Equal((outcome, null), (opening.Outcome, opening.Session));
        Assert.NotEqual("", opening.Reason);
        Assert.Equal(outcome == SmtpOpenOutcome.TlsRefused, opening.Reply is not null);
        Assert.DoesNotContain(Assert.Single(kit.Server.Visits).Commands, static said => said.StartsWith("MAIL", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(PeerTls.HangsInHandshake, SmtpOpenOutcome.TlsTimedOut, 30)]
    [InlineData(PeerTls.HangsAfterHandshake, SmtpOpenOutcome.BrokenAfterTls, 300)]
    public async Task A_server_that_hangs_around_the_handshake_costs_a_bounded_time(PeerTls conduct, SmtpOpenOutcome outcome, int seconds)
    {
        var clock = new FakeTimeProvider();
        await using var kit = new SmtpClientKit(new ScriptedPeer { Tls = conduct }, clock: clock);

        var opening = kit.Client.OpenAsync(SmtpClientKit.Hop(SmtpTlsUse.Required), CancellationToken.None).AsTask();
        await kit.Server.FellSilent;
        var took = await clock.PassUntilAsync(opening);

        Assert.Equal(outcome, (await opening).Outcome);
        Assert.InRange(took.TotalSeconds, seconds - 1, 2 * seconds);
    }

    [Fact]
    public async Task A_masked_keyword_is_said_to_be_one()
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Tls = PeerTls.Masked });
        var opening = await kit.Client.OpenAsync(SmtpClientKit.Hop(SmtpTlsUse.Required), CancellationToken.None);
        Assert.Contains("written over", opening.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_certificate_that_is_not_the_wanted_one_ends_it_with_the_fault()
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Tls = PeerTls.Works });
        var hop = SmtpClientKit.Hop() with { Handshake = SmtpClientKit.AnyTls with { Verification = new TlsVerification.Pin([new string('0', 64)]) } };

        var opening = await kit.Client.OpenAsync(hop, CancellationToken.None);

        Assert.Equal((SmtpOpenOutcome.TlsNotVerified, TlsFaultType.ValidationFailure), (opening.Outcome, opening.Tls!.Fault));
        Assert.DoesNotContain("EHLO", Assert.Single(kit.Server.Visits).Lines[^1], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("554 5.7.1 not you", SmtpOpenOutcome.Refused)]
    [InlineData("421 4.3.2 not now", SmtpOpenOutcome.Refused)]
    [InlineData(ScriptedPeer.Drop, SmtpOpenOutcome.NotGreeted)]
    [InlineData(ScriptedPeer.Reset, SmtpOpenOutcome.NotGreeted)]
    [InlineData("SSH-2.0-OpenSSH_9.2", SmtpOpenOutcome.ProtocolError)]
    [InlineData("+OK POP3", SmtpOpenOutcome.ProtocolError)]
    [InlineData("199 too low", SmtpOpenOutcome.ProtocolError)]
    [InlineData(ScriptedPeer.EndlessLine, SmtpOpenOutcome.ProtocolError)]
    [InlineData(ScriptedPeer.EndlessLines, SmtpOpenOutcome.ProtocolError)]
    public async Task A_greeting_that_is_none_is_told_apart(string greeting, SmtpOpenOutcome outcome)
    {
        var clock = new FakeTimeProvider();
        await using var kit = new SmtpClientKit(new ScriptedPeer { Greeting = greeting }, clock: clock);
        var opening = kit.Client.OpenAsync(SmtpClientKit.Hop(), CancellationToken.None).AsTask();
        await clock.PassUntilAsync(opening); // only a line without an end needs it
        Assert.Equal(outcome == SmtpOpenOutcome.ProtocolError && greeting == ScriptedPeer.EndlessLine ? SmtpOpenOutcome.NotGreeted : outcome, (await opening).Outcome);
    }

    [Fact]
    public async Task A_server_without_EHLO_is_greeted_with_HELO()
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Answer = static said => said.Verb == "EHLO" ? "502 what?" : null });
        await using var session = await kit.OpenAsync();
        Assert.Empty(session.Offer.Extensions);
        Assert.Equal(["EHLO client.test", "HELO client.test"], Assert.Single(kit.Server.Visits).Commands);
    }

    [Fact]
    public async Task A_refused_EHLO_is_a_refusal()
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Answer = static said => said.Verb == "EHLO" ? "554 5.7.1 bad name" : null });
        var opening = await kit.Client.OpenAsync(SmtpClientKit.Hop(), CancellationToken.None);
        Assert.Equal((SmtpOpenOutcome.Refused, "554 5.7.1 bad name"), (opening.Outcome, opening.Reply!.ToString()));
        Assert.Equal("QUIT", Assert.Single(kit.Server.Visits).Commands[^1]);
    }

    [Theory]
    [InlineData(PeerDoor.Refused)]
    [InlineData(PeerDoor.Silent)]
    public async Task Where_nobody_answers_it_is_unreachable(PeerDoor door)
    {
        var clock = new FakeTimeProvider();
        await using var kit = new SmtpClientKit(new ScriptedPeer { Door = door }, clock: clock);
        var opening = kit.Client.OpenAsync(SmtpClientKit.Hop(), CancellationToken.None).AsTask();
        await clock.PassUntilAsync(opening);
        Assert.Equal(SmtpOpenOutcome.Unreachable, (await opening).Outcome);
    }

    [Fact]
    public async Task A_silent_server_is_waited_for_five_minutes()
    {
        var clock = new FakeTimeProvider();
        await using var kit = new SmtpClientKit(new ScriptedPeer { Greeting = ScriptedPeer.Silence }, clock: clock);
        var opening = kit.Client.OpenAsync(SmtpClientKit.Hop(), CancellationToken.None).AsTask();
        await kit.Server.FellSilent;
        var took = await clock.PassUntilAsync(opening);
        Assert.Equal(SmtpOpenOutcome.NotGreeted, (await opening).Outcome);
        Assert.InRange(took, TimeSpan.FromMinutes(4.9), TimeSpan.FromMinutes(10));
    }

    [Fact]
    public async Task A_server_that_drips_cannot_stretch_the_time()
    {
        var clock = new FakeTimeProvider();
        var peer = new ScriptedPeer { Greeting = "220 " + new string('x', 500), IsDripping = true, DripPause = TimeSpan.FromSeconds(10) };
        await using var kit = new SmtpClientKit(peer, clock: clock);
        var opening = kit.Client.OpenAsync(SmtpClientKit.Hop(), CancellationToken.None).AsTask();
        var took = await clock.PassUntilAsync(opening);
        Assert.Equal(SmtpOpenOutcome.NotGreeted, (await opening).Outcome);
        Assert.InRange(took, TimeSpan.FromMinutes(5), TimeSpan.FromMinutes(20)); // the whole greeting would take 83
    }

    [Fact]
    public async Task Replies_byte_by_byte_are_replies()
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Tls = PeerTls.Works, IsDripping = true });
        await using var session = await kit.OpenAsync();
        Assert.NotNull(session.Tls);
        Assert.True(session.Offer.Has("CHUNKING"));
    }

    [Fact]
    public async Task Who_gives_up_gets_the_exception_and_the_connection_is_closed()
    {
        await using var kit = new SmtpClientKit(new ScriptedPeer { Greeting = ScriptedPeer.Silence });
        using var giveUp = new CancellationTokenSource();
        var opening = kit.Client.OpenAsync(SmtpClientKit.Hop(), giveUp.Token).AsTask();
        await giveUp.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => opening);
    }

    [Fact]
    public async Task A_handshake_that_is_not_given_is_a_fault_of_the_caller()
    {
        await using var kit = new SmtpClientKit();
        await Assert.ThrowsAsync<ArgumentException>(async () =>
            await kit.Client.OpenAsync(SmtpClientKit.Hop() with { Handshake = null }, CancellationToken.None));
    }
}
