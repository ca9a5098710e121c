using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Contract;

/// <summary>What a session that has a mailbox open asks: the UIDs, what changed, keywords, what is recent.</summary>
public abstract class OpenedMailboxContract : StoreContract
{
    [Fact]
    public async Task Opening_gives_the_UIDs_of_the_mailbox_as_it_is()
    {
        var box = await BoxAsync(5);
        Assert.Equal("1:5", await OpenAsync(box));
        await Store.Mail.ExpungeAsync(box, [new Uid(2), new Uid(5)], default);
        Assert.Equal("1:1,3:4", await OpenAsync(box));
        await Store.DeliverAsync(box);
        await Store.Mail.ChangeFlagsAsync(box, [new Uid(1)], new FlagChange(FlagChangeKind.Add, MessageFlags.Seen, []), default);
        Assert.Equal("1:1,3:4,6:6", await OpenAsync(box));
        await Store.ReopenAsync();
        Assert.Equal("1:1,3:4,6:6", await OpenAsync(box));
        await Store.Mail.ExpungeAsync(box, [new Uid(1), new Uid(3), new Uid(4)], default);
        Assert.Equal("6:6", await OpenAsync(box));
        await Store.ReopenAsync();
        Assert.Equal("6:6", await OpenAsync(box)); // more holes than messages
        Assert.Null(await Store.Mail.OpenMailboxAsync(new MailboxId(4711), default));
    }

    [Fact]
    public async Task What_comes_and_goes_between_two_openings_is_not_there()
    {
        var box = await BoxAsync(2);
        Assert.Equal("1:2", await OpenAsync(box));
        await Store.DeliverAsync(box);
        await Store.DeliverAsync(box);
        await Store.Mail.ExpungeAsync(box, [new Uid(2), new Uid(3)], default);
        Assert.Equal("1:1,4:4", await OpenAsync(box));
    }

    [Fact]
    public async Task A_view_is_of_one_state_beside_deliveries_and_expunges()
    {
        var box = await BoxAsync(1);
        var writers = Enumerable.Range(0, 3).Select(_ => Task.Run(async () =>
        {
            for (var i = 0; i < 40; i++)
            {
                var uid = (await Store.DeliverAsync(box)).Value!.Messages[0].Uid;
                if (i % 3 == 0) await Store.Mail.ExpungeAsync(box, [uid], default);
            }
        })).ToList();
        var all = Task.WhenAll(writers);
        var readers = Enumerable.Range(0, 2).Select(_ => Task.Run(async () =>
        {
            while (!all.IsCompleted)
            {
                var view = (await Store.Mail.OpenMailboxAsync(box, default))!;
                Assert.Equal(view.Mailbox.Messages, view.Uids.Count);
                Assert.True(view.Uids.Last < view.Mailbox.UidNext);
                var update = (await Store.Mail.ReadChangesAsync(box, default, default, int.MaxValue, default))!;
                Assert.Equal((update.Mailbox.Messages, update.Mailbox.UidNext.Value - 1L),
                    (update.Changed.Count, update.Changed.Count + (long)update.Expunged.Count));
            }
        })).ToList();
        await Task.WhenAll([all, .. readers]);
        Assert.Equal((await Store.MessagesAsync(box)).Select(m => m.Uid), (await Store.Mail.OpenMailboxAsync(box, default))!.Uids.Uids());
    }

    [Fact]
    public async Task Changes_are_what_came_changed_and_went_since()
    {
        var box = await BoxAsync(5);
        var since = (await Store.Mail.GetMailboxAsync(box, default))!.HighestModSeq;
        await Store.Mail.ExpungeAsync(box, [new Uid(1)], default);
        var later = (await Store.Mail.GetMailboxAsync(box, default))!.HighestModSeq;
        await Store.Mail.ExpungeAsync(box, [new Uid(3)], default);
        await Store.Mail.ChangeFlagsAsync(box, [new Uid(4)], new FlagChange(FlagChangeKind.Add, MessageFlags.Seen, []), default);
        await Store.Mail.ChangeFlagsAsync(box, [new Uid(2)], new FlagChange(FlagChangeKind.Add, MessageFlags.Seen, []), default);
        await Store.DeliverAsync(box);

        var update = (await Store.Mail.ReadChangesAsync(box, since, later, 3, default))!;
        Assert.Equal([2u, 4u, 6u], update.Changed.Select(m => m.Uid.Value));
        Assert.Equal([3u], update.Expunged.Select(e => e.Uid.Value));
        Assert.True(update.IsComplete);
        Assert.Equal(await Store.Mail.GetMailboxAsync(box, default), update.Mailbox);

        var none = (await Store.Mail.ReadChangesAsync(box, update.Mailbox.HighestModSeq, update.Mailbox.HighestModSeq, 1, default))!;
        Assert.Equal((0, 0, true), (none.Changed.Count, none.Expunged.Count, none.IsComplete));
        Assert.Null(await Store.Mail.ReadChangesAsync(new MailboxId(4711), default, default, 1, default));
    }

    [Fact]
    public async Task Changes_beyond_the_limit_are_read_on_and_none_is_lost()
    {
        var box = await BoxAsync(5);
        var update = (await Store.Mail.ReadChangesAsync(box, new ModSeq(1), default, 2, default))!;
        Assert.False(update.IsComplete);
        Assert.Equal([1u, 2u], update.Changed.Select(m => m.Uid.Value));
        await Store.Mail.ChangeFlagsAsync(box, [new Uid(1)], new FlagChange(FlagChangeKind.Add, MessageFlags.Seen, []), default);

        var rest = await Store.Mail.ReadMessagesAsync(box, UidRange.After(update.Changed[^1].Uid), new ModSeq(1), 10, default);
        Assert.Equal([3u, 4u, 5u], rest.Select(m => m.Uid.Value));
        var next = (await Store.Mail.ReadChangesAsync(box, update.Mailbox.HighestModSeq, default, 10, default))!;
        Assert.Equal([1u], next.Changed.Select(m => m.Uid.Value));
    }

