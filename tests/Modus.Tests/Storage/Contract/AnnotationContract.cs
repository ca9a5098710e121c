using System.Collections.Concurrent;
using System.Text;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Contract;

public abstract class AnnotationContract : StoreContract
{
    [Fact]
    public async Task Entries_are_set_replaced_and_removed_and_are_alike_in_any_case()
    {
        var (account, box) = await BoxAsync();
        Assert.Equal(StoreOutcome.Done, await SetAsync(account, box, ("/private/b", "2"), ("/private/Comment", "1"), ("/shared/x", "")));
        Assert.Equal(StoreOutcome.Done, await SetAsync(account, box, ("/PRIVATE/COMMENT", "one"), ("/private/B", null), ("/private/none", null)));
        Assert.Equal(StoreOutcome.Done, await SetAsync(account, null, ("/private/comment", "mine")));
        await Store.ReopenAsync();
        Assert.Equal([("/private/Comment", "one"), ("/shared/x", "")], await ReadAsync(account, box));
        Assert.Equal([("/private/comment", "mine")], await ReadAsync(account, null));
    }

    [Fact]
    public async Task They_survive_a_rename_and_go_with_mailbox_and_account()
    {
        var (account, box) = await BoxAsync();
        await SetAsync(account, box, ("/private/comment", "box"));
        await SetAsync(account, null, ("/private/comment", "account"));
        await Store.Mail.RenameMailboxAsync(account, MailboxName.Parse("Archive"), MailboxName.Parse("Old"), default);
        Assert.Equal([("/private/comment", "box")], await ReadAsync(account, box));
        await Store.Mail.DeleteMailboxAsync(account, MailboxName.Parse("Old"), default);
        Assert.Empty(await ReadAsync(account, box));
        Assert.Equal([("/private/comment", "account")], await ReadAsync(account, null));
        await Store.Directory.RemoveAccountAsync(account, default);
        Assert.Empty(await ReadAsync(account, null));
        Assert.Empty(await Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task What_is_not_there_or_is_somebody_elses_is_not_found()
    {
        var (account, box) = await BoxAsync();
        var bert = (await Store.AddAccountAsync("bert")).Id;
        await SetAsync(account, box, ("/private/comment", "1"));
        Assert.Equal(StoreOutcome.NotFound, await SetAsync(bert, box, ("/private/comment", "2")));
        Assert.Equal(StoreOutcome.NotFound, await SetAsync(account, new MailboxId(4711), ("/private/comment", "2")));
        Assert.Equal(StoreOutcome.NotFound, await SetAsync(new AccountId(4711), null, ("/private/comment", "2")));
        Assert.Empty(await ReadAsync(bert, box));
        Assert.Equal([("/private/comment", "1")], await ReadAsync(account, box));
    }

    [Fact]
    public async Task Bounds_refuse_the_whole_change()
    {
        var (account, box) = await BoxAsync();
        var limits = Store.Annotations.Limits;
        var large = new string('x', limits.MaxValueLength);
        Assert.Equal(StoreOutcome.TooLarge, await SetAsync(account, box, ("/private/a", "1"), ("/private/b", large + "x")));
        Assert.Equal(StoreOutcome.NotAllowed, await SetAsync(account, box, ("/private/a", "1"), (new string('e', limits.MaxEntryLength + 1), "1")));
        Assert.Equal(StoreOutcome.NotAllowed, await SetAsync(account, box, ("", "1")));
        Assert.Empty(await ReadAsync(account, box));
        Assert.Equal(StoreOutcome.Done, await SetAsync(account, box, (new string('e', limits.MaxEntryLength), large)));

        var rest = Enumerable.Range(1, limits.MaxEntries - 1).Select(i => ($"/private/{i}", (string?)"1")).ToArray();
        Assert.Equal(StoreOutcome.TooMany, await SetAsync(account, box, [.. rest, ("/private/more", "1")]));
        Assert.Single(await ReadAsync(account, box));
        Assert.Equal(StoreOutcome.Done, await SetAsync(account, box, rest));
        Assert.Equal(StoreOutcome.Done, await SetAsync(account, box, ("/private/more", "1"), ("/private/1", null)));
        Assert.Equal(StoreOutcome.Done, await SetAsync(account, null, ("/private/more", "1")));
    }

    [Fact]
    public async Task The_change_feed_tells_whose_they_are()
    {
        var (account, box) = await BoxAsync();
        var told = new ConcurrentQueue<MailboxChange>();
        using var subscription = Store.Changes.Subscribe(account, told.Enqueue);
        await SetAsync(account, box, ("/private/a", "1"));
        await SetAsync(account, null, ("/private/a", "1"));
        var highest = (await Store.Mail.GetMailboxAsync(box, default))!.HighestModSeq;
        Assert.Equal(
            [new MailboxChange(account, box, MailboxChangeKind.Metadata, highest), new(account, default, MailboxChangeKind.Metadata, default)],
            told.Select(static change => change with { Entries = null }));
        Assert.All(told, static change => Assert.Equal(["/private/a"], change.Entries!));
    }

    private async Task<(AccountId Account, MailboxId Mailbox)> BoxAsync()
    {
        var account = (await Store.AddAccountAsync("anna")).Id;
        return (account, (await Store.MailboxAsync(account, "Archive")).Id);
    }

    private ValueTask<StoreOutcome> SetAsync(AccountId account, MailboxId? mailbox, params (string Entry, string? Value)[] changes) =>
        Store.Annotations.ChangeAsync(account, mailbox, [.. changes.Select(c => new Annotation(c.Entry, Bytes(c.Value)))], default);

    private static ReadOnlyMemory<byte>? Bytes(string? value) => value is null ? default(ReadOnlyMemory<byte>?) : Encoding.UTF8.GetBytes(value);

    private async Task<IEnumerable<(string, string)>> ReadAsync(AccountId account, MailboxId? mailbox) =>
        (await Store.Annotations.ReadAsync(account, mailbox, default)).Select(a => (a.Entry, Encoding.UTF8.GetString(a.Value!.Value.Span)));
}
