using System.Security.Cryptography;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Contract;

public abstract class DeliveryContract : StoreContract
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(16 * 1024)]
    [InlineData(64 * 1024)]
    [InlineData(64 * 1024 + 1)]
    [InlineData(200_001)]
    [InlineData(3_000_000)]
    public async Task Content_of_any_length_comes_back_bit_exact_also_after_reopening(int length)
    {
        var account = await Store.AddAccountAsync("anna");
        var inbox = await Store.MailboxAsync(account.Id);
        var bytes = RandomNumberGenerator.GetBytes(length);

        var receipt = await DeliverBytesAsync(bytes, inbox.Id);
        var message = Assert.Single(await Store.MessagesAsync(inbox.Id));
        Assert.Equal(bytes, await Store.Mail.ReadAllAsync(message.Content));
        await Store.ReopenAsync();

        Assert.Equal(bytes, await Store.Mail.ReadAllAsync(message.Content));
        var summary = await Store.Mail.ReadSummaryAsync(receipt.Email, default);
        Assert.Equal(SHA256.HashData(bytes), summary!.Sha256.ToArray());
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task One_commit_fills_every_mailbox_and_the_queue()
    {
        var anna = await Store.MailboxAsync((await Store.AddAccountAsync("anna")).Id);
        var bert = await Store.MailboxAsync((await Store.AddAccountAsync("bert")).Id);
        var result = await Store.Delivery.DeliverAsync("x"u8.ToArray(), new DeliveryRequest
        {
            QueueId = new QueueId("0123456789abc"), InternalDate = Store.Clock.GetUtcNow(),
            Mailboxes = [new(anna.Id), new(bert.Id, MessageFlags.Seen, ["$Junk"])],
            Queue = new QueueRequest { Envelope = StoreKit.EnvelopeTo("c@example.net", "d@example.net"), NotBefore = Store.Clock.GetUtcNow() },
        });

        var receipt = result.Value!;
        Assert.Equal([anna.Id, bert.Id], receipt.Messages.Select(m => m.Mailbox));
        var inAnna = Assert.Single(await Store.MessagesAsync(anna.Id));
        var inBert = Assert.Single(await Store.MessagesAsync(bert.Id));
        Assert.Equal(inAnna.Content, inBert.Content);
        Assert.Equal(receipt.Email, inAnna.Email);
        Assert.Equal(MessageFlags.Seen, inBert.Flags);
        Assert.Equal(["$Junk"], inBert.Keywords);
        var queued = await Store.Queue.ListAsync(new QueueFilter(), default);
        Assert.Equal(receipt.QueueEntries, queued.Select(e => e.Id));
        Assert.All(queued, e => Assert.Equal(inAnna.Content, e.Content));
    }

    [Fact]
    public async Task A_vanished_mailbox_gives_NotFound_and_nothing_is_there()
    {
        var inbox = await Store.MailboxAsync((await Store.AddAccountAsync("anna")).Id);
        var result = await Store.Delivery.DeliverAsync("x"u8.ToArray(), new DeliveryRequest
        {
            QueueId = QueueId.New(Store.Clock), InternalDate = Store.Clock.GetUtcNow(),
            Mailboxes = [new(inbox.Id), new(new MailboxId(4711))],
        });

        Assert.Equal(StoreOutcome.NotFound, result.Outcome);
        Assert.Empty(await Store.MessagesAsync(inbox.Id));
        Assert.Equal(new Uid(1), (await Store.Mail.GetMailboxAsync(inbox.Id, default))!.UidNext);
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Theory]
    [InlineData(9, 1)]
    [InlineData(10, 1)]
    [InlineData(11, 0)]
    public async Task A_commit_fills_a_quota_and_never_passes_it(int length, int stored)
    {
        var anna = await Store.MailboxAsync((await Store.AddAccountAsync("anna", quota: 10)).Id);
        var bert = await Store.MailboxAsync((await Store.AddAccountAsync("bert")).Id);

        var result = await DeliverAsync(length, bert.Id, anna.Id);

        Assert.Equal(stored == 1 ? StoreOutcome.Done : StoreOutcome.OverQuota, result.Outcome);
        Assert.Equal(stored, (await Store.MessagesAsync(anna.Id)).Count);
        Assert.Equal(stored, (await Store.MessagesAsync(bert.Id)).Count);
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task Commits_at_once_share_what_room_there_is()
    {
        var anna = await Store.AddAccountAsync("anna", quota: 50);
        var inbox = await Store.MailboxAsync(anna.Id);

        var results = await Task.WhenAll(Enumerable.Range(0, 32).Select(_ => Task.Run(() => DeliverAsync(10, inbox.Id))));

        Assert.Equal(5, results.Count(static result => result.IsDone));
        Assert.All(results.Where(static result => !result.IsDone), static result => Assert.Equal(StoreOutcome.OverQuota, result.Outcome));
        Assert.Equal(50, (await Store.Directory.GetAccountAsync(anna.Id, default))!.Used);
    }

    [Fact]
    public async Task A_writer_disposed_without_a_commit_leaves_nothing()
    {
        await using (var writer = Store.Delivery.BeginContent())
        {
            for (var i = 0; i < 10; i++)
            {
                writer.GetSpan(50_000).Clear();
                writer.Advance(50_000);
                Assert.Equal(StoreOutcome.Done, await writer.FlushAsync(default));
            }

            Assert.Equal(500_000, writer.Length);
        }

        var report = await Store.Maintenance.VerifyAsync(null, default);
        Assert.Equal(0, report.Contents);
        Assert.Empty(report.Faults);
    }

    [Fact]
    public async Task Many_writers_at_once_each_get_their_own_uid()
    {
        var inbox = await Store.MailboxAsync((await Store.AddAccountAsync("anna")).Id);
        var results = await Task.WhenAll(Enumerable.Range(0, 64).Select(i => Task.Run(() => Store.DeliverAsync(inbox.Id, $"n {i}\r\n"))));

        var uids = results.Select(r => r.Value!.Messages[0].Uid.Value).Order();
        Assert.Equal(Enumerable.Range(1, 64).Select(i => (uint)i), uids);
        foreach (var (result, i) in results.Select((r, i) => (r, i)))
        {
            var message = (await Store.MessagesAsync(inbox.Id)).Single(m => m.Uid == result.Value!.Messages[0].Uid);
            Assert.Equal($"n {i}\r\n", System.Text.Encoding.UTF8.GetString((await Store.Mail.ReadAllAsync(message.Content))!));
        }
    }

    [Fact]
    public async Task INTERNALDATE_keeps_its_offset()
    {
        var inbox = await Store.MailboxAsync((await Store.AddAccountAsync("anna")).Id);
        var date = new DateTimeOffset(2029, 5, 6, 7, 8, 9, new TimeSpan(-3, -30, 0));
        await Store.Delivery.DeliverAsync("x"u8.ToArray(), new DeliveryRequest
        {
            QueueId = QueueId.New(Store.Clock), InternalDate = date, Mailboxes = [new(inbox.Id)],
        });

        var message = Assert.Single(await Store.MessagesAsync(inbox.Id));
        Assert.Equal(date.ToString("O"), message.InternalDate.ToString("O"));
        Assert.Equal(Store.Clock.GetUtcNow(), message.SaveDate);
    }

    private Task<StoreResult<DeliveryReceipt>> DeliverAsync(int length, params MailboxId[] mailboxes) =>
        Store.Delivery.DeliverAsync(new byte[length], new DeliveryRequest
        {
            QueueId = QueueId.New(Store.Clock), InternalDate = Store.Clock.GetUtcNow(),
            Mailboxes = [.. mailboxes.Select(static mailbox => new MailboxTarget(mailbox))],
        });

    private async Task<DeliveryReceipt> DeliverBytesAsync(byte[] bytes, MailboxId mailbox) =>
        (await Store.Delivery.DeliverAsync(bytes, new DeliveryRequest
        {
            QueueId = QueueId.New(Store.Clock), InternalDate = Store.Clock.GetUtcNow(), Mailboxes = [new(mailbox)],
        })).Value!;
}
