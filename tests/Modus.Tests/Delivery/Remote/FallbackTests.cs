using Modus.Delivery.OutboundTls;
using Modus.Delivery.Queue;
using Modus.Delivery.Remote;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp.Client;
using Modus.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Delivery.Remote;

/// <summary>TLS first, clear when it breaks, and what is remembered of it (S11 to S14, S33).</summary>
public sealed class FallbackTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<SmtpOpenOutcome, TlsBreak> Breaks => new()
    {
        { SmtpOpenOutcome.TlsRefused, TlsBreak.Refused },
        { SmtpOpenOutcome.TlsAlert, TlsBreak.Alert },
        { SmtpOpenOutcome.TlsClosed, TlsBreak.Closed },
        { SmtpOpenOutcome.TlsTimedOut, TlsBreak.TimedOut },
        { SmtpOpenOutcome.BrokenAfterTls, TlsBreak.Afterwards },
    };

    [Fact]
    public async Task S11_S33_and_S54_TLS_is_used_when_offered_without_a_certificate_of_our_own_or_a_name_in_theirs()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.Names = [];

        var end = await room.SendAsync();

        Assert.Equal((QueueVerdict.Delivered, 1, 1), (end.Verdict, room.Mx1.Connections, room.Mx1.TlsTries));
        var hop = Assert.Single(room.Mx1.Hops);
        Assert.Null(hop.Handshake!.ClientCertificate);
        Assert.Equal("mx1.example.com", hop.Handshake.ServerName); // S6: SNI is the MX host's name
        Assert.Equal(("TLS1.3", "x25519", "not", "opportunistic"), (end.Receipt!.Protocol, end.Receipt.Group, end.Receipt.Verified, end.Receipt.Policy));
        Assert.Equal(HopState.Tls, (await room.RememberedAsync())!.State);
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task S12_when_TLS_breaks_it_comes_again_on_a_new_connection_in_clear(SmtpOpenOutcome failure, TlsBreak remembered)
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.TlsFails = failure;

        var end = await room.SendAsync();

        Assert.Equal((QueueVerdict.Delivered, 2, 1), (end.Verdict, room.Mx1.Connections, room.Mx1.TlsTries));
        Assert.False(Assert.Single(room.Mx1.Taken).Encrypted);
        Assert.Null(end.Receipt!.Protocol);
        Assert.Contains("in clear", end.Text, StringComparison.Ordinal);
        var memory = await room.RememberedAsync();
        Assert.Equal((HopState.Broken, remembered, room.Clock.GetUtcNow() + TimeSpan.FromHours(1)), (memory!.State, memory.Break, memory.BrokenUntil));
    }

    [Fact]
    public async Task S12_TLS_that_is_not_offered_costs_no_second_connection_and_is_never_avoided()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.OffersTls = false;

        await room.SendAsync();
        Assert.Equal((1, 0), (room.Mx1.Connections, room.Mx1.TlsTries));
        Assert.Equal(HopState.NoOffer, (await room.RememberedAsync())!.State);

        // The session is still kept and in clear; the next one that is opened asks again.
        room.Mx1.OffersTls = true;
        room.Clock.Advance(TimeSpan.FromMinutes(1));
        var end = await room.SendAsync();
        Assert.Equal((2, 1), (room.Mx1.Connections, room.Mx1.TlsTries));
        Assert.NotNull(end.Receipt!.Protocol);
    }

    [Fact]
    public async Task S12_a_host_that_went_away_altogether_is_not_remembered_as_broken()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.TlsFails = SmtpOpenOutcome.TlsTimedOut;
        room.Mx1.Pace = static _ => Task.CompletedTask;
        room.Mx1.Greeting = null;
        room.Mx2.IsDown = true;
        room.Rules.Add(new PeerRule { Name = "p", MxPattern = "mx1.example.com", Level = PeerLevel.Encrypt });

        var end = await room.SendAsync();

        Assert.Equal((QueueVerdict.Deferred, 1), (end.Verdict, room.Mx1.Connections)); // forced: no second connection
        Assert.Null(await room.RememberedAsync());
    }

    [Theory]
    [InlineData("rule")]
    [InlineData("dane")]
    [InlineData("sts")]
    [InlineData("requiretls")]
    [InlineData("login")]
    public async Task S12_nothing_falls_back_where_a_policy_forbids_it(string policy)
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx2.IsDown = true;
        room.Mx1.TlsFails = SmtpOpenOutcome.TlsAlert;
        Func<Envelope, Envelope>? change = null;
        switch (policy)
        {
            case "rule":
                room.Rules.Add(new PeerRule { Name = "p", Domain = "example.com", Level = PeerLevel.Encrypt });
                break;
            case "dane":
                room.Dane = new DaneVerdict(DaneKind.Verify, [new TlsaRecord(3, 1, 1, new byte[] { 0xaa })], ["mx1.example.com"], "TLSA");
                break;
            case "sts":
                room.Sts = new StsPolicy("1", StsMode.Enforce, ["*.example.com"], TimeSpan.FromDays(1), []);
                break;
            case "requiretls":
                room.Dns.Mx("example.com", isSecure: true, (10, "mx1.example.com"));
                change = static envelope => envelope with { Tls = TlsDemand.Required };
                break;
            default:
                room.Secrets["/p"] = "secret";
                await room.Routes.SetAsync(new MailRoute { Domain = "example.com", Hosts = ["mx1.example.com:25"], Login = "us", PasswordFile = "/p" }, "test", Cancel);
                break;
        }

        var end = await room.SendAsync(change);

        Assert.Empty(room.Mx1.Taken);
        Assert.Equal(1, room.Mx1.Connections);
        Assert.Equal(policy == "requiretls" ? QueueVerdict.Failed : QueueVerdict.Deferred, end.Verdict);
        Assert.Equal(policy == "requiretls" ? "5.7.10" : "4.7.10", $"{end.Status}");
        Assert.Null(await room.RememberedAsync());
    }

    [Fact]
    public async Task S13_a_remembered_break_costs_one_connection_and_no_STARTTLS_until_it_expires()
    {
        await using var room = await OutboundRoom.OpenAsync(static options => options with { TransactionsPerConnection = 1 });
        room.Mx1.TlsFails = SmtpOpenOutcome.TlsClosed;
        await room.SendAsync();
        Assert.Equal((2, 1), (room.Mx1.Connections, room.Mx1.TlsTries));

        room.Clock.Advance(TimeSpan.FromMinutes(59));
        var end = await room.SendAsync();
        Assert.Equal((QueueVerdict.Delivered, 3, 1), (end.Verdict, room.Mx1.Connections, room.Mx1.TlsTries));
        Assert.Contains("not tried again before", end.Text, StringComparison.Ordinal);

        room.Clock.Advance(TimeSpan.FromMinutes(2));
        room.Mx1.TlsFails = null;
        Assert.NotNull((await room.SendAsync()).Receipt!.Protocol);
        Assert.Equal((4, 2), (room.Mx1.Connections, room.Mx1.TlsTries));
        Assert.Equal(HopState.Tls, (await room.RememberedAsync())!.State);
    }

    [Fact]
    public async Task S13_the_memory_survives_a_restart()
    {
        var folder = System.IO.Directory.CreateTempSubdirectory("modus-ledger-").FullName;
        try
        {
            await using (var before = await OutboundRoom.OpenAsync(folder: folder))
            {
                before.Mx1.TlsFails = SmtpOpenOutcome.TlsClosed;
                await before.SendAsync();
            }

            await using var after = await OutboundRoom.OpenAsync(folder: folder);
            after.Mx1.TlsFails = SmtpOpenOutcome.TlsClosed;
            await after.SendAsync();
            Assert.Equal((1, 0), (after.Mx1.Connections, after.Mx1.TlsTries));
        }
        finally
        {
            System.IO.Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task S13_each_further_break_is_remembered_twice_as_long_up_to_a_week()
    {
        await using var room = await OutboundRoom.OpenAsync(static options => options with { TransactionsPerConnection = 1 });
        room.Mx1.TlsFails = SmtpOpenOutcome.TlsAlert;
        var hours = new List<double>();
        for (var n = 0; n < 10; n++)
        {
            await room.SendAsync();
            var memory = await room.RememberedAsync();
            hours.Add((memory!.BrokenUntil!.Value - room.Clock.GetUtcNow()).TotalHours);
            room.Clock.SetUtcNow(memory.BrokenUntil.Value);
        }

        Assert.Equal([1, 2, 4, 8, 16, 32, 64, 128, 168, 168], hours);
    }

    [Fact]
    public async Task S14_a_host_that_asks_for_TLS_in_clear_gets_it_in_the_same_run()
    {
        await using var room = await OutboundRoom.OpenAsync(static options => options with { TransactionsPerConnection = 1 });
        room.Mx1.TlsFails = SmtpOpenOutcome.TlsAlert;
        await room.SendAsync();
        room.Mx1.TlsFails = null;
        room.Mx1.InClear = FakeReplies.MustStartTls;

        var end = await room.SendAsync();

        Assert.Equal(QueueVerdict.Delivered, end.Verdict);
        Assert.NotNull(end.Receipt!.Protocol);
        Assert.Equal(4, room.Mx1.Connections); // two of the first message, one in clear, one in TLS
        Assert.Equal(HopState.Tls, (await room.RememberedAsync())!.State);
    }

    [Theory]
    [InlineData(530, 0, 0, "Must issue a STARTTLS command first")]
    [InlineData(550, 7, 10, "Encryption needed")]
    [InlineData(451, 7, 10, "Encryption needed")]
    [InlineData(554, 7, 1, "Please use STARTTLS")]
    public void S14_the_ways_in_which_hosts_ask_for_TLS_are_known(int code, short subject, short detail, string text) =>
        Assert.True(ReplyJudgement.AsksForTls(new(code, new((byte)(subject == 0 ? 0 : code / 100), subject, detail), text)));

    [Fact]
    public async Task S14_a_host_that_asks_for_TLS_which_is_still_broken_makes_the_message_wait_and_not_bounce()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx2.IsDown = true;
        room.Mx1.TlsFails = SmtpOpenOutcome.TlsAlert;
        room.Mx1.InClear = FakeReplies.MustStartTls;

        var end = await room.SendAsync();

        Assert.Equal((QueueVerdict.Deferred, "4.7.10"), (end.Verdict, $"{end.Status}"));
        Assert.Equal(3, room.Mx1.Connections); // TLS, clear, TLS once more; no end without an end
        Assert.Equal(HopState.Unknown, (await room.RememberedAsync())!.State); // the next attempt tries TLS at once
    }

    [Fact]
    public async Task S14_a_security_refusal_in_clear_by_memory_is_not_taken_for_the_last_word()
    {
        await using var room = await OutboundRoom.OpenAsync(static options => options with { TransactionsPerConnection = 1 });
        room.Mx1.TlsFails = SmtpOpenOutcome.TlsAlert;
        await room.SendAsync();
        room.Mx1.TlsFails = null;
        room.Mx1.InClear = new(554, new(5, 7, 1), "Policy");

        var end = await room.SendAsync();

        Assert.Equal(QueueVerdict.Delivered, end.Verdict);
        Assert.NotNull(end.Receipt!.Protocol);
    }

    [Fact]
    public async Task S14_no_message_waits_longer_than_one_retry_on_a_wrong_memory()
    {
        await using var room = await OutboundRoom.OpenAsync(static options => options with { TransactionsPerConnection = 1 });
        room.Mx2.IsDown = true;
        room.Mx1.TlsFails = SmtpOpenOutcome.TlsAlert;
        await room.SendAsync();

        // Now it speaks TLS again, and in clear it only ever says something that nobody understands.
        room.Mx1.TlsFails = null;
        room.Mx1.InClear = new(450, new(4, 3, 0), "Not now");
        Assert.Equal(QueueVerdict.Deferred, (await room.SendAsync()).Verdict);
        Assert.Equal(QueueVerdict.Delivered, (await room.SendAsync()).Verdict);
    }

    [Fact]
    public async Task S14_when_a_break_expires_one_connection_of_many_finds_out()
    {
        await using var room = await OutboundRoom.OpenAsync(static options => options with { TransactionsPerConnection = 1 });
        room.Mx1.TlsFails = SmtpOpenOutcome.TlsAlert;
        await room.SendAsync();
        room.Clock.Advance(TimeSpan.FromHours(2));

        var probe = await room.Ledger.LookAsync("mx1.example.com:25", Cancel);
        var others = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => room.SendAsync()));
        Assert.True(probe.IsProbe);
        Assert.Equal(1, room.Mx1.TlsTries); // that of the first message
        Assert.All(others, static end => Assert.Equal(QueueVerdict.Delivered, end.Verdict));

        room.Ledger.Release("mx1.example.com:25", probe);
        await room.SendAsync();
        Assert.Equal(2, room.Mx1.TlsTries);
    }

    [Theory]
    [InlineData(TlsDowngrade.Report, QueueVerdict.Delivered, true)]
    [InlineData(TlsDowngrade.Allow, QueueVerdict.Delivered, false)]
    [InlineData(TlsDowngrade.Hold, QueueVerdict.Held, true)]
    public async Task A_host_that_spoke_TLS_on_three_days_and_does_not_is_an_alarm(TlsDowngrade downgrade, QueueVerdict verdict, bool alarm)
    {
        await using var room = await OutboundRoom.OpenAsync(options => options with { Downgrade = downgrade });
        room.Mx2.IsDown = true;
        for (var day = 0; day < 3; day++)
        {
            Assert.NotNull((await room.SendAsync()).Receipt!.Protocol);
            room.Clock.Advance(TimeSpan.FromDays(1));
        }

        room.Mx1.OffersTls = false;
        var end = await room.SendAsync();

        Assert.Equal(verdict, end.Verdict);
        Assert.Equal(alarm, room.Log.Warnings.Any(static line => line.Contains("DOWNGRADE", StringComparison.Ordinal)));
        Assert.Equal(downgrade == TlsDowngrade.Report, end.Text.Contains("ALARM", StringComparison.Ordinal));
        Assert.Equal(alarm, (await room.RememberedAsync())!.DowngradedAt is not null);
        Assert.Equal(alarm, room.Sensor.Find().Any(static one => one is { Kind: TamperKind.VanishedOffer, Place: "mx1.example.com:25" }));
    }

    [Fact]
    public async Task A_host_that_spoke_TLS_a_moment_ago_gets_nothing_in_clear_for_one_broken_handshake()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx2.IsDown = true;
        await room.SendAsync();
        (room.Mx1.TlsFails, room.Mx1.ClosesIdle) = (SmtpOpenOutcome.TlsClosed, true);

        var end = await room.SendAsync();
        Assert.Equal((QueueVerdict.Deferred, "4.4.2", HopState.Tls), (end.Verdict, $"{end.Status}", (await room.RememberedAsync())!.State));
        Assert.Contains("does not go in clear", end.Text, StringComparison.Ordinal);

        room.Clock.Advance(TimeSpan.FromMinutes(5));
        Assert.Equal((QueueVerdict.Delivered, null), ((await room.SendAsync()).Verdict, room.Mx1.Taken.Last().Encrypted ? "TLS" : null));
        Assert.Equal(HopState.Broken, (await room.RememberedAsync())!.State);
    }

    [Fact]
    public async Task Handshakes_that_break_side_by_side_count_once()
    {
        await using var room = await OutboundRoom.OpenAsync();
        for (var n = 0; n < 20; n++) await room.Ledger.OnBrokenAsync("mx1.example.com:25", TlsBreak.Closed, "closed", Cancel);
        Assert.Equal((1, room.Clock.GetUtcNow() + TimeSpan.FromHours(1)), ((await room.RememberedAsync())!.Breaks, (await room.RememberedAsync())!.BrokenUntil));

        room.Clock.Advance(TimeSpan.FromHours(1));
        await room.Ledger.OnBrokenAsync("mx1.example.com:25", TlsBreak.Closed, "closed", Cancel);
        Assert.Equal((2, room.Clock.GetUtcNow() + TimeSpan.FromHours(2)), ((await room.RememberedAsync())!.Breaks, (await room.RememberedAsync())!.BrokenUntil));
    }

    // RFC 7672 §8.1: a server that has several certificates shows that of the records.
    [Fact]
    public async Task The_name_that_is_asked_for_is_the_TLSA_base_domain()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Dane = new DaneVerdict(DaneKind.Verify, [new TlsaRecord(3, 1, 1, new byte[] { 0xaa })], ["real.example.com", "mx1.example.com"], "TLSA");
        await room.SendAsync();
        Assert.Equal("real.example.com", Assert.Single(room.Mx1.Hops).Handshake!.ServerName);
    }

    [Fact]
    public async Task A_host_that_closes_one_connection_more_while_it_serves_others_is_not_down()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx2.IsDown = true;
        await room.SendAsync();
        room.Mx1.IsDown = true;
        room.Rules.Add(new PeerRule { Name = "partner", Domain = "example.com", Directions = PeerDirections.Out, Level = PeerLevel.Encrypt });

        var outcome = await room.DeliverAsync(["c@example.com"]); // other terms: not over the session that waits

        Assert.Equal((QueueVerdict.Deferred, null), (Assert.Single(outcome.Ends).Verdict, outcome.Down));
        Assert.False(room.Health.IsDown(room.Mx1.EndPoint, out _));
    }

    [Fact]
    public void What_a_person_wants_tried_now_is_tried_and_still_counts_as_put_off()
    {
        var health = new HopHealth(new QueueOptions(), TimeProvider.System);
        var destination = new Destination(Modus.Mail.Addresses.Domain.Parse("example.com"), null);
        health.SetDown(destination, new HopFault(new(4, 4, 1), "down"));
        health.Lift();
        Assert.False(health.IsDown(destination, out _));
        Assert.True(health.SetUp(destination));
        Assert.False(health.SetUp(destination));
    }

    [Fact]
    public async Task A_host_that_spoke_TLS_on_two_days_is_no_alarm()
    {
        await using var room = await OutboundRoom.OpenAsync(static options => options with { Downgrade = TlsDowngrade.Hold });
        await room.SendAsync();
        await room.SendAsync();
        room.Clock.Advance(TimeSpan.FromDays(1));
        await room.SendAsync();
        room.Clock.Advance(TimeSpan.FromDays(1));
        room.Mx1.OffersTls = false;

        Assert.Equal(QueueVerdict.Delivered, (await room.SendAsync()).Verdict);
        Assert.Empty(room.Log.Warnings);
    }

    [Fact]
    public async Task A_pinned_key_admits_no_other()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx2.IsDown = true;
        await room.Ledger.PinAsync("mx1.example.com:25", "bb", Cancel);

        Assert.Equal((QueueVerdict.Deferred, "4.7.10"), ((await room.SendAsync()).Verdict, $"{(await room.SendAsync()).Status}"));
        room.Mx1.Key = "bb";
        var end = await room.SendAsync();
        Assert.Equal((QueueVerdict.Delivered, "pin", "pinned key"), (end.Verdict, end.Receipt!.Verified, end.Receipt.Policy));
    }

    [Fact]
    public async Task MTA_STS_in_testing_reports_what_fails_and_delivers()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Sts = new StsPolicy("1", StsMode.Testing, ["*.example.com"], TimeSpan.FromDays(1), []);
        room.Mx1.Names = ["other.test"];

        var end = await room.SendAsync();

        Assert.Equal(QueueVerdict.Delivered, end.Verdict);
        Assert.True(Assert.Single(room.Mx1.Taken).Encrypted);
        Assert.Equal(["certificate-host-mismatch", null], room.Tries.Select(static attempt => attempt.ResultType));
    }

    [Fact]
    public async Task A_backup_host_that_does_what_the_policy_wants_is_used()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Sts = new StsPolicy("1", StsMode.Enforce, ["mx2.example.com"], TimeSpan.FromDays(1), []);

        var end = await room.SendAsync();

        Assert.Equal((QueueVerdict.Delivered, "webpki", "mta-sts"), (end.Verdict, end.Receipt!.Verified, end.Receipt.Policy));
        Assert.Equal((0, 1), (room.Mx1.Connections, room.Mx2.Connections));
        Assert.Equal("validation-failure", room.Tries.First().ResultType);
    }

    [Fact]
    public async Task REQUIRETLS_that_no_host_promises_fails_with_its_own_code()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Dns.Mx("example.com", isSecure: true, (10, "mx1.example.com"), (20, "mx2.example.com"));

        var end = await room.SendAsync(static envelope => envelope with { Tls = TlsDemand.Required });
        Assert.Equal((QueueVerdict.Failed, "5.7.30"), (end.Verdict, $"{end.Status}"));

        room.Mx2.Extensions["REQUIRETLS"] = "";
        end = await room.SendAsync(static envelope => envelope with { Tls = TlsDemand.Required });
        Assert.Equal((QueueVerdict.Delivered, "requiretls"), (end.Verdict, end.Receipt!.Policy));
        Assert.Equal(TlsDemand.Required, Assert.Single(room.Mx2.Taken).Envelope.Tls);
    }

    [Fact]
    public async Task A_notice_about_REQUIRETLS_never_goes_in_clear()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.OffersTls = false;
        room.Mx2.TlsFails = SmtpOpenOutcome.TlsAlert;

        var end = await room.SendAsync(static envelope => envelope with { Tls = TlsDemand.Required, ReversePath = default });

        Assert.Equal((QueueVerdict.Deferred, "4.7.10"), (end.Verdict, $"{end.Status}"));
        Assert.Empty(room.Mx1.Taken.Concat(room.Mx2.Taken));
    }

    [Fact]
    public async Task A_notice_is_not_lost_over_REQUIRETLS()
    {
        await using var room = await OutboundRoom.OpenAsync();

        var end = await room.SendAsync(static envelope => envelope with { Tls = TlsDemand.Required, ReversePath = default });

        Assert.Equal(QueueVerdict.Delivered, end.Verdict);
        Assert.Equal((TlsDemand.None, true), (Assert.Single(room.Mx1.Taken).Envelope.Tls, room.Mx1.Taken.Single().Encrypted));
    }
}
