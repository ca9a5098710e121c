using System.Net;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.Remote;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp.Client;
using Modus.Storage;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Delivery.Remote;

/// <summary>From host to host, and what the replies mean.</summary>
public sealed class RemoteDeliveryTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_the_host_gets_is_the_content_behind_the_offset()
    {
        await using var room = await OutboundRoom.OpenAsync();
        await room.SendAsync();
        Assert.Equal("Subject: x\r\n\r\nbody\r\n", Assert.Single(room.Mx1.Taken).Content);
    }

    [Fact]
    public async Task Recipients_of_one_message_go_in_one_transaction()
    {
        await using var room = await OutboundRoom.OpenAsync();
        var outcome = await room.DeliverAsync(["a@example.com", "b@example.com", "c@example.com"]);
        Assert.All(outcome.Ends, static end => Assert.Equal(QueueVerdict.Delivered, end.Verdict));
        Assert.Equal(3, Assert.Single(room.Mx1.Taken).Envelope.Recipients.Count);
    }

    [Fact]
    public async Task A_host_that_takes_two_recipients_at_once_gets_two_at_once()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.Extensions["LIMITS"] = "MAILMAX=1000 RCPTMAX=2";
        await room.DeliverAsync(["a@example.com", "b@example.com", "c@example.com"]);
        Assert.Equal([2, 1], room.Mx1.Taken.Select(static taken => taken.Envelope.Recipients.Count));
        Assert.Equal(1, room.Mx1.Connections);
    }

    [Fact]
    public async Task Recipients_that_are_too_many_go_in_another_transaction()
    {
        await using var room = await OutboundRoom.OpenAsync();
        var count = 0;
        room.Mx1.Answer = recipient => ++count % 3 == 0 ? FakeReplies.Refuses(recipient, 452, 5, 3) : null;
        var outcome = await room.DeliverAsync(["a@example.com", "b@example.com", "c@example.com", "d@example.com"]);
        Assert.All(outcome.Ends, static end => Assert.Equal(QueueVerdict.Delivered, end.Verdict));
    }

    [Fact]
    public async Task Each_recipient_has_its_own_end()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.Answer = static recipient => recipient.Path.Address!.LocalPart switch
        {
            "gone" => FakeReplies.Refuses(recipient, 550, 1, 1),
            "grey" => FakeReplies.Refuses(recipient, 450, 7, 1),
            _ => null,
        };

        var ends = (await room.DeliverAsync(["good@example.com", "gone@example.com", "grey@example.com"]))
            .Ends.ToDictionary(static end => end.Entry.Envelope.Recipients[0].Path.Address!.LocalPart);

        Assert.Equal((QueueVerdict.Delivered, QueueVerdict.Failed, QueueVerdict.Deferred), (ends["good"].Verdict, ends["gone"].Verdict, ends["grey"].Verdict));
        Assert.Equal(("5.1.1", "550 5.1.1 No", "mx1.example.com"), ($"{ends["gone"].Status}", ends["gone"].Diagnostic, ends["gone"].RemoteMta));
        Assert.Equal(0, room.Mx2.Connections); // who was answered is not carried elsewhere
    }

    [Fact]
    public async Task A_host_that_is_down_costs_nothing_but_a_try_and_the_next_one_is_asked()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.IsDown = true;

        var end = await room.SendAsync();
        await room.SendAsync();

        Assert.Equal((QueueVerdict.Delivered, "mx2.example.com"), (end.Verdict, end.RemoteMta));
        Assert.Equal((1, 1), (room.Mx1.Connections, room.Mx2.Connections)); // it is remembered, and the other session kept
    }

    [Fact]
    public async Task A_connection_that_breaks_before_the_end_goes_on_with_the_next_host()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.Answer = static recipient => FakeReplies.Breaks(recipient, SmtpStage.Content);
        Assert.Equal((QueueVerdict.Delivered, "mx2.example.com"), ((await room.SendAsync()).Verdict, room.Mx2.Taken.Count == 1 ? "mx2.example.com" : ""));
    }

    [Fact]
    public async Task A_lost_reply_to_the_last_dot_is_never_tried_elsewhere_in_the_same_run()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.Answer = static recipient => FakeReplies.Breaks(recipient, SmtpStage.Unknown);
        var end = await room.SendAsync();
        Assert.Equal((QueueVerdict.Deferred, "4.4.2", 0), (end.Verdict, $"{end.Status}", room.Mx2.Connections));
        Assert.NotNull(end.Receipt); // it may have travelled
    }

    [Fact]
    public async Task When_no_host_answers_the_destination_is_down()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.IsDown = room.Mx2.IsDown = true;
        var outcome = await room.DeliverAsync(["b@example.com"]);
        Assert.Equal((QueueVerdict.Deferred, "4.4.1"), (outcome.Ends[0].Verdict, $"{outcome.Ends[0].Status}"));
        Assert.NotNull(outcome.Down);
        Assert.Contains("mx1.example.com [192.0.2.1]:25", outcome.Ends[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hosts_that_all_refuse_service_for_good_end_it_and_one_that_may_come_back_does_not()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.Greeting = room.Mx2.Greeting = new(554, default, "No SMTP service here");
        Assert.Equal((QueueVerdict.Failed, "5.0.0"), ((await room.SendAsync()).Verdict, $"{(await room.SendAsync()).Status}"));
        room.Mx2.Greeting = new(421, new(4, 3, 2), "Busy");
        Assert.Equal((QueueVerdict.Deferred, "4.3.2"), ((await room.SendAsync()).Verdict, $"{(await room.SendAsync()).Status}"));
    }

    [Fact]
    public async Task A_kept_session_that_was_closed_meanwhile_costs_a_connection_and_no_attempt()
    {
        await using var room = await OutboundRoom.OpenAsync();
        await room.SendAsync();
        room.Mx1.ClosesIdle = true;
        Assert.Equal(QueueVerdict.Delivered, (await room.SendAsync()).Verdict);
        Assert.Equal((2, 0), (room.Mx1.Connections, room.Mx2.Connections));
    }

    [Fact]
    public async Task Sessions_are_used_again_with_their_TLS_and_end_when_idle()
    {
        await using var room = await OutboundRoom.OpenAsync();
        for (var n = 0; n < 5; n++) await room.SendAsync();
        Assert.Equal((1, 5), (room.Mx1.Connections, room.Mx1.Taken.Count));
        room.Clock.Advance(TimeSpan.FromSeconds(36));
        await room.SendAsync();
        Assert.Equal(2, room.Mx1.Connections);
    }

    [Fact]
    public async Task A_session_that_was_opened_under_a_weaker_policy_is_not_used_for_a_stricter_one()
    {
        await using var room = await OutboundRoom.OpenAsync();
        await room.SendAsync();
        room.Rules.Add(new PeerRule { Name = "p", Domain = "example.com", Level = PeerLevel.Verify });
        var end = await room.SendAsync();
        Assert.Equal((2, "webpki"), (room.Mx1.Connections, end.Receipt!.Verified));
    }

    [Fact]
    public async Task A_session_ends_after_its_messages()
    {
        await using var room = await OutboundRoom.OpenAsync(static options => options with { TransactionsPerConnection = 2 });
        for (var n = 0; n < 5; n++) await room.SendAsync();
        Assert.Equal(3, room.Mx1.Connections);
    }

    [Fact]
    public async Task IPv6_and_IPv4_take_turns()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Dns.Mx("six.test", (10, "mx.six.test")).Host("mx.six.test", "192.0.2.61", "2001:db8::1", "2001:db8::2", "192.0.2.62");
        var outcome = await room.DeliverAsync(["b@six.test"]);
        var text = outcome.Ends[0].Text;
        Assert.True(text.IndexOf("2001:db8::2", StringComparison.Ordinal) is > 0 and var at && at < text.IndexOf("192.0.2.62", StringComparison.Ordinal), text);
    }

    [Fact]
    public async Task An_address_literal_is_a_destination_of_its_own()
    {
        await using var room = await OutboundRoom.OpenAsync();
        var end = await room.SendAsync("b@[192.0.2.2]");
        Assert.Equal((QueueVerdict.Delivered, 1), (end.Verdict, room.Mx2.Connections));
    }

    [Fact]
    public async Task A_host_at_one_of_our_own_addresses_would_be_a_loop()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Own.Add(room.Mx1.EndPoint);
        var end = await room.SendAsync();
        Assert.Equal((QueueVerdict.Failed, "5.4.6", 0), (end.Verdict, $"{end.Status}", room.Mx2.Connections));

        room.Own.Clear();
        room.Own.Add(room.Mx2.EndPoint); // a backup that we are ourselves is dropped, the better one is used
        Assert.Equal(QueueVerdict.Delivered, (await room.SendAsync()).Verdict);
    }

    [Fact]
    public async Task A_host_without_an_address_is_passed_over()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Dns.Mx("half.test", (5, "nowhere.half.test"), (10, "mx1.example.com"));
        Assert.Equal(QueueVerdict.Delivered, (await room.SendAsync("b@half.test")).Verdict);
        room.Dns.Mx("none.test", (5, "nowhere.none.test"));
        Assert.Equal((QueueVerdict.Failed, "5.4.4"), ((await room.SendAsync("b@none.test")).Verdict, $"{(await room.SendAsync("b@none.test")).Status}"));
    }

    [Fact]
    public async Task A_message_that_is_too_large_for_every_host_fails()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.Extensions["SIZE"] = room.Mx2.Extensions["SIZE"] = "5";
        Assert.Equal((QueueVerdict.Failed, "5.3.4"), ((await room.SendAsync()).Verdict, $"{(await room.SendAsync()).Status}"));
        room.Mx2.Extensions["SIZE"] = "5000";
        Assert.Equal(QueueVerdict.Delivered, (await room.SendAsync()).Verdict);
    }

    [Fact]
    public async Task Internationalised_mail_fails_where_nobody_takes_it()
    {
        await using var room = await OutboundRoom.OpenAsync();
        var end = await room.SendAsync(static envelope => envelope with { SmtpUtf8 = true });
        Assert.Equal((QueueVerdict.Failed, "5.6.7"), (end.Verdict, $"{end.Status}"));
    }

    [Fact]
    public async Task Eight_bit_mail_is_turned_into_seven_bits_for_a_host_that_takes_no_more()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.Extensions.Remove("8BITMIME");
        const string Content = "Subject: x\r\nMIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nMany a plain word, and then Gr\u00c3\u00bc\u00c3\u009fe\r\n";

        var end = await room.SendAsync(static envelope => envelope with { Body = BodyType.EightBitMime }, Content);

        var taken = Assert.Single(room.Mx1.Taken);
        Assert.Equal((QueueVerdict.Delivered, BodyType.SevenBit), (end.Verdict, taken.Envelope.Body));
        Assert.True(System.Text.Ascii.IsValid(taken.Content), taken.Content);
        Assert.Contains("Gr=C3=BC=C3=9Fe", taken.Content, StringComparison.Ordinal);
        Assert.DoesNotContain("\n", taken.Content.Replace("\r\n", "", StringComparison.Ordinal), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Signed_eight_bit_mail_is_not_broken_but_returned()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.Extensions.Remove("8BITMIME");
        room.Mx2.IsDown = false;
        room.Mx2.Extensions.Remove("8BITMIME");
        const string Content = "MIME-Version: 1.0\r\nContent-Type: multipart/signed; boundary=b; protocol=\"application/pgp-signature\"; micalg=pgp-sha256\r\n\r\n"
            + "--b\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\nGr\u00c3\u00bc\r\n--b\r\nContent-Type: application/pgp-signature\r\n\r\nx\r\n--b--\r\n";

        var end = await room.SendAsync(static envelope => envelope with { Body = BodyType.EightBitMime }, Content);

        Assert.Equal((QueueVerdict.Failed, "5.6.3"), (end.Verdict, $"{end.Status}"));
    }

    [Fact]
    public async Task A_smarthost_gets_the_login_over_verified_TLS_and_another_login_another_session()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Secrets["/a"] = "secret";
        await room.Routes.SetAsync(new MailRoute { Domain = "*", Hosts = ["mx1.example.com:25"], Login = "anna", PasswordFile = "/a" }, "test", Cancel);
        await room.Routes.SetAsync(new MailRoute { Domain = "other.test", Hosts = ["mx1.example.com:25"], Login = "ben", PasswordFile = "/a" }, "test", Cancel);

        Assert.Equal("anna", (await room.SendAsync("x@anywhere.test")).Receipt!.Login);
        await room.SendAsync("x@elsewhere.test");
        Assert.Equal("ben", (await room.SendAsync("x@other.test")).Receipt!.Login);
        Assert.Equal(["anna", "ben"], room.Mx1.Hops.Select(static hop => hop.Login!.Name));
        Assert.All(room.Mx1.Hops, static hop => Assert.IsType<TlsVerification.WebPki>(hop.Handshake!.Verification));
        Assert.Empty(room.Dns.MxQuestions);
    }

    [Fact]
    public async Task A_password_that_cannot_be_read_sends_nothing()
    {
        await using var room = await OutboundRoom.OpenAsync();
        await room.Routes.SetAsync(new MailRoute { Domain = "*", Hosts = ["mx1.example.com"], Login = "anna", PasswordFile = "/nowhere" }, "test", Cancel);
        var end = await room.SendAsync();
        Assert.Equal((QueueVerdict.Deferred, "4.3.5", 0), (end.Verdict, $"{end.Status}", room.Mx1.Connections));
    }

    [Fact]
    public async Task Content_that_is_gone_holds_the_message_for_a_person()
    {
        await using var room = await OutboundRoom.OpenAsync();
        var id = await room.QueueAsync(["b@example.com"]);
        var entry = Assert.Single(await room.EntriesAsync()) with { Content = new ContentId(999) };
        var outcome = await room.Delivery.DeliverAsync(new OutgoingMessage(Destination.Of(entry), [entry]), new WorkTokens(Cancel, Cancel));
        Assert.Equal((QueueVerdict.Held, id), (outcome.Ends[0].Verdict, outcome.Ends[0].Entry.QueueId));
        Assert.Empty(room.Mx1.Taken);
    }

    [Fact]
    public async Task Every_try_is_told_to_the_reports_of_its_domain()
    {
        await using var room = await OutboundRoom.OpenAsync();
        room.Mx1.TlsFails = SmtpOpenOutcome.TlsAlert;
        await room.SendAsync();
        await room.SendAsync("b@[192.0.2.2]");
        var attempt = Assert.Single(room.Tries); // in clear by fallback, and to a literal, there is nothing to report
        Assert.Equal(("example.com", "validation-failure", "mx1.example.com"), (attempt.Domain.Name, attempt.ResultType, attempt.Host));
    }

    [Fact]
    public async Task A_stop_leaves_the_recipients_as_they_were()
    {
        await using var room = await OutboundRoom.OpenAsync();
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await room.QueueAsync(["b@example.com"]);
        var message = Assert.Single(OutgoingMessage.Group(await room.EntriesAsync(), 100));
        var outcome = await room.Delivery.DeliverAsync(message, new WorkTokens(stop.Token, Cancel));
        Assert.Empty(outcome.Ends);
        Assert.Single(outcome.Untried);
        Assert.Equal(0, room.Mx1.Connections);
    }
}
