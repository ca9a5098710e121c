using System.Buffers;
using System.Security.Cryptography;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Contract;

public abstract class AppendContract : StoreContract
{
    [Fact]
    public async Task Small_and_large_messages_come_in_together_bit_exact_and_in_order()
    {
        var box = (await Store.MailboxAsync((await Store.AddAccountAsync("anna")).Id)).Id;
        byte[][] contents = [.. ((int[])[10, 200_000, 0, 300_000, 60_000]).Select(RandomNumberGenerator.GetBytes)];
        var receipt = (await AppendAsync(box, contents)).Value!;
        Assert.Equal([1u, 2u, 3u, 4u, 5u], receipt.Messages.Select(m => m.Uid.Value));
        Assert.Null(receipt.Replaced);

        await Store.ReopenAsync();
        var messages = await Store.MessagesAsync(box);
        Assert.Equal(receipt.Messages.Select(m => (m.Uid, m.ModSeq)), messages.Select(m => (m.Uid, m.ModSeq)));
        foreach (var (message, content) in messages.Zip(contents))
        {
            Assert.Equal(content, await Store.Mail.ReadAllAsync(message.Content));
            Assert.Equal(SHA256.HashData(content), (await Store.Mail.ReadSummaryAsync(message.Email, default))!.Sha256.ToArray());
        }

        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task Flags_keywords_dates_and_structure_are_kept()
    {
        var box = (await Store.MailboxAsync((await Store.AddAccountAsync("anna")).Id)).Id;
        var date = new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.FromHours(-5));
        await using var content = await WriteAsync("Subject: kept\r\n\r\nbody\r\n"u8.ToArray());
        var result = await Store.Delivery.AppendAsync(
            box, [new MessageToAppend(content, date, MessageFlags.Draft | MessageFlags.Seen, ["$Work"])], null, default);
        Assert.True(result.IsDone);
        var message = Assert.Single(await Store.MessagesAsync(box));
        Assert.Equal((date, MessageFlags.Draft | MessageFlags.Seen), (message.InternalDate, message.Flags));
        Assert.Equal(date.Offset, message.InternalDate.Offset);
        Assert.Equal(["$Work"], message.Keywords);
        Assert.Equal("kept", (await Store.Mail.ReadSummaryAsync(message.Email, default))!.Structure.Envelope.Subject);
    }

