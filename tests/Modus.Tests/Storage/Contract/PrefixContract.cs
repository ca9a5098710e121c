using System.Buffers;
using System.Security.Cryptography;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Contract;

/// <summary>What is put in front of a message at its end, what was written read before the commit, and several messages at once.</summary>
public abstract class PrefixContract : StoreContract
{
    private const int Threshold = 64 * 1024; // of the engine under test, where its way of keeping content changes

    public static TheoryData<int, int> Sizes => new()
    {
        { 0, 0 }, { 0, 10 }, { 10, 0 }, { 1_000, 1 }, { Threshold - 10, 10 }, { Threshold, 10 }, { Threshold + 1, 0 }, { Threshold + 1, 10 },
        { 200_000, StoreLimits.MaxPrefix }, { 1_000, StoreLimits.MaxPrefix }, { 3_000_000, 1_234 },
    };

    private DateTimeOffset Now => Store.Clock.GetUtcNow();

    [Theory]
    [MemberData(nameof(Sizes))]
    public async Task A_prefix_stands_before_what_was_written(int length, int prefixLength)
    {
        var inbox = (await Store.MailboxAsync((await Store.AddAccountAsync("anna")).Id)).Id;
        var (body, prefix) = (Mail(length), RandomNumberGenerator.GetBytes(prefixLength));
        byte[] whole = [.. prefix, .. body];

        await using (var writer = await WriteAsync(body))
        {
            Assert.Equal(length, writer.Length);
            writer.Prefix = prefix;
            Assert.Equal(length, writer.Length);
            Assert.True((await Store.Delivery.CommitAsync(writer, Request(inbox, prefixLength), default)).IsDone);
        }

        await Store.DeliverAsync(inbox, "behind it");
        await Store.ReopenAsync();
        var message = (await Store.MessagesAsync(inbox))[0];
        Assert.Equal(whole, await Store.Mail.ReadAllAsync(message.Content));
        Assert.Equal(whole.Length, message.Size);
        Assert.Equal(whole.Length, (await Store.Directory.ListAccountsAsync(null, default))[0].Used - "behind it".Length);
        Assert.Equal(SHA256.HashData(whole), (await Store.Mail.ReadSummaryAsync(message.Email, default))!.Sha256.ToArray());
        var entry = Assert.Single(await Store.Queue.ListAsync(new QueueFilter(), default));
        Assert.Equal((prefixLength, (long)length), (entry.ContentOffset, entry.Size));
        Assert.Empty(await Store.Maintenance.FaultsAsync());

        await Store.Mail.ExpungeAsync(inbox, [message.Uid], default);
        await Store.Queue.RemoveAsync(entry.Id, "x", default);
        await Store.Maintenance.CompactAsync(default);
        Assert.Null(await Store.Mail.ReadAllAsync(message.Content));
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task The_structure_is_that_of_prefix_and_message()
    {
        var inbox = (await Store.MailboxAsync((await Store.AddAccountAsync("anna")).Id)).Id;
        foreach (var length in (int[])[100, 200_000])
        {
            await using var writer = await WriteAsync([(byte)'\r', (byte)'\n', .. Mail(length)]);
            writer.Prefix = "Subject: in front\r\nTo: b@example.org\r\n"u8.ToArray();
            var receipt = (await Store.Delivery.CommitAsync(writer, Request(inbox, 0), default)).Value!;
            var structure = (await Store.Mail.ReadSummaryAsync(receipt.Email, default))!.Structure;
            Assert.Equal("in front", structure.Envelope.Subject);
            Assert.Equal(length, structure.Root.BodyLength);
        }
    }

    [Fact]
    public async Task A_prefix_is_set_once_before_the_commit_and_has_a_most()
    {
        var inbox = (await Store.MailboxAsync((await Store.AddAccountAsync("anna")).Id)).Id;
        await using var writer = await WriteAsync(Mail(10));
        Assert.Throws<ArgumentOutOfRangeException>(() => writer.Prefix = new byte[StoreLimits.MaxPrefix + 1]);
        Assert.True(writer.Prefix.IsEmpty);
        writer.Prefix = "a"u8.ToArray();
        Assert.Throws<InvalidOperationException>(() => writer.Prefix = "b"u8.ToArray());
        Assert.True((await Store.Delivery.CommitAsync(writer, Request(inbox, 0), default)).IsDone);
        await using var other = await WriteAsync(Mail(10));
        Assert.True((await Store.Delivery.CommitAsync(other, Request(inbox, 0), default)).IsDone);
        Assert.Throws<InvalidOperationException>(() => other.Prefix = "a"u8.ToArray());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1_000)]
    [InlineData(Threshold)]
    [InlineData(Threshold + 1)]
    [InlineData(500_001)]
    public async Task What_was_written_is_read_before_the_commit_in_several_streams(int length)
    {
        var bytes = RandomNumberGenerator.GetBytes(length);
        await using var writer = await WriteAsync(bytes);
        writer.Write("and some that was not flushed"u8);
        byte[] whole = [.. bytes, .. "and some that was not flushed"u8];
        writer.Prefix = "not seen"u8.ToArray();

        await using var one = writer.OpenWritten();
        await using var two = writer.OpenWritten();
        Assert.True(one.CanSeek && one.CanRead && !one.CanWrite);
        Assert.Equal(whole.Length, one.Length);
        one.Position = whole.Length / 2;
        Assert.Equal(whole, await ReadAsync(two));
        Assert.Equal(whole[(whole.Length / 2)..], await ReadAsync(one));
        Assert.Equal(whole.Length - 5, two.Seek(-5, SeekOrigin.End));
        Assert.Equal(whole[^5..], await ReadAsync(two));

        writer.Write("and more"u8);
        await using var three = writer.OpenWritten();
        byte[] more = [.. whole, .. "and more"u8];
        Assert.Equal(more, await ReadAsync(three));
    }

