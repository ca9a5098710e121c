using System.Net;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.Queue;
using Modus.Delivery.Remote;
using Modus.Delivery.Vpn;
using Modus.Storage;
using Modus.Testing.Smtp;
using Modus.Tests.Smtp.Client;
using Modus.Tests.Storage.Embedded;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Delivery.Remote;

/// <summary>
/// The whole way out, from the queue over our own SMTP and TLS, against a server that lies in every way there is. Time is a fake clock.
/// </summary>
public sealed class LyingPeerTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static TheoryData<PeerTls, TlsBreak> Breaks => new()
    {
        { PeerTls.RefusedForNow, TlsBreak.Refused },
        { PeerTls.RefusedForGood, TlsBreak.Refused },
        { PeerTls.DropsAtCommand, TlsBreak.Closed },
        { PeerTls.DropsInHandshake, TlsBreak.Closed },
        { PeerTls.HangsInHandshake, TlsBreak.TimedOut },
        { PeerTls.Alerts, TlsBreak.Alert },
        { PeerTls.SaysGarbage, TlsBreak.Alert },
        { PeerTls.ClosesAfterHandshake, TlsBreak.Afterwards },
        { PeerTls.HangsAfterHandshake, TlsBreak.Afterwards },
    };

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task S12_and_S13_however_TLS_breaks_the_mail_goes_in_clear_and_the_next_one_on_one_connection(PeerTls conduct, TlsBreak remembered)
    {
        await using var world = await World.NewAsync((_, _) => new ScriptedPeer { Tls = conduct });

        var end = await world.SendAsync();
        Assert.True(end.Verdict == QueueVerdict.Delivered, end.Text);
        Assert.Equal((2, 1), (world.Servers.Tried, Count(world, "STARTTLS")));
        Assert.False(Assert.Single(world.Servers.Received).IsEncrypted);
        Assert.Equal((HopState.Broken, remembered), ((await world.Room.RememberedAsync())!.State, (await world.Room.RememberedAsync())!.Break));

        world.Room.Clock.Advance(TimeSpan.FromMinutes(10)); // the session that was kept is closed by then
        end = await world.SendAsync();
        Assert.Equal((QueueVerdict.Delivered, 3, 1), (end.Verdict, world.Servers.Tried, Count(world, "STARTTLS")));
    }

    [Theory]
    [MemberData(nameof(Breaks))]
    public async Task S16_however_TLS_breaks_a_forced_peer_sees_no_MAIL_in_clear(PeerTls conduct, TlsBreak remembered)
    {
        _ = remembered;
        await using var world = await World.NewAsync((_, _) => new ScriptedPeer { Tls = conduct });
        world.Room.Rules.Add(new PeerRule { Name = "p", Domain = "example.com", Level = PeerLevel.Encrypt });

        var end = await world.SendAsync();

        Assert.Equal((QueueVerdict.Deferred, "4.7.10"), (end.Verdict, $"{end.Status}"));
        Assert.Equal(2, world.Servers.Tried); // each host once
        Assert.Equal(0, Count(world, "MAIL"));
    }

    [Theory]
    [InlineData(PeerTls.NotOffered)]
    [InlineData(PeerTls.Masked)]
    public async Task S16_and_S57_a_forced_address_that_does_not_offer_TLS_gets_nothing(PeerTls conduct)
    {
        await using var world = await World.NewAsync((_, _) => new ScriptedPeer { Tls = conduct });
        world.Room.Rules.Add(new PeerRule { Name = "p", Network = IPNetwork.Parse("192.0.2.0/24"), Level = PeerLevel.Encrypt });

        var end = await world.SendAsync();

        Assert.Equal((QueueVerdict.Deferred, "4.7.10", 0), (end.Verdict, $"{end.Status}", Count(world, "MAIL")));
    }

    [Fact]
    public async Task S12_TLS_that_is_not_offered_goes_in_clear_on_one_connection()
    {
        await using var world = await World.NewAsync(static (_, _) => new ScriptedPeer { Tls = PeerTls.NotOffered });
        var end = await world.SendAsync();
        Assert.Equal((QueueVerdict.Delivered, 1), (end.Verdict, world.Servers.Tried));
        Assert.Equal(HopState.NoOffer, (await world.Room.RememberedAsync())!.State);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task S82_an_offer_that_is_masked_is_tampering_whether_TLS_is_forced_or_not(bool isForced)
    {
        await using var world = await World.NewAsync(static (_, _) => new ScriptedPeer { Tls = PeerTls.Masked });
        if (isForced) world.Room.Rules.Add(new PeerRule { Name = "p", Domain = "example.com", Level = PeerLevel.Encrypt });

        var end = await world.SendAsync();

        Assert.Equal(isForced ? QueueVerdict.Deferred : QueueVerdict.Delivered, end.Verdict);
        var found = world.Room.Sensor.Find();
        Assert.All(found, static one => Assert.Equal(TamperKind.MaskedOffer, one.Kind));
        Assert.Contains(found, static one => one.Place == "mx1.example.com:25");
    }

    [Theory]
    [InlineData(PeerTls.DropsInHandshake, true)]
    [InlineData(PeerTls.SaysGarbage, true)]
    [InlineData(PeerTls.Works, false)]
    public async Task S82_a_handshake_that_is_cut_is_tampering_where_there_always_was_one(PeerTls conduct, bool isTold)
    {
        var now = PeerTls.Works;
        await using var world = await World.NewAsync((_, _) => new ScriptedPeer { Tls = now });
        for (var day = 0; day < 3; day++)
        {
            await world.SendAsync();
            world.Room.Clock.Advance(TimeSpan.FromDays(1));
        }

        now = conduct;
        await world.SendAsync();

        Assert.Equal(isTold, world.Room.Sensor.Find().Any(static one => one is { Kind: TamperKind.CutHandshake, Place: "mx1.example.com:25" }));
    }

    [Fact]
    public async Task S82_the_issuer_of_a_certificate_is_remembered()
    {
        await using var world = await World.NewAsync(static (_, _) => new ScriptedPeer { Tls = PeerTls.Works });
        await world.SendAsync();

        var record = await world.Room.RememberedAsync();
        Assert.StartsWith("CN=", record!.Issuer, StringComparison.Ordinal);
        Assert.NotNull(record.IssuerSince);
    }

    [Fact]
    public async Task S11_TLS_that_works_is_used_and_the_receipt_says_how()
    {
        await using var world = await World.NewAsync(static (_, _) => new ScriptedPeer { Tls = PeerTls.Works });
        var end = await world.SendAsync();
        Assert.True(Assert.Single(world.Servers.Received).IsEncrypted);
        Assert.Equal("mx1.example.com", world.Servers.Visits[0].ServerName);
        Assert.Null(world.Servers.Visits[0].ClientCertificate);
        Assert.Equal(("TLS1.3", "not", "opportunistic", 64), (end.Receipt!.Protocol, end.Receipt.Verified, end.Receipt.Policy, end.Receipt.PeerKey!.Length));
    }

    [Fact]
    public async Task S48_A_server_that_is_not_Modus_is_a_partner_of_the_VPN_by_its_key_alone()
    {
        await using var world = await World.NewAsync(static (_, _) => new ScriptedPeer { Tls = PeerTls.Works });
        var key = (await world.SendAsync()).Receipt!.PeerKey!;
        var partner = new VpnPartner { Name = "postfix", Domains = ["example.com"], Addresses = ["192.0.2.1"], Keys = [key], Since = world.Room.Clock.GetUtcNow() };
        world.Room.Rules.AddRange(partner.ToRules());
        var end = await world.SendAsync();
        Assert.Equal(("pin", world.Room.Rules[0].Name), (end.Receipt!.Verified, end.Receipt.Policy["peer rule ".Length..]));

        world.Room.Rules.Clear();
        world.Room.Rules.AddRange((partner with { Keys = [new string('0', 64)] }).ToRules());
        end = await world.SendAsync();
        Assert.Equal((QueueVerdict.Deferred, "4.7.10", 2), (end.Verdict, $"{end.Status}", world.Servers.Received.Count));
    }

    [Theory]
    [InlineData(PeerTls.NotOffered)]
    [InlineData(PeerTls.Alerts)]
    public async Task S48_A_partner_whose_TLS_is_taken_away_gets_nothing_in_clear(PeerTls conduct)
    {
        await using var world = await World.NewAsync((_, _) => new ScriptedPeer { Tls = conduct });
        world.Room.Rules.AddRange(new VpnPartner
        {
            Name = "postfix", Domains = ["example.com"], Addresses = [], Keys = [new string('a', 64)], Since = world.Room.Clock.GetUtcNow(),
        }.ToRules());

        var end = await world.SendAsync();

        Assert.Equal((QueueVerdict.Deferred, "4.7.10", 0), (end.Verdict, $"{end.Status}", Count(world, "MAIL")));
    }

    [Fact]
    public async Task Verified_by_a_pin_the_right_key_passes_and_another_does_not()
    {
        await using var world = await World.NewAsync(static (_, _) => new ScriptedPeer { Tls = PeerTls.Works });
        var key = (await world.SendAsync()).Receipt!.PeerKey!;
        world.Room.Rules.Add(new PeerRule { Name = "p", Domain = "example.com", Level = PeerLevel.Pin, Pins = [key] });
        Assert.Equal("pin", (await world.SendAsync()).Receipt?.Verified);
        world.Room.Rules[0] = world.Room.Rules[0] with { Pins = [new string('0', 64)] };
        var end = await world.SendAsync();
        Assert.Equal((QueueVerdict.Deferred, "4.7.10", 2), (end.Verdict, $"{end.Status}", world.Servers.Received.Count));
    }

    [Fact]
    public async Task S14_TLS_that_broke_and_is_demanded_now_is_used_in_the_same_run()
    {
        await using var world = await World.NewAsync(static (_, number) => number <= 2
            ? new ScriptedPeer { Tls = PeerTls.Alerts }
            : new ScriptedPeer { Tls = PeerTls.Works, DemandsTls = true });
        await world.SendAsync();
        world.Room.Clock.Advance(TimeSpan.FromMinutes(10));

        var end = await world.SendAsync();

        Assert.Equal((QueueVerdict.Delivered, "TLS1.3", 4), (end.Verdict, end.Receipt!.Protocol, world.Servers.Tried));
        Assert.Contains("530", world.Servers.Visits[2].ToString(), StringComparison.Ordinal);
        Assert.Equal(HopState.Tls, (await world.Room.RememberedAsync())!.State);
    }

    [Fact]
    public async Task S14_a_peer_that_toggles_from_day_to_day_never_holds_up_a_message_for_more_than_a_retry()
    {
        var day = 0;
        await using var world = await World.NewAsync((_, _) => (day % 4) switch
        {
            0 => new ScriptedPeer { Tls = PeerTls.Works },
            1 => new ScriptedPeer { Tls = PeerTls.Alerts },
            2 => new ScriptedPeer { Tls = PeerTls.Works, DemandsTls = true },
            _ => new ScriptedPeer { Tls = PeerTls.NotOffered },
        });
        for (; day < 12; day++)
        {
            var end = await world.SendAsync();
            Assert.True(end.Verdict == QueueVerdict.Delivered, $"day {day}: {end.Text}");
            Assert.Equal(day % 2 == 0, end.Receipt!.Protocol is not null);
            world.Room.Clock.Advance(TimeSpan.FromDays(1));
        }
    }

    [Fact]
    public async Task A_lost_reply_to_the_last_dot_is_deferred_and_not_sent_to_the_next_host()
    {
        await using var world = await World.NewAsync(static (_, _) => new ScriptedPeer { Tls = PeerTls.Works, AnswerContent = static _ => ScriptedPeer.Drop });
        var end = await world.SendAsync();
        Assert.Equal((QueueVerdict.Deferred, "4.4.2", 1), (end.Verdict, $"{end.Status}", world.Servers.Tried));
    }

    [Fact]
    public async Task A_connection_that_breaks_in_the_content_goes_on_with_the_next_host()
    {
        await using var world = await World.NewAsync(static (endPoint, _) => endPoint.Address.Equals(IPAddress.Parse("192.0.2.1"))
            ? new ScriptedPeer { Tls = PeerTls.Works, Offers = [], Answer = static said => said.Verb == "DATA" ? ScriptedPeer.Reset : null }
            : new ScriptedPeer { Tls = PeerTls.Works });
        var end = await world.SendAsync();
        Assert.True((end.Verdict, end.RemoteMta) == (QueueVerdict.Delivered, "mx2.example.com"), end.Text);
    }

    [Fact]
    public async Task Sessions_are_used_again_and_their_TLS_with_them()
    {
        await using var world = await World.NewAsync(static (_, _) => new ScriptedPeer { Tls = PeerTls.Works });
        for (var n = 0; n < 5; n++) await world.SendAsync();
        Assert.Equal((1, 5), (world.Servers.Tried, world.Servers.Received.Count));
        Assert.All(world.Servers.Received, static received => Assert.True(received.IsEncrypted));
    }

    [Fact]
    public async Task A_server_that_closed_a_kept_session_is_called_again()
    {
        await using var world = await World.NewAsync(static (_, _) => new ScriptedPeer
        {
            Answer = static said => said is { Verb: "MAIL", Transaction: > 1 } ? "421 4.4.2 too long idle" : null,
        });
        for (var n = 0; n < 3; n++) Assert.Equal(QueueVerdict.Delivered, (await world.SendAsync()).Verdict);
        Assert.Equal(3, world.Servers.Tried);
    }

    private static int Count(World world, string verb) =>
        world.Servers.Visits.Sum(visit => visit.Commands.Count(line => line.StartsWith(verb, StringComparison.Ordinal)));

    private sealed class World : IAsyncDisposable
    {
        private World(ScriptedSmtpServer servers, OutboundRoom room) => (Servers, Room) = (servers, room);

        public ScriptedSmtpServer Servers { get; }

        public OutboundRoom Room { get; }

        public static async Task<World> NewAsync(Func<IPEndPoint, int, ScriptedPeer> choose, Func<QueueOptions, QueueOptions>? configure = null)
        {
            var store = await EmbeddedStoreUnderTest.OpenAsync();
            var servers = new ScriptedSmtpServer(choose, store.Clock);
            var world = new World(servers, await OutboundRoom.OpenAsync(servers, store, configure));
            world.Room.Dns.Mx("example.com", (10, "mx1.example.com"), (20, "mx2.example.com"));
            return world;
        }

        /// <summary>Sends a message; a server that is silent costs fake time.</summary>
        public async Task<RecipientEnd> SendAsync()
        {
            var sending = Room.SendAsync();
            var first = await Task.WhenAny(sending, Task.Delay(300, Cancel));
            if (first != sending) await Room.Clock.PassUntilAsync(sending);
            return await sending;
        }

        public async ValueTask DisposeAsync()
        {
            await Room.DisposeAsync();
            await Servers.DisposeAsync();
        }
    }
}