    [Fact]
    public async Task All_or_none_when_the_quota_or_the_keywords_would_be_passed()
    {
        var box = (await Store.MailboxAsync((await Store.AddAccountAsync("anna", quota: 100)).Id)).Id;
        Assert.Equal(StoreOutcome.OverQuota, (await AppendAsync(box, new byte[60], new byte[41])).Outcome);
        Assert.Empty(await Store.MessagesAsync(box));
        Assert.Equal(StoreOutcome.Done, (await AppendAsync(box, new byte[60], new byte[40])).Outcome);

        var other = (await Store.MailboxAsync((await Store.AddAccountAsync("bert")).Id)).Id;
        string[] tooMany = [.. Enumerable.Range(0, StoreLimits.MaxKeywords + 1).Select(i => $"k{i}")];
        await using var first = await WriteAsync(new byte[5]);
        await using var second = await WriteAsync(new byte[200_000]);
        MessageToAppend[] messages = [new(first, default), new(second, default, MessageFlags.None, tooMany)];
        Assert.Equal(StoreOutcome.TooMany, (await Store.Delivery.AppendAsync(other, messages, null, default)).Outcome);
        Assert.Equal((new Uid(1), 0L), await StateAsync(other));
        Assert.Equal(StoreOutcome.NotFound, (await AppendAsync(new MailboxId(4711), new byte[5], new byte[200_000])).Outcome);
        Assert.Equal(2, (await Store.Maintenance.VerifyAsync(null, default)).Contents);
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task A_message_is_replaced_in_one_step()
    {
        var account = (await Store.AddAccountAsync("anna", quota: 100)).Id;
        var (box, drafts) = ((await Store.MailboxAsync(account)).Id, (await Store.MailboxAsync(account, "Drafts")).Id);
        await AppendAsync(drafts, new byte[90]);
        Assert.Equal(StoreOutcome.OverQuota, (await ReplaceAsync(box, drafts, 1, 101)).Outcome);
        Assert.Single(await Store.MessagesAsync(drafts));

        var receipt = (await ReplaceAsync(box, drafts, 1, 100)).Value!;
        Assert.Equal(new Uid(1), receipt.Replaced!.Value.Uid);
        Assert.Equal([receipt.Replaced.Value], await Store.Mail.ReadExpungedAsync(drafts, default, default));
        Assert.Empty(await Store.MessagesAsync(drafts));
        Assert.Equal(receipt.Messages[0].Uid, Assert.Single(await Store.MessagesAsync(box)).Uid);

        Assert.Equal(StoreOutcome.NotFound, (await ReplaceAsync(box, drafts, 1, 1)).Outcome);
        Assert.Equal(StoreOutcome.NotFound, (await ReplaceAsync(box, new MailboxId(4711), 1, 1)).Outcome);
        Assert.Single(await Store.MessagesAsync(box));
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task A_message_is_replaced_within_its_mailbox_also_beyond_the_quota_when_that_frees_space()
    {
        var account = (await Store.AddAccountAsync("anna")).Id;
        var box = (await Store.MailboxAsync(account)).Id;
        await AppendAsync(box, new byte[90]);
        await Store.Directory.ChangeAccountAsync(account, new AccountChange { Quota = 10 }, default);
        var receipt = (await ReplaceAsync(box, box, 1, 80)).Value!;
        Assert.True(receipt.Replaced!.Value.ModSeq > receipt.Messages[0].ModSeq);
        Assert.Equal([2u], (await Store.MessagesAsync(box)).Select(m => m.Uid.Value));
        Assert.Equal(80, (await Store.Directory.GetAccountAsync(account, default))!.Used);
    }

    [Fact]
    public async Task Another_accounts_message_gives_no_room()
    {
        var box = (await Store.MailboxAsync((await Store.AddAccountAsync("anna", quota: 10)).Id)).Id;
        var theirs = (await Store.MailboxAsync((await Store.AddAccountAsync("bert")).Id)).Id;
        await AppendAsync(theirs, new byte[90]);
        Assert.Equal(StoreOutcome.OverQuota, (await ReplaceAsync(box, theirs, 1, 11)).Outcome);
        Assert.True((await ReplaceAsync(box, theirs, 1, 10)).IsDone);
    }

    private async Task<(Uid, long)> StateAsync(MailboxId box)
    {
        var mailbox = (await Store.Mail.GetMailboxAsync(box, default))!;
        return (mailbox.UidNext, mailbox.Messages);
    }

    private Task<StoreResult<AppendReceipt>> ReplaceAsync(MailboxId box, MailboxId from, uint uid, int length) =>
        AppendAsync(box, new ReplacedMessage(from, new Uid(uid)), new byte[length]);

    private Task<StoreResult<AppendReceipt>> AppendAsync(MailboxId box, params byte[][] contents) => AppendAsync(box, null, contents);

    private async Task<StoreResult<AppendReceipt>> AppendAsync(MailboxId box, ReplacedMessage? replaced, params byte[][] contents)
    {
        var writers = new List<IContentWriter>();
        try
        {
            foreach (var content in contents) writers.Add(await WriteAsync(content));
            var messages = writers.ConvertAll(writer => new MessageToAppend(writer, Store.Clock.GetUtcNow()));
            return await Store.Delivery.AppendAsync(box, messages, replaced, default);
        }
        finally
        {
            foreach (var writer in writers) await writer.DisposeAsync();
        }
    }

    private async Task<IContentWriter> WriteAsync(byte[] content)
    {
        var writer = Store.Delivery.BeginContent();
        foreach (var chunk in content.Chunk(50_000))
        {
            writer.Write(chunk);
            Assert.Equal(StoreOutcome.Done, await writer.FlushAsync(default));
        }

        return writer;
    }
}