    [Fact]
    public async Task Every_keyword_that_was_seen_is_listed_also_when_no_message_has_it_any_more()
    {
        var box = await BoxAsync(1);
        await ChangeAsync(box, FlagChangeKind.Add, "Work", "$Forwarded");
        await ChangeAsync(box, FlagChangeKind.Replace, "WORK");
        Assert.Equal(["$Forwarded", "Work"], await Store.Mail.ListKeywordsAsync(box, default));
        Assert.Empty(await Store.Mail.ListKeywordsAsync(new MailboxId(4711), default));
    }

    [Fact]
    public async Task A_mailbox_learns_so_many_keywords_and_no_more()
    {
        var account = await Store.AddAccountAsync("anna");
        var (box, other) = ((await Store.MailboxAsync(account.Id)).Id, (await Store.MailboxAsync(account.Id, "Trash")).Id);
        await Store.DeliverAsync(box);
        await Store.DeliverAsync(other);
        Assert.Equal(StoreOutcome.Done, await ChangeAsync(box, FlagChangeKind.Add, Keywords(1, StoreLimits.MaxKeywords - 1)));
        var before = await Store.MessagesAsync(box);

        Assert.Equal(StoreOutcome.TooMany, await ChangeAsync(box, FlagChangeKind.Add, "one", "too-many"));
        Assert.Equal(before[0].ModSeq, (await Store.MessagesAsync(box))[0].ModSeq);
        Assert.Equal(StoreLimits.MaxKeywords - 1, (await Store.Mail.ListKeywordsAsync(box, default)).Count);
        Assert.Equal(StoreOutcome.Done, await ChangeAsync(box, FlagChangeKind.Replace, "one"));
        Assert.Equal(StoreOutcome.Done, await ChangeAsync(box, FlagChangeKind.Add, Keywords(1, 10)));
        Assert.Equal(StoreOutcome.Done, await ChangeAsync(box, FlagChangeKind.Remove, "never-seen"));

        await ChangeAsync(other, FlagChangeKind.Add, "another");
        Assert.Equal(StoreOutcome.TooMany, (await Store.Mail.CopyAsync(other, [new Uid(1)], box, wholly: false, default)).Outcome);
        Assert.Equal(StoreOutcome.TooMany, (await Store.Mail.MoveAsync(other, [new Uid(1)], box, default)).Outcome);
        Assert.Single(await Store.MessagesAsync(box));
        Assert.Single(await Store.MessagesAsync(other));
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task What_is_recent_goes_to_the_first_session_that_takes_it()
    {
        var box = await BoxAsync(3);
        Assert.Equal((new Uid(1), 3L), await RecentAsync(box));
        var first = (await Store.Mail.TakeRecentAsync(box, default)).Value;
        Assert.Equal(new RecentUids(new Uid(1), new Uid(4)), first);
        Assert.True(first.Contains(new Uid(3)) && !first.Contains(new Uid(4)));
        Assert.Equal((new Uid(4), 0L), await RecentAsync(box));

        await Store.DeliverAsync(box);
        await Store.DeliverAsync(box);
        await Store.Mail.ExpungeAsync(box, [new Uid(1), new Uid(5)], default);
        await Store.ReopenAsync();
        Assert.Equal((new Uid(4), 1L), await RecentAsync(box));
        Assert.Equal(new RecentUids(new Uid(4), new Uid(6)), (await Store.Mail.TakeRecentAsync(box, default)).Value);
        Assert.Equal(new RecentUids(new Uid(6), new Uid(6)), (await Store.Mail.TakeRecentAsync(box, default)).Value);
        Assert.Equal(StoreOutcome.NotFound, (await Store.Mail.TakeRecentAsync(new MailboxId(4711), default)).Outcome);
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    private async Task<(Uid, long)> RecentAsync(MailboxId box)
    {
        var mailbox = (await Store.Mail.GetMailboxAsync(box, default))!;
        return (mailbox.FirstRecent, mailbox.Recent);
    }

    private static string[] Keywords(int first, int count) => [.. Enumerable.Range(first, count).Select(i => $"k{i}")];

    private async Task<StoreOutcome> ChangeAsync(MailboxId box, FlagChangeKind kind, params string[] keywords) =>
        (await Store.Mail.ChangeFlagsAsync(box, [new Uid(1)], new FlagChange(kind, MessageFlags.None, keywords), default)).Outcome;

    private async Task<string> OpenAsync(MailboxId box)
    {
        var view = (await Store.Mail.OpenMailboxAsync(box, default))!;
        Assert.Equal(await Store.Mail.GetMailboxAsync(box, default), view.Mailbox);
        return string.Join(',', view.Uids.Runs().Select(run => $"{run.First.Value}:{run.Last.Value}"));
    }

    private async Task<MailboxId> BoxAsync(int messages)
    {
        var box = (await Store.MailboxAsync((await Store.AddAccountAsync("anna")).Id)).Id;
        for (var i = 0; i < messages; i++) await Store.DeliverAsync(box, $"message {i}");
        return box;
    }
}
