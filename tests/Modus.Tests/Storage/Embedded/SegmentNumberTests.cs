using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Storage.Embedded;

/// <summary>The numbers and the files of segments, as somebody sees them who copies them.</summary>
public sealed class SegmentNumberTests
{
    private static readonly string Large = new('x', 300_000); // a segment of its own

    [Fact]
    public async Task A_number_is_not_given_again_after_its_segment_went_and_the_store_was_opened_anew()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync();
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        await store.DeliverAsync(inbox, Large);
        var first = Assert.Single(Segments(store));
        await ExpungeAllAsync(store, inbox);
        Assert.Empty(Segments(store));

        await store.ReopenAsync();
        await store.DeliverAsync(inbox, Large);

        Assert.NotEqual(first, Assert.Single(Segments(store)));
    }

    [Fact]
    public async Task While_somebody_holds_deletions_no_file_goes_and_afterwards_all_of_them()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync();
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        await store.DeliverAsync(inbox, Large);
        var before = Segments(store);
        var content = (await store.MessagesAsync(inbox))[0].Content;

        using (store.Maintenance.HoldDeletes())
        {
            using (store.Maintenance.HoldDeletes()) await ExpungeAllAsync(store, inbox);
            Assert.Equal(before, Segments(store));
            Assert.Null(await store.Mail.ReadAllAsync(content)); // nobody else sees a difference
        }

        Assert.Empty(Segments(store));
    }

    [Fact]
    public async Task Files_that_a_crash_left_to_somebody_who_held_them_go_at_the_next_start()
    {
        await using var store = await EmbeddedStoreUnderTest.OpenAsync();
        var inbox = (await store.MailboxAsync((await store.AddAccountAsync("anna")).Id)).Id;
        await store.DeliverAsync(inbox, Large);
        var hold = store.Maintenance.HoldDeletes();
        await ExpungeAllAsync(store, inbox);

        await store.ReopenAsync();
        hold.Dispose();

        Assert.Empty(Segments(store));
    }

    private static async Task ExpungeAllAsync(EmbeddedStoreUnderTest store, MailboxId inbox)
    {
        var all = (await store.MessagesAsync(inbox)).Select(static message => message.Uid).ToList();
        Assert.True((await store.Mail.ExpungeAsync(inbox, all, default)).IsDone);
    }

    private static string[] Segments(EmbeddedStoreUnderTest store) =>
        [.. Directory.EnumerateFiles(Path.Combine(store.Options.Folder, "segments")).Order(StringComparer.Ordinal)];
}
