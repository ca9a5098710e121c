using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Contract;

public abstract class MessageContract : StoreContract
{
    [Fact]
    public async Task UID_and_MODSEQ_grow_across_reopening_also_when_the_last_message_went()
    {
        var box = await BoxAsync(2);
        await Store.Mail.ExpungeAsync(box, [new Uid(2)], default);
        var before = (await Store.Mail.GetMailboxAsync(box, default))!;
        await Store.ReopenAsync();
        var stored = (await Store.DeliverAsync(box)).Value!.Messages[0];
        Assert.Equal(new Uid(3), stored.Uid);
        Assert.True(stored.ModSeq > before.HighestModSeq);
        Assert.Equal(before.UidValidity, stored.UidValidity);
    }

    [Fact]
    public async Task Counters_follow_flags()
    {
        var box = await BoxAsync(3);
        await ChangeAsync(box, [1, 2], FlagChangeKind.Add, MessageFlags.Seen);
        await ChangeAsync(box, [3], FlagChangeKind.Replace, MessageFlags.Deleted);
        var mailbox = (await Store.Mail.GetMailboxAsync(box, default))!;
        Assert.Equal((3L, 1L, 1L), (mailbox.Messages, mailbox.Unseen, mailbox.Deleted));
        await ChangeAsync(box, [2], FlagChangeKind.Remove, MessageFlags.Seen | MessageFlags.Draft);
        Assert.Equal(2, (await Store.Mail.GetMailboxAsync(box, default))!.Unseen);
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task A_flag_change_without_effect_keeps_the_MODSEQ()
    {
        var box = await BoxAsync(2);
        await ChangeAsync(box, [1], FlagChangeKind.Add, MessageFlags.Seen);
        var before = await Store.MessagesAsync(box);
        var result = await ChangeAsync(box, [1, 2, 9, 1], FlagChangeKind.Add, MessageFlags.Seen);
        Assert.Equal([new Uid(1), new Uid(2)], result.Changed.Select(m => m.Uid));
        Assert.Equal(before[0].ModSeq, result.Changed[0].ModSeq);
        Assert.True(result.Changed[1].ModSeq > before[0].ModSeq);
        Assert.Equal(result.Changed[1].ModSeq, (await Store.Mail.GetMailboxAsync(box, default))!.HighestModSeq);
    }

    [Fact]
    public async Task UNCHANGEDSINCE_leaves_alone_what_changed_later()
    {
        var box = await BoxAsync(2);
        var since = (await Store.Mail.GetMailboxAsync(box, default))!.HighestModSeq;
        await ChangeAsync(box, [2], FlagChangeKind.Add, MessageFlags.Flagged);
        var result = await Store.Mail.ChangeFlagsAsync(
            box, [new Uid(1), new Uid(2)], new FlagChange(FlagChangeKind.Add, MessageFlags.Seen, [], since), default);
        Assert.Equal([new Uid(2)], result.Value!.Modified);
        Assert.Equal([new Uid(1)], result.Value.Changed.Select(m => m.Uid));
        Assert.Equal([MessageFlags.Seen, MessageFlags.Flagged], (await Store.MessagesAsync(box)).Select(m => m.Flags));

        var none = await Store.Mail.ChangeFlagsAsync(
            box, [new Uid(1), new Uid(2)], new FlagChange(FlagChangeKind.Add, MessageFlags.Draft, [], default(ModSeq)), default);
        Assert.Equal(2, none.Value!.Modified.Count);
    }

    [Fact]
    public async Task Keywords_are_alike_in_any_case_and_shown_as_first_seen()
    {
        var box = await BoxAsync(2);
        await ChangeAsync(box, [1], FlagChangeKind.Add, MessageFlags.None, "$Forwarded", "Work");
        await ChangeAsync(box, [2], FlagChangeKind.Add, MessageFlags.None, "WORK", "work");
        Assert.Equal(["Work"], (await Store.MessagesAsync(box))[1].Keywords);
        await ChangeAsync(box, [1], FlagChangeKind.Remove, MessageFlags.None, "$FORWARDED");
        await Store.ReopenAsync();
        Assert.Equal(["Work"], (await Store.MessagesAsync(box))[0].Keywords);
    }

    [Fact]
    public async Task Expunged_UIDs_are_remembered_by_MODSEQ_and_passed_over_when_not_there()
    {
        var box = await BoxAsync(4);
        var first = (await Store.Mail.ExpungeAsync(box, [new Uid(2), new Uid(9)], default)).Value!;
        var second = (await Store.Mail.ExpungeAsync(box, [new Uid(1), new Uid(2)], default)).Value!;
        Assert.Equal([new Uid(2)], first.Select(e => e.Uid));
        Assert.Equal([new Uid(1)], second.Select(e => e.Uid));
        Assert.Equal([second[0], first[0]], await Store.Mail.ReadExpungedAsync(box, default, default));
        Assert.Equal(second, await Store.Mail.ReadExpungedAsync(box, first[0].ModSeq, default));
        Assert.Equal(StoreOutcome.NotFound, (await Store.Mail.ExpungeAsync(new MailboxId(4711), [], default)).Outcome);
    }

    [Fact]
    public async Task Reading_is_bounded_by_UIDs_MODSEQ_and_limit()
    {
        var box = await BoxAsync(5);
        var since = (await Store.Mail.GetMailboxAsync(box, default))!.HighestModSeq;
        await ChangeAsync(box, [4, 2], FlagChangeKind.Add, MessageFlags.Seen);
        Assert.Equal([2u, 4u], await UidsAsync(box, UidRange.All, since, 10));
        Assert.Equal([4u], await UidsAsync(box, UidRange.After(new Uid(2)), since, 10));
        Assert.Equal([2u, 3u], await UidsAsync(box, UidRange.After(new Uid(1)), default, 2));
        Assert.Equal([3u, 4u], await UidsAsync(box, new UidRange(new Uid(3), new Uid(4)), default, 10));
    }

    [Fact]
    public async Task COPY_shares_content_and_keeps_identity_flags_and_date()
    {
        var account = await Store.AddAccountAsync("anna");
        var inbox = (await Store.MailboxAsync(account.Id)).Id;
        var trash = (await Store.MailboxAsync(account.Id, "Trash")).Id;
        await Store.DeliverAsync(inbox, "hello", MessageFlags.Flagged);
        await ChangeAsync(inbox, [1], FlagChangeKind.Add, MessageFlags.Flagged, "k");
        Store.Clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty((await Store.Mail.CopyAsync(inbox, [new Uid(1), new Uid(7)], trash, wholly: true, default)).Value!);
        var copied = (await Store.Mail.CopyAsync(inbox, [new Uid(1), new Uid(7)], trash, wholly: false, default)).Value!;

        Assert.Equal([new Uid(1)], copied.Select(c => c.Source));
        var source = Assert.Single(await Store.MessagesAsync(inbox));
        var copy = Assert.Single(await Store.MessagesAsync(trash));
        Assert.Equal(copied[0].Target.ModSeq, copy.ModSeq);
        Assert.Equal((source.Email, source.Content, source.Flags, source.InternalDate), (copy.Email, copy.Content, copy.Flags, copy.InternalDate));
        Assert.Equal(["k"], copy.Keywords);
        Assert.Equal(Store.Clock.GetUtcNow(), copy.SaveDate);
        Assert.Equal(10, (await Store.Directory.GetAccountAsync(account.Id, default))!.Used);

        await Store.Mail.ExpungeAsync(inbox, [new Uid(1)], default);
        Assert.NotNull(await Store.Mail.ReadAllAsync(copy.Content));
        await Store.Mail.ExpungeAsync(trash, [copy.Uid], default);
        Assert.Null(await Store.Mail.OpenContentAsync(copy.Content, default));
        Assert.Null(await Store.Mail.ReadSummaryAsync(copy.Email, default));
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task COPY_over_quota_copies_nothing_and_MOVE_within_an_account_needs_none()
    {
        var account = await Store.AddAccountAsync("anna", quota: 14);
        var inbox = (await Store.MailboxAsync(account.Id)).Id;
        var trash = (await Store.MailboxAsync(account.Id, "Trash")).Id;
        await Store.DeliverAsync(inbox, "hello");
        await Store.DeliverAsync(inbox, "world");
        Assert.Equal(StoreOutcome.OverQuota, (await Store.Mail.CopyAsync(inbox, [new Uid(1), new Uid(2)], trash, wholly: false, default)).Outcome);
        Assert.Empty(await Store.MessagesAsync(trash));
        Assert.True((await Store.Mail.MoveAsync(inbox, [new Uid(1), new Uid(2)], trash, default)).IsDone);
        Assert.Equal(2, (await Store.MessagesAsync(trash)).Count);
    }

    [Fact]
    public async Task MOVE_is_copy_and_expunge_in_one_step()
    {
        var account = await Store.AddAccountAsync("anna");
        var inbox = (await Store.MailboxAsync(account.Id)).Id;
        var trash = (await Store.MailboxAsync(account.Id, "Trash")).Id;
        await Store.DeliverAsync(inbox, "hello");
        var moved = (await Store.Mail.MoveAsync(inbox, [new Uid(1)], trash, default)).Value!;
        Assert.Empty(await Store.MessagesAsync(inbox));
        Assert.Equal([new Uid(1)], (await Store.Mail.ReadExpungedAsync(inbox, default, default)).Select(e => e.Uid));
        Assert.Equal(moved[0].Target.Uid, Assert.Single(await Store.MessagesAsync(trash)).Uid);
        Assert.Equal(StoreOutcome.NotFound, (await Store.Mail.MoveAsync(trash, [new Uid(1)], new MailboxId(4711), default)).Outcome);
        Assert.Single(await Store.MessagesAsync(trash));
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task MOVE_within_one_mailbox_gives_new_UIDs()
    {
        var box = await BoxAsync(1);
        var moved = await Store.Mail.MoveAsync(box, [new Uid(1)], box, default);
        Assert.True(moved.IsDone);
        Assert.Equal([2u], await UidsAsync(box, UidRange.All, default, 10));
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task Open_content_stays_readable_through_expunge_and_compaction()
    {
        var box = await BoxAsync(0);
        await Store.DeliverAsync(box, "stays readable");
        var content = (await Store.MessagesAsync(box))[0].Content;
        await using var reader = await Store.Mail.OpenContentAsync(content, default);
        await Store.Mail.ExpungeAsync(box, [new Uid(1)], default);
        await Store.Maintenance.CompactAsync(default);

        var buffer = new byte[100];
        Assert.Equal(14, await reader!.ReadAsync(0, buffer, default));
        Assert.Equal("readable", System.Text.Encoding.ASCII.GetString(buffer, 6, 8));
        Assert.Equal(0, await reader.ReadAsync(14, buffer, default));
        Assert.Null(await Store.Mail.OpenContentAsync(content, default));
    }

    private async Task<MailboxId> BoxAsync(int messages)
    {
        var account = await Store.AddAccountAsync("anna");
        var box = (await Store.MailboxAsync(account.Id)).Id;
        for (var i = 0; i < messages; i++) await Store.DeliverAsync(box, $"message {i}");
        return box;
    }

    private async Task<FlagChangeResult> ChangeAsync(
        MailboxId box, uint[] uids, FlagChangeKind kind, MessageFlags flags, params string[] keywords) =>
        (await Store.Mail.ChangeFlagsAsync(box, [.. uids.Select(u => new Uid(u))], new FlagChange(kind, flags, keywords), default)).Value!;

    private async Task<IEnumerable<uint>> UidsAsync(MailboxId box, UidRange range, ModSeq since, int limit) =>
        (await Store.Mail.ReadMessagesAsync(box, range, since, limit, default)).Select(m => m.Uid.Value);
}