    [Fact]
    public async Task Several_messages_are_committed_in_one_step_each_with_what_it_asks_for()
    {
        var anna = (await Store.MailboxAsync((await Store.AddAccountAsync("anna")).Id)).Id;
        var ben = (await Store.MailboxAsync((await Store.AddAccountAsync("ben")).Id)).Id;
        var waiting = Assert.Single(await Store.EnqueueAsync("x@example.net"));
        await using var small = await WriteAsync(Mail(100));
        await using var large = await WriteAsync(Mail(200_000));
        large.Prefix = "P"u8.ToArray();
        var attempt = new QueueAttempt { Entry = waiting, Verdict = QueueVerdict.Failed, Result = "550 no", Trace = [Line("q0", TraceKind.Failed)] };
        var result = await Store.Delivery.CommitAllAsync(
            [
                new(small, Request(anna, 0) with { QueueId = new QueueId("q1"), Attempts = [attempt], Trace = [Line("q1", TraceKind.Noticed)] }),
                new(large, Request(ben, 1) with { QueueId = new QueueId("q2"), Trace = [Line("q2", TraceKind.Queued)] }),
            ],
            default);

        Assert.Equal([anna, ben], result.Value!.Select(static receipt => Assert.Single(receipt.Messages).Mailbox));
        Assert.Equal(100, Assert.Single(await Store.MessagesAsync(anna)).Size);
        Assert.Equal(200_001, Assert.Single(await Store.MessagesAsync(ben)).Size);
        Assert.Equal(["q1", "q2"], (await Store.Queue.ListAsync(new QueueFilter(), default)).Select(static e => e.QueueId.Value));
        Assert.Equal(["q0", "q1", "q2"], (await Store.Traces.FindAsync(new TraceFilter(), default)).Select(static line => line.Message.Value));
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Theory]
    [InlineData(100, 100)]
    [InlineData(200_000, 100)]
    [InlineData(100, 200_000)]
    public async Task When_one_message_cannot_be_committed_none_is(int first, int second)
    {
        var anna = (await Store.MailboxAsync((await Store.AddAccountAsync("anna")).Id)).Id;
        var ben = (await Store.MailboxAsync((await Store.AddAccountAsync("ben", quota: 50)).Id)).Id;
        var waiting = Assert.Single(await Store.EnqueueAsync("x@example.net"));
        var before = (await Store.Maintenance.VerifyAsync(null, default)).Contents;
        await using (var one = await WriteAsync(Mail(first)))
        await using (var two = await WriteAsync(Mail(second)))
        {
            var attempt = new QueueAttempt { Entry = waiting, Verdict = QueueVerdict.Delivered, Result = "250" };
            var result = await Store.Delivery.CommitAllAsync(
                [new(one, Request(anna, 0) with { Attempts = [attempt], Trace = [Line("q1", TraceKind.Filed)] }), new(two, Request(ben, 0))], default);
            Assert.Equal(StoreOutcome.OverQuota, result.Outcome);
        }

        Assert.Empty(await Store.MessagesAsync(anna));
        Assert.Equal(waiting, Assert.Single(await Store.Queue.ListAsync(new QueueFilter(), default)).Id);
        Assert.Empty(await Store.Traces.FindAsync(new TraceFilter(), default));
        await Store.ReopenAsync();
        var report = await Store.Maintenance.VerifyAsync(null, default);
        Assert.Equal(before, report.Contents);
        Assert.Empty(report.Faults);
    }

    // Bytes of all kinds.
    private static byte[] Mail(int length) => RandomNumberGenerator.GetBytes(length);

    private static async Task<byte[]> ReadAsync(Stream stream)
    {
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy);
        return copy.ToArray();
    }

    private TraceEvent Line(string message, TraceKind kind) => new() { Message = new QueueId(message), At = Now, Kind = kind, Text = "x" };

    private DeliveryRequest Request(MailboxId mailbox, int offset) => new()
    {
        QueueId = QueueId.New(Store.Clock), InternalDate = Now, Mailboxes = [new(mailbox)],
        Queue = new QueueRequest { Envelope = StoreKit.EnvelopeTo("r@example.net"), ContentOffset = offset, NotBefore = Now },
    };

    private async Task<IContentWriter> WriteAsync(byte[] bytes)
    {
        var writer = Store.Delivery.BeginContent();
        foreach (var chunk in bytes.Chunk(50_000))
        {
            writer.Write(chunk);
            Assert.Equal(StoreOutcome.Done, await writer.FlushAsync(default));
        }

        return writer;
    }
}
