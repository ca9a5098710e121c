using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Contract;

public abstract class MailboxContract : StoreContract
{
    [Fact]
    public async Task A_new_account_has_INBOX_first_and_the_special_mailboxes()
    {
        var account = await Store.AddAccountAsync("anna");
        var list = await Store.Mail.ListMailboxesAsync(account.Id, default);
        Assert.Equal(["INBOX", "Archive", "Drafts", "Junk", "Sent", "Trash"], list.Select(m => m.Name.Value));
        Assert.Equal(
            [SpecialUse.None, SpecialUse.Archive, SpecialUse.Drafts, SpecialUse.Junk, SpecialUse.Sent, SpecialUse.Trash],
            list.Select(m => m.SpecialUse));
        Assert.Equal(list.Count, list.Select(m => m.UidValidity).Distinct().Count());
    }

    [Fact]
    public async Task INBOX_is_found_in_any_case()
    {
        var account = await Store.AddAccountAsync("anna");
        Assert.NotNull(await Store.Mail.FindMailboxAsync(account.Id, MailboxName.Parse("inBox"), default));
        Assert.Null(await Store.Mail.FindMailboxAsync(account.Id, MailboxName.Parse("sent"), default));
    }

    [Fact]
    public async Task Creating_makes_the_superiors_that_lack()
    {
        var account = await Store.AddAccountAsync("anna");
        var made = await Store.Mail.CreateMailboxAsync(account.Id, MailboxName.Parse("a/b/c"), SpecialUse.Flagged, default);
        Assert.Equal(SpecialUse.Flagged, made.Value!.SpecialUse);
        Assert.Equal(SpecialUse.None, (await Store.MailboxAsync(account.Id, "a/b")).SpecialUse);
        Assert.Equal(StoreOutcome.AlreadyExists, (await CreateAsync(account.Id, "a")).Outcome);
        Assert.Equal(StoreOutcome.NotFound, (await CreateAsync(new AccountId(4711), "a")).Outcome);
    }

    [Fact]
    public async Task A_mailbox_made_again_gets_a_greater_UIDVALIDITY_and_another_identity()
    {
        var account = await Store.AddAccountAsync("anna");
        var first = (await CreateAsync(account.Id, "box")).Value!;
        Assert.Equal(StoreOutcome.Done, await Store.Mail.DeleteMailboxAsync(account.Id, first.Name, default));
        await Store.ReopenAsync();
        var second = (await CreateAsync(account.Id, "box")).Value!;
        Assert.True(second.UidValidity.Value > first.UidValidity.Value);
        Assert.True(second.Id.Value > first.Id.Value);
    }

    [Fact]
    public async Task Deleting_takes_messages_and_space_but_leaves_inferiors()
    {
        var account = await Store.AddAccountAsync("anna");
        var box = (await CreateAsync(account.Id, "box")).Value!;
        await CreateAsync(account.Id, "box/under");
        await Store.DeliverAsync(box.Id);
        Assert.Equal(StoreOutcome.Done, await Store.Mail.DeleteMailboxAsync(account.Id, box.Name, default));

        Assert.Null(await Store.Mail.GetMailboxAsync(box.Id, default));
        Assert.NotNull(await Store.Mail.FindMailboxAsync(account.Id, MailboxName.Parse("box/under"), default));
        Assert.Equal(0, (await Store.Directory.GetAccountAsync(account.Id, default))!.Used);
        Assert.Equal(0, (await Store.Maintenance.VerifyAsync(null, default)).Contents);
        Assert.Equal(StoreOutcome.NotAllowed, await Store.Mail.DeleteMailboxAsync(account.Id, MailboxName.Inbox, default));
        Assert.Equal(StoreOutcome.NotFound, await Store.Mail.DeleteMailboxAsync(account.Id, box.Name, default));
    }

