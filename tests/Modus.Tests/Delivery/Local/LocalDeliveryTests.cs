using System.Buffers;
using System.Text;
using Modus.Delivery.Local;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Protocols.Smtp;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Delivery.Local;

public sealed class LocalDeliveryTests : IAsyncLifetime
{
    private const string Content = "Received: from here\r\nSubject: x\r\n\r\nbody\r\n";
    private const string Stored = "Return-Path: <bob@client.test>\r\n" + Content;

    private DeliveryRoom _room = null!;
    private Account _anna = null!;
    private Account _ben = null!;

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        _room = await DeliveryRoom.OpenAsync();
        _anna = await _room.AccountAsync("anna@example.org");
        _ben = await _room.AccountAsync("ben@example.net");
    }

    public ValueTask DisposeAsync() => _room.DisposeAsync();

    [Fact]
    public async Task Mailboxes_and_queue_share_one_content_in_one_commit()
    {
        Assert.Null(await DeliverAsync("anna@example.org", "ben@example.net", "cleo@elsewhere.test", "dora@elsewhere.test"));

        var annas = Assert.Single(await InboxAsync(_anna));
        var bens = Assert.Single(await InboxAsync(_ben));
        var queued = await QueueAsync();
        Assert.Equal(["cleo@elsewhere.test", "dora@elsewhere.test"], queued.Select(RecipientOf));
        Assert.Equal(annas.Email, bens.Email);
        Assert.All(queued, entry => Assert.Equal(annas.Content, entry.Content));
        Assert.Single(queued.Select(entry => entry.QueueId).Distinct());
        var report = await _room.Store.Maintenance.VerifyAsync(null, Cancel);
        Assert.Equal((2, 1, 0), (report.Messages, report.Contents, report.Faults.Count));
    }

    [Fact]
    public async Task An_account_that_is_reached_twice_gets_one_message()
    {
        await _room.AliasAsync("info@example.org", "anna@example.org", "cleo@elsewhere.test");

        Assert.Null(await DeliverAsync(
            "anna@example.org", "anna@example.org", "anna+x@example.org", "info@example.org", "info+y@example.org"));

        Assert.Single(await InboxAsync(_anna));
        Assert.Single(await QueueAsync());
    }

    [Fact]
    public async Task The_return_path_is_in_mailboxes_and_the_queue_begins_behind_it()
    {
        Assert.Null(await DeliverAsync("anna@example.org", "cleo@elsewhere.test"));

        var message = Assert.Single(await InboxAsync(_anna));
        Assert.Equal(Stored, await TextAsync(message.Content));
        var entry = Assert.Single(await QueueAsync());
        Assert.Equal(Content, (await TextAsync(entry.Content))[entry.ContentOffset..]);
        Assert.Equal(Content.Length, entry.Size);
    }

    [Fact]
    public async Task What_only_leaves_has_no_return_path()
    {
        Assert.Null(await DeliverAsync("cleo@elsewhere.test"));

        var entry = Assert.Single(await QueueAsync());
        Assert.Equal(0, entry.ContentOffset);
        Assert.Equal(Content, await TextAsync(entry.Content));
    }

    [Fact]
    public async Task A_bounce_has_the_null_return_path()
    {
        Assert.Null(await DeliverAsync(Message("anna@example.org") with { Envelope = Envelope("anna@example.org") with { ReversePath = ReversePath.Null } }));

        Assert.Equal("Return-Path: <>\r\n" + Content, await TextAsync((await InboxAsync(_anna))[0].Content));
    }

    [Fact]
    public async Task An_address_beyond_ASCII_is_counted_in_bytes()
    {
        var envelope = Envelope("anna@example.org", "cleo@elsewhere.test") with { ReversePath = new(EmailAddress.Parse("jörg@client.test")), SmtpUtf8 = true };
        Assert.Null(await DeliverAsync(Message() with { Envelope = envelope }));

        var entry = Assert.Single(await QueueAsync());
        var bytes = await _room.Store.Mail.ReadAllAsync(entry.Content);
        Assert.Equal("Return-Path: <jörg@client.test>\r\n", Encoding.UTF8.GetString(bytes!.AsSpan(0, entry.ContentOffset)));
        Assert.True(entry.Envelope.SmtpUtf8);
    }

    [Fact]
    public async Task What_the_sender_asked_for_travels_with_the_queue_entry()
    {
        await _room.AliasAsync("info@example.org", "dora@elsewhere.test");
        var envelope = new Envelope
        {
            ReversePath = new ReversePath(EmailAddress.Parse("anna@example.org")),
            Return = DsnReturn.Headers, EnvelopeId = "id+2B1", Body = BodyType.EightBitMime,
            Recipients =
            [
                new(new(EmailAddress.Parse("cleo@elsewhere.test")), DsnNotify.Success | DsnNotify.Failure, "rfc822;cleo@elsewhere.test"),
                new(new(EmailAddress.Parse("info@example.org")), DsnNotify.Never, "rfc822;info@example.org"),
            ],
        };

        Assert.Null(await DeliverAsync(Message() with { Envelope = envelope }));

        var queued = await QueueAsync();
        Assert.All(queued, entry => Assert.Equal(
            (DsnReturn.Headers, "id+2B1", BodyType.EightBitMime), (entry.Envelope.Return, entry.Envelope.EnvelopeId, entry.Envelope.Body)));
        Assert.Equal(
            [
                envelope.Recipients[0],
                // The alias's own ORCPT: who sent to it does not learn where it leads.
                envelope.Recipients[1] with { Path = new ForwardPath(EmailAddress.Parse("dora@elsewhere.test")) },
            ],
            queued.Select(entry => Assert.Single(entry.Envelope.Recipients)));
    }

    [Fact]
    public async Task A_disabled_account_among_several_is_left_out()
    {
        await _room.AliasAsync("team@example.org", "anna@example.org", "ben@example.net");
        await _room.DisableAsync(_anna);

        Assert.Null(await DeliverAsync("team@example.org"));

        Assert.Empty(await InboxAsync(_anna));
        Assert.Single(await InboxAsync(_ben));
    }

    [Fact]
    public async Task When_nobody_is_left_the_client_tries_again()
    {
        await _room.DisableAsync(_anna);

        Assert.Equal("451 4.3.0", await DeliverAsync("anna@example.org"));
        Assert.Empty(await QueueAsync());
    }

    [Theory]
    [InlineData("anna@example.org")]
    [InlineData("anna+x@example.org")]
    [InlineData("info@example.org")] // an alias of hers alone
    public async Task A_recipient_that_was_disabled_since_RCPT_puts_the_whole_message_off(string recipient)
    {
        await _room.AliasAsync("info@example.org", "anna@example.org");
        await _room.DisableAsync(_anna);

        Assert.Equal("451 4.3.0", await DeliverAsync(recipient, "ben@example.net", "cleo@elsewhere.test"));

        Assert.Empty(await InboxAsync(_ben));
        Assert.Empty(await QueueAsync());
    }

    [Fact]
    public async Task A_recipient_that_was_removed_since_RCPT_puts_the_whole_message_off()
    {
        await _room.Store.Directory.RemoveAccountAsync(_anna.Id, Cancel);

        Assert.Equal("451 4.3.0", await DeliverAsync("ben@example.net", "anna@example.org"));

        Assert.Empty(await InboxAsync(_ben));
    }

    [Fact]
    public async Task A_domain_that_was_removed_since_RCPT_makes_no_relay_of_the_server()
    {
        await _room.Store.Directory.RemoveAccountAsync(_anna.Id, Cancel);
        Assert.Equal(StoreOutcome.Done, await _room.Store.Directory.RemoveDomainAsync(Domain.Parse("example.org"), Cancel));

        var fromOutside = Message("ben@example.net", "anna@example.org") with { Peer = DeliveryRoom.Peer() };
        Assert.Equal("451 4.3.0", await DeliverAsync(fromOutside));

        Assert.Empty(await QueueAsync());
        Assert.Empty(await InboxAsync(_ben));
    }

    [Fact]
    public async Task A_message_for_recipients_that_vanished_is_not_gathered_first()
    {
        await _room.DisableAsync(_anna);
        await using var sink = await NewDelivery().BeginAsync(Message("anna@example.org", "ben@example.net"), Cancel);

        Assert.Equal("451 4.3.0", Words(await sink.FlushAsync(Cancel)));
    }

    [Fact]
    public async Task A_message_that_does_not_fit_an_account_is_put_off_for_all()
    {
        var dora = await _room.AccountAsync("dora@example.org", quota: Stored.Length);
        Assert.Null(await DeliverAsync("dora@example.org"));

        Assert.Equal("452 4.2.2", await DeliverAsync("anna@example.org", "dora@example.org", "cleo@elsewhere.test"));

        Assert.Single(await InboxAsync(dora));
        Assert.Empty(await InboxAsync(_anna));
        Assert.Empty(await QueueAsync());
    }

    [Fact]
    public async Task An_account_that_vanishes_before_the_commit_leaves_nothing_half_done()
    {
        var delivery = NewDelivery();
        await using var sink = await delivery.BeginAsync(Message("anna@example.org", "ben@example.net", "cleo@elsewhere.test"), Cancel);
        sink.Write(Encoding.ASCII.GetBytes(Content));
        await _room.Store.Directory.RemoveAccountAsync(_anna.Id, Cancel);

        Assert.Equal("451 4.3.0", Words(await sink.CommitAsync(Cancel)));
        Assert.Empty(await InboxAsync(_ben));
        Assert.Empty(await QueueAsync());
    }

    [Theory]
    [InlineData(100)]
    [InlineData(300_000)] // moved out of memory on the way
    public async Task A_full_disk_is_said_and_nothing_is_stored(int size)
    {
        await using var sink = await NewDelivery().BeginAsync(Message("anna@example.org", "cleo@elsewhere.test"), Cancel);
        _room.Disk.IsFull = true;
        SmtpReply? reply = null;
        for (var left = size; left > 0 && reply is null; left -= 50_000)
        {
            sink.Write(new byte[Math.Min(left, 50_000)]);
            reply = await sink.FlushAsync(Cancel);
        }

        reply ??= await sink.CommitAsync(Cancel);

        Assert.Equal("452 4.3.1", Words(reply));
        Assert.Empty(await InboxAsync(_anna));
        Assert.Empty(await QueueAsync());
        _room.Disk.IsFull = false;
        Assert.Null(await DeliverAsync("anna@example.org"));
    }

    [Fact]
    public async Task A_sink_without_a_commit_forgets_the_message()
    {
        await using (var sink = await NewDelivery().BeginAsync(Message("anna@example.org", "cleo@elsewhere.test"), Cancel))
            sink.Write(Encoding.ASCII.GetBytes(Content));

        Assert.Empty(await InboxAsync(_anna));
        Assert.Empty(await QueueAsync());
    }

    private LocalDelivery NewDelivery() => _room.NewDelivery();

    private Task<string?> DeliverAsync(params string[] recipients) => DeliverAsync(Message(recipients));

    private async Task<string?> DeliverAsync(IncomingMessage message)
    {
        await using var sink = await NewDelivery().BeginAsync(message, Cancel);
        sink.Write(Encoding.ASCII.GetBytes(Content));
        return Words(await sink.CommitAsync(Cancel));
    }

    private IncomingMessage Message(params string[] recipients) =>
        new(QueueId.New(_room.Store.Clock), Envelope(recipients), DeliveryRoom.Peer(_ben), _room.Store.Clock.GetUtcNow());

    private static Envelope Envelope(params string[] recipients) =>
        StoreKit.EnvelopeTo(recipients) with { ReversePath = new ReversePath(EmailAddress.Parse("bob@client.test")) };

    private async Task<IReadOnlyList<MailboxMessage>> InboxAsync(Account account) =>
        await _room.Store.MessagesAsync((await _room.Store.MailboxAsync(account.Id)).Id);

    private async Task<IReadOnlyList<QueueEntry>> QueueAsync() =>
        [.. (await _room.Store.Queue.ListAsync(new QueueFilter(), Cancel)).OrderBy(entry => entry.Id.Value)];

    private static string RecipientOf(QueueEntry entry) => $"{Assert.Single(entry.Envelope.Recipients).Path.Address}";

    private async Task<string> TextAsync(ContentId content) => Encoding.ASCII.GetString((await _room.Store.Mail.ReadAllAsync(content))!);

    private static string? Words(SmtpReply? reply) => reply is null ? null : $"{reply.Code} {reply.Status}";
}
