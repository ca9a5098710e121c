using System.Collections.Concurrent;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Contract;

public abstract class ChangeFeedContract : StoreContract
{
    [Fact]
    public async Task Each_kind_of_change_is_told_with_the_MODSEQ_that_a_reader_sees()
    {
        var account = await Store.AddAccountAsync("anna");
        var inbox = (await Store.MailboxAsync(account.Id)).Id;
        var box = MailboxName.Parse("box");
        var told = new ConcurrentQueue<MailboxChange>();
        using var subscription = Store.Changes.Subscribe(account.Id, told.Enqueue);

        await Store.DeliverAsync(inbox);
        await Store.Mail.ChangeFlagsAsync(inbox, [new Uid(1)], new FlagChange(FlagChangeKind.Add, MessageFlags.Seen, []), default);
        await Store.Mail.ExpungeAsync(inbox, [new Uid(1)], default);
        Assert.Equal([MailboxChangeKind.Added, MailboxChangeKind.Flags, MailboxChangeKind.Expunged], told.Select(c => c.Kind));
        Assert.All(told, c => Assert.Equal((account.Id, inbox), (c.Account, c.Mailbox)));
        Assert.Equal((await Store.Mail.GetMailboxAsync(inbox, default))!.HighestModSeq, told.Last().HighestModSeq);

        told.Clear();
        await Store.Mail.CreateMailboxAsync(account.Id, box, SpecialUse.None, default);
        await Store.Mail.SetSubscribedAsync(account.Id, box, true, default);
        await Store.Mail.RenameMailboxAsync(account.Id, box, MailboxName.Parse("other"), default);
        await Store.Mail.DeleteMailboxAsync(account.Id, MailboxName.Parse("other"), default);
        Assert.Equal(
            [MailboxChangeKind.Created, MailboxChangeKind.Subscription, MailboxChangeKind.Renamed, MailboxChangeKind.Deleted],
            told.Select(c => c.Kind));
        Assert.Equal([null, null, "box", "other"], told.Select(c => c.OldName?.Value));
    }

    [Fact]
    public async Task Annotations_are_told_by_the_names_of_their_entries()
    {
        var account = await Store.AddAccountAsync("anna");
        var inbox = (await Store.MailboxAsync(account.Id)).Id;
        var told = new ConcurrentQueue<MailboxChange>();
        using var subscription = Store.Changes.Subscribe(account.Id, told.Enqueue);

        await Store.Annotations.ChangeAsync(account.Id, inbox, [new("/shared/a", new byte[1]), new("/private/b", new byte[1]), new("/SHARED/A", new byte[2])], default);
        await Store.Annotations.ChangeAsync(account.Id, null, [new("/private/b", null)], default);
        await Store.Annotations.ChangeAsync(account.Id, null, [], default);
        Assert.Equal([(inbox, "/shared/a /private/b"), (default, "/private/b")], told.Select(c => (c.Mailbox, string.Join(' ', c.Entries!))));
        Assert.All(told, c => Assert.Equal(MailboxChangeKind.Metadata, c.Kind));
    }

    [Fact]
    public async Task A_name_without_a_mailbox_is_told_by_name()
    {
        var account = await Store.AddAccountAsync("anna");
        var told = new ConcurrentQueue<MailboxChange>();
        using var subscription = Store.Changes.Subscribe(account.Id, told.Enqueue);
        await Store.Mail.SetSubscribedAsync(account.Id, MailboxName.Parse("nowhere"), true, default);
        await Store.Mail.SetSubscribedAsync(account.Id, MailboxName.Inbox, false, default);
        Assert.Equal([("nowhere", default), (null, (await Store.MailboxAsync(account.Id)).Id)], told.Select(c => (c.Name?.Value, c.Mailbox)));
    }

    [Fact]
    public async Task What_moves_along_in_a_rename_is_told_apart()
    {
        var account = await Store.AddAccountAsync("anna");
        await Store.Mail.CreateMailboxAsync(account.Id, MailboxName.Parse("a/b"), SpecialUse.None, default);
        var told = new ConcurrentQueue<MailboxChange>();
        using var subscription = Store.Changes.Subscribe(account.Id, told.Enqueue);
        await Store.Mail.RenameMailboxAsync(account.Id, MailboxName.Parse("a"), MailboxName.Parse("c"), default);
        Assert.Equal(
            [("a", MailboxChangeKind.Renamed), ("a/b", MailboxChangeKind.RenamedWithSuperior)], told.Select(c => (c.OldName?.Value, c.Kind)));

        told.Clear();
        await Store.Mail.RenameMailboxAsync(account.Id, MailboxName.Inbox, MailboxName.Parse("old"), default);
        Assert.Contains(told, c => c.Kind.HasFlag(MailboxChangeKind.Created | MailboxChangeKind.Renamed) && c.OldName == MailboxName.Inbox);
    }

    [Fact]
    public void Changes_melt_into_one_that_says_all_of_them()
    {
        var first = new MailboxChange(default, new MailboxId(1), MailboxChangeKind.Renamed, new ModSeq(1), MailboxName.Parse("a"), Entries: ["/shared/x", "/shared/y"]);
        var second = new MailboxChange(default, new MailboxId(1), MailboxChangeKind.Metadata, new ModSeq(2), Entries: ["/SHARED/X", "/shared/z"]);
        var melted = first.With(second).With(new MailboxChange(default, new MailboxId(1), MailboxChangeKind.Added, new ModSeq(3), MailboxName.Parse("b")));
        Assert.Equal(MailboxChangeKind.Renamed | MailboxChangeKind.Metadata | MailboxChangeKind.Added, melted.Kind);
        Assert.Equal((new ModSeq(3), "a"), (melted.HighestModSeq, melted.OldName?.Value));
        Assert.Equal(["/shared/x", "/shared/y", "/shared/z"], melted.Entries!);
    }

    [Fact]
    public async Task Nothing_is_told_of_others_after_disposal_or_of_what_did_not_happen()
    {
        var anna = await Store.AddAccountAsync("anna");
        var bert = await Store.AddAccountAsync("bert");
        var inbox = (await Store.MailboxAsync(anna.Id)).Id;
        var told = 0;
        var subscription = Store.Changes.Subscribe(anna.Id, _ => told++);
        await Store.DeliverAsync((await Store.MailboxAsync(bert.Id)).Id);
        await Store.Mail.DeleteMailboxAsync(anna.Id, MailboxName.Inbox, default);
        await Store.Mail.RenameMailboxAsync(anna.Id, MailboxName.Parse("Sent"), MailboxName.Parse("Sent/x"), default);
        Assert.Equal(0, told);
        subscription.Dispose();
        await Store.DeliverAsync(inbox);
        Assert.Equal(0, told);
    }

    [Fact]
    public async Task A_subscriber_that_throws_stops_nobody()
    {
        var anna = await Store.AddAccountAsync("anna");
        var inbox = (await Store.MailboxAsync(anna.Id)).Id;
        var told = 0;
        using var bad = Store.Changes.Subscribe(anna.Id, _ => throw new InvalidOperationException("on purpose"));
        using var good = Store.Changes.Subscribe(anna.Id, _ => told++);
        Assert.True((await Store.DeliverAsync(inbox)).IsDone);
        Assert.True((await Store.DeliverAsync(inbox)).IsDone);
        Assert.Equal(2, told);
    }
}