    [Fact]
    public async Task Renaming_takes_the_inferiors_along_and_keeps_identity()
    {
        var account = await Store.AddAccountAsync("anna");
        var under = (await CreateAsync(account.Id, "a/b")).Value!;
        Assert.Equal(StoreOutcome.Done, await RenameAsync(account.Id, "a", "x/y"));
        var renamed = await Store.MailboxAsync(account.Id, "x/y/b");
        Assert.Equal(under with { Name = renamed.Name }, renamed);
        Assert.NotNull(await Store.Mail.FindMailboxAsync(account.Id, MailboxName.Parse("x"), default));
        Assert.Null(await Store.Mail.FindMailboxAsync(account.Id, MailboxName.Parse("a"), default));
    }

    [Fact]
    public async Task Renaming_refuses_what_cannot_be_and_changes_nothing()
    {
        var account = await Store.AddAccountAsync("anna");
        await CreateAsync(account.Id, "a/b");
        await CreateAsync(account.Id, "y/b");
        await Store.Mail.DeleteMailboxAsync(account.Id, MailboxName.Parse("y"), default);
        var before = await Store.Mail.ListMailboxesAsync(account.Id, default);

        Assert.Equal(StoreOutcome.NotFound, await RenameAsync(account.Id, "none", "other"));
        Assert.Equal(StoreOutcome.AlreadyExists, await RenameAsync(account.Id, "a", "Sent"));
        Assert.Equal(StoreOutcome.NotAllowed, await RenameAsync(account.Id, "a", "a/b/c"));
        Assert.Equal(StoreOutcome.AlreadyExists, await RenameAsync(account.Id, "a", "y"));
        Assert.Equal(before, await Store.Mail.ListMailboxesAsync(account.Id, default));
    }

    [Fact]
    public async Task Renaming_INBOX_moves_its_messages_and_leaves_it_empty()
    {
        var account = await Store.AddAccountAsync("anna");
        var inbox = await Store.MailboxAsync(account.Id);
        await Store.DeliverAsync(inbox.Id, "one", MessageFlags.Seen);
        await Store.DeliverAsync(inbox.Id, "two");
        await CreateAsync(account.Id, "INBOX/under");
        Assert.Equal(StoreOutcome.Done, await RenameAsync(account.Id, "INBOX", "old/mail"));

        var left = await Store.MailboxAsync(account.Id);
        Assert.Equal((0L, 0L, inbox.UidValidity, new Uid(3)), (left.Messages, left.Size, left.UidValidity, left.UidNext));
        Assert.Equal(2, (await Store.Mail.ReadExpungedAsync(inbox.Id, default, default)).Count);
        var moved = await Store.MailboxAsync(account.Id, "old/mail");
        Assert.Equal((2L, 1L, 6L), (moved.Messages, moved.Unseen, moved.Size));
        Assert.NotNull(await Store.Mail.FindMailboxAsync(account.Id, MailboxName.Parse("INBOX/under"), default));
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task A_name_without_a_mailbox_can_be_subscribed()
    {
        var account = await Store.AddAccountAsync("anna");
        var ghost = MailboxName.Parse("ghost");
        Assert.Equal(StoreOutcome.Done, await Store.Mail.SetSubscribedAsync(account.Id, ghost, true, default));
        Assert.Contains(ghost, await Store.Mail.ListSubscriptionsAsync(account.Id, default));
        Assert.True((await CreateAsync(account.Id, "ghost")).Value!.Subscribed);
        Assert.Equal(StoreOutcome.Done, await Store.Mail.SetSubscribedAsync(account.Id, ghost, false, default));
        Assert.DoesNotContain(ghost, await Store.Mail.ListSubscriptionsAsync(account.Id, default));
        Assert.False((await Store.MailboxAsync(account.Id, "ghost")).Subscribed);
    }

    private ValueTask<StoreResult<Mailbox>> CreateAsync(AccountId account, string name) =>
        Store.Mail.CreateMailboxAsync(account, MailboxName.Parse(name), SpecialUse.None, default);

    private ValueTask<StoreOutcome> RenameAsync(AccountId account, string from, string to) =>
        Store.Mail.RenameMailboxAsync(account, MailboxName.Parse(from), MailboxName.Parse(to), default);
}
