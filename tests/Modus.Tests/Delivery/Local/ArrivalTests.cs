using System.Buffers;
using System.Net;
using System.Net.Security;
using System.Security.Authentication;
using System.Text;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Protocols.Sasl;
using Modus.Protocols.Smtp;
using Modus.Storage;
using Modus.Testing;
using Modus.Testing.Storage;
using Modus.Tests.Delivery.Dsn;
using Modus.Tls;
using Xunit;

namespace Modus.Tests.Delivery.Local;

/// <summary>What a message leaves behind when it arrives: notices of its delivery, what aliases pass on, its trace.</summary>
public sealed class ArrivalTests : IAsyncLifetime
{
    private NoticeKit _kit = null!;
    private Account _ben = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _kit = await NoticeKit.OpenAsync();
        _ben = await _kit.Room.AccountAsync("ben@example.net");
    }

    public ValueTask DisposeAsync() => _kit.DisposeAsync();

    [Fact]
    public async Task Delivery_into_a_mailbox_is_told_in_the_commit_of_the_message()
    {
        Assert.Null(await DeliverAsync(NoticeKit.To("ben@example.net", DsnNotify.Success, "rfc822;ben@example.net")));

        var report = NoticeKit.Read(await _kit.NoticeAsync());
        var recipient = Assert.Single(report.OfRecipients);
        Assert.Equal(
            ("rfc822; ben@example.net", "rfc822; ben@example.net", "delivered", "2.0.0"),
            (recipient["Original-Recipient"], recipient["Final-Recipient"], recipient["Action"], recipient["Status"]));
        Assert.Null(recipient["Diagnostic-Code"]);
        Assert.Equal("text/rfc822-headers", report.Returned.ContentType.MimeType);
        Assert.StartsWith("From: anna@example.org\r\n", await report.ReturnedTextAsync(), StringComparison.Ordinal);
        Assert.Single(await _kit.InboxAsync(_ben));
    }

    [Theory]
    [InlineData(DsnNotify.Unspecified)]
    [InlineData(DsnNotify.Never)]
    [InlineData(DsnNotify.Failure | DsnNotify.Delay)]
    public async Task Who_did_not_ask_is_not_told(DsnNotify notify)
    {
        Assert.Null(await DeliverAsync(NoticeKit.To("ben@example.net", notify)));

        Assert.Single(await _kit.InboxAsync(_ben));
        Assert.Empty(await _kit.InboxAsync());
    }

    [Fact]
    public async Task Nobody_is_told_of_the_delivery_of_what_is_from_nobody()
    {
        Assert.Null(await DeliverAsync(Message(NoticeKit.To("ben@example.net", DsnNotify.Success)) with
        {
            Envelope = NoticeKit.Envelope(NoticeKit.To("ben@example.net", DsnNotify.Success)) with { ReversePath = ReversePath.Null },
        }));

        Assert.Single(await _kit.InboxAsync(_ben));
        Assert.Empty(await _kit.QueueAsync());
    }

    [Fact]
    public async Task An_alias_of_one_passes_everything_on_and_tells_nothing()
    {
        await _kit.Room.AliasAsync("out@example.org", "cleo@elsewhere.test");

        Assert.Null(await DeliverAsync(NoticeKit.To("out@example.org", DsnNotify.Success | DsnNotify.Delay)));

        var recipient = Assert.Single(Assert.Single(await _kit.QueueAsync()).Envelope.Recipients);
        Assert.Equal((DsnNotify.Success | DsnNotify.Delay, "rfc822;out@example.org"), (recipient.Notify, recipient.OriginalRecipient));
        Assert.Empty(await _kit.InboxAsync());
    }

    [Fact]
    public async Task An_alias_of_one_here_is_delivered_under_the_name_that_was_written()
    {
        await _kit.Room.AliasAsync("in@example.org", "ben@example.net");

        Assert.Null(await DeliverAsync(NoticeKit.To("in@example.org", DsnNotify.Success)));

        var recipient = Assert.Single(NoticeKit.Read(await _kit.NoticeAsync()).OfRecipients);
        Assert.Equal(("rfc822; in@example.org", "delivered"), (recipient["Final-Recipient"], recipient["Action"]));
    }

    [Theory]
    [InlineData(DsnNotify.Success, DsnNotify.Never)]
    [InlineData(DsnNotify.Success | DsnNotify.Failure, DsnNotify.Failure)]
    [InlineData(DsnNotify.Success | DsnNotify.Failure | DsnNotify.Delay, DsnNotify.Failure | DsnNotify.Delay)]
    public async Task An_alias_of_several_is_expanded_and_passes_on_all_but_SUCCESS(DsnNotify given, DsnNotify passedOn)
    {
        await _kit.Room.AliasAsync("all@example.org", "ben@example.net", "cleo@elsewhere.test");

        Assert.Null(await DeliverAsync(NoticeKit.To("all@example.org", given)));

        var recipient = Assert.Single(NoticeKit.Read(await _kit.NoticeAsync()).OfRecipients);
        Assert.Equal(("rfc822; all@example.org", "expanded"), (recipient["Final-Recipient"], recipient["Action"]));
        Assert.Equal(passedOn, Assert.Single(Assert.Single(await _kit.QueueAsync()).Envelope.Recipients).Notify);
        Assert.Single(await _kit.InboxAsync(_ben));
    }

    [Theory]
    [InlineData(DsnNotify.Unspecified, DsnNotify.Unspecified)]
    [InlineData(DsnNotify.Never, DsnNotify.Never)]
    [InlineData(DsnNotify.Failure, DsnNotify.Failure)]
    public async Task An_alias_of_several_that_was_not_asked_for_success_tells_nothing(DsnNotify given, DsnNotify passedOn)
    {
        await _kit.Room.AliasAsync("all@example.org", "ben@example.net", "cleo@elsewhere.test");

        Assert.Null(await DeliverAsync(NoticeKit.To("all@example.org", given)));

        Assert.Empty(await _kit.InboxAsync());
        Assert.Equal(passedOn, Assert.Single(Assert.Single(await _kit.QueueAsync()).Envelope.Recipients).Notify);
    }

    [Fact]
    public async Task Two_recipients_that_lead_to_one_address_get_one_message_and_whatever_one_of_them_asks()
    {
        await _kit.Room.AliasAsync("out@example.org", "cleo@elsewhere.test");

        Assert.Null(await DeliverAsync(
            NoticeKit.To("out@example.org", DsnNotify.Success), NoticeKit.To("cleo@elsewhere.test", DsnNotify.Failure, "rfc822;cleo@elsewhere.test")));

        var recipient = Assert.Single(Assert.Single(await _kit.QueueAsync()).Envelope.Recipients);
        Assert.Equal((DsnNotify.Success | DsnNotify.Failure, "rfc822;cleo@elsewhere.test"), (recipient.Notify, recipient.OriginalRecipient));
    }

    [Fact]
    public async Task Recipients_here_share_a_notice()
    {
        await _kit.Room.AccountAsync("dora@example.org");

        Assert.Null(await DeliverAsync(NoticeKit.To("ben@example.net", DsnNotify.Success), NoticeKit.To("dora@example.org", DsnNotify.Success)));

        Assert.Equal(2, NoticeKit.Read(await _kit.NoticeAsync()).OfRecipients.Count);
    }

    [Fact]
    public async Task A_sender_elsewhere_is_told_by_the_queue()
    {
        var message = Message(NoticeKit.To("ben@example.net", DsnNotify.Success)) with { Peer = DeliveryRoom.Peer() };
        message = message with { Envelope = message.Envelope with { ReversePath = new ReversePath(EmailAddress.Parse("cleo@elsewhere.test")) } };

        Assert.Null(await DeliverAsync(message));

        var notice = Assert.Single(await _kit.QueueAsync());
        Assert.True(notice.Envelope.ReversePath.IsNull);
        Assert.NotEqual(message.Id, notice.QueueId);
    }

    [Fact]
    public async Task A_sender_whose_mailbox_is_full_is_not_told_and_the_message_is_taken()
    {
        var small = await _kit.Room.AccountAsync("small@example.org", quota: 100);
        var message = Message(NoticeKit.To("ben@example.net", DsnNotify.Success));
        message = message with { Envelope = message.Envelope with { ReversePath = new ReversePath(small.Address) } };

        Assert.Null(await DeliverAsync(message));

        Assert.Single(await _kit.InboxAsync(_ben));
        Assert.Empty(await _kit.InboxAsync(small));
        var trace = await _kit.Room.Store.Traces.ReadAsync(message.Id, Cancel);
        Assert.Contains(trace, static line => line.Kind == TraceKind.Noticed && line.Text.Contains("the mailbox is full", StringComparison.Ordinal));
    }

    [Fact]
    public async Task A_full_disk_takes_neither_the_message_nor_sends_the_notice()
    {
        await using var sink = await _kit.Room.NewDelivery().BeginAsync(Message(NoticeKit.To("ben@example.net", DsnNotify.Success)), Cancel);
        sink.Write(Encoding.ASCII.GetBytes(NoticeKit.Content));
        _kit.Room.Disk.IsFull = true;

        Assert.Equal(452, (await sink.CommitAsync(Cancel))!.Code);

        Assert.Empty(await _kit.InboxAsync(_ben));
        Assert.Empty(await _kit.InboxAsync());
    }

    [Fact]
    public async Task A_demand_of_the_header_goes_with_the_message_into_the_queue()
    {
        await using (var sink = await _kit.Room.NewDelivery().BeginAsync(Message(NoticeKit.To("cleo@elsewhere.test")), Cancel))
        {
            sink.Write(Encoding.ASCII.GetBytes(NoticeKit.Content));
            sink.Demand(TlsDemand.NotRequired);
            Assert.Null(await sink.CommitAsync(Cancel));
        }

        Assert.Equal(TlsDemand.NotRequired, Assert.Single(await _kit.QueueAsync()).Envelope.Tls);
    }

    [Fact]
    public async Task The_trace_says_how_it_came_and_where_it_was_put_and_why()
    {
        await _kit.Room.AliasAsync("all@example.org", "ben@example.net", "cleo@elsewhere.test");
        using var authority = new TestCertificates();
        using var certificate = authority.Issue("client.test");
        var message = Message(NoticeKit.To("all@example.org")) with
        {
            Peer = new SmtpPeer(
                SmtpProfile.Submission, IPAddress.Parse("192.0.2.7"), "laptop",
                new TlsSession(SslProtocols.Tls13, TlsCipherSuite.TLS_AES_256_GCM_SHA384, null, certificate, certificate, null, "test") { Group = "x25519" },
                new Identity(_kit.Anna.Address, _kit.Anna.Id)),
        };

        Assert.Null(await DeliverAsync(message));

        var trace = await _kit.Room.Store.Traces.ReadAsync(message.Id, Cancel);
        Assert.Equal([TraceKind.Accepted, TraceKind.Filed, TraceKind.Queued], trace.Select(static line => line.Kind));
        Assert.Equal("Filed into the INBOX of ben@example.net, for all@example.org, which leads there", trace[1].Text);
        Assert.Equal(("Queued for cleo@elsewhere.test, for all@example.org, which leads there", "elsewhere.test"), (trace[2].Text, $"{trace[2].Peer}"));
        Assert.Equal("example.org", $"{trace[0].Peer}");
        Assert.Equal(
            new TravelReceipt
            {
                Direction = TravelDirection.In, Address = IPAddress.Parse("192.0.2.7"), PeerName = "laptop", Login = "anna@example.org", Protocol = "TLS1.3",
                CipherSuite = "TLS_AES_256_GCM_SHA384", Group = "x25519", PeerKey = KeyPin.Of(certificate), Verified = "not", Policy = "listener",
            },
            trace[0].Receipt);
    }

    [Fact]
    public async Task The_receipt_names_the_peer_rule_that_decided()
    {
        var rule = new PeerRule { Name = "bank", Network = IPNetwork.Parse("192.0.2.0/24"), Level = PeerLevel.Encrypt };
        var message = Message(NoticeKit.To("ben@example.net")) with { Peer = DeliveryRoom.Peer() with { Address = IPAddress.Parse("192.0.2.7"), Rule = rule } };

        Assert.Null(await DeliverAsync(message));

        Assert.Equal("peer rule bank", (await _kit.Room.Store.Traces.ReadAsync(message.Id, Cancel))[0].Receipt!.Policy);
    }

    [Fact]
    public async Task What_is_refused_leaves_no_trace()
    {
        await _kit.Room.DisableAsync(_ben);
        var message = Message(NoticeKit.To("ben@example.net", DsnNotify.Success));

        Assert.Equal(451, (await DeliverAsync(message))!.Code);

        Assert.Empty(await _kit.Room.Store.Traces.ReadAsync(message.Id, Cancel));
        Assert.Empty(await _kit.InboxAsync());
    }

    private Task<SmtpReply?> DeliverAsync(params EnvelopeRecipient[] recipients) => DeliverAsync(Message(recipients));

    private async Task<SmtpReply?> DeliverAsync(IncomingMessage message)
    {
        await using var sink = await _kit.Room.NewDelivery().BeginAsync(message, Cancel);
        sink.Write(Encoding.ASCII.GetBytes(NoticeKit.Content));
        return await sink.CommitAsync(Cancel);
    }

    private IncomingMessage Message(params EnvelopeRecipient[] recipients) => new(
        QueueId.New(_kit.Room.Store.Clock), NoticeKit.Envelope(recipients), DeliveryRoom.Peer(_kit.Anna), _kit.Room.Store.Clock.GetUtcNow());
}
