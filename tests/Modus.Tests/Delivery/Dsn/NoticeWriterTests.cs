using Modus.Delivery.Dsn;
using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;
using Modus.Storage;
using Modus.Testing.Storage;
using Xunit;

namespace Modus.Tests.Delivery.Dsn;

/// <summary>Where notices go, and that they and the attempts are one step.</summary>
public sealed class NoticeWriterTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_sender_here_finds_the_notice_in_the_INBOX_from_nobody_and_the_queue_is_done_with()
    {
        await using var kit = await NoticeKit.OpenAsync();
        var entry = (await kit.EnqueueAsync(NoticeKit.Envelope(NoticeKit.To("bob@elsewhere.test"))))[0];

        Assert.Equal(StoreOutcome.Done, await kit.FinishAsync(NoticeKit.End(entry)));

        Assert.StartsWith("Return-Path: <>\r\n", System.Text.Encoding.ASCII.GetString(await kit.NoticeAsync()), StringComparison.Ordinal);
        Assert.Empty(await kit.QueueAsync());
        var line = Assert.Single(await kit.TraceAsync(entry), static line => line.Kind == TraceKind.Noticed);
        Assert.Contains("failure for bob@elsewhere.test", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sender_elsewhere_gets_the_notice_by_the_queue_from_nobody_and_no_notice_of_the_notice()
    {
        await using var kit = await NoticeKit.OpenAsync();
        var entry = (await kit.EnqueueAsync(From("cleo@elsewhere.test")))[0];

        Assert.Equal(StoreOutcome.Done, await kit.FinishAsync(NoticeKit.End(entry)));

        var notice = Assert.Single(await kit.QueueAsync());
        Assert.True(notice.Envelope.ReversePath.IsNull);
        var recipient = Assert.Single(notice.Envelope.Recipients);
        Assert.Equal("<cleo@elsewhere.test>", recipient.Path.ToString());
        Assert.Equal((DsnNotify.Never, DsnReturn.Unspecified, null), (recipient.Notify, notice.Envelope.Return, notice.Envelope.EnvelopeId));
        Assert.Equal(TraceKind.Queued, Assert.Single(await kit.TraceAsync(notice)).Kind);

        // The notice fails in turn: nobody is told.
        Assert.Equal(StoreOutcome.Done, await kit.FinishAsync(NoticeKit.End(notice)));
        Assert.Empty(await kit.QueueAsync());
        Assert.Empty(await kit.InboxAsync());
        Assert.Contains("null reverse-path", (await kit.TraceAsync(notice))[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_notice_to_a_sender_who_is_gone_is_dropped_with_a_line()
    {
        await using var kit = await NoticeKit.OpenAsync();
        var entry = (await kit.EnqueueAsync(From("nobody@example.org")))[0];

        Assert.Equal(StoreOutcome.Done, await kit.FinishAsync(NoticeKit.End(entry)));

        Assert.Empty(await kit.QueueAsync());
        var line = Assert.Single(await kit.TraceAsync(entry), static line => line.Kind == TraceKind.Noticed);
        Assert.Contains("nobody takes mail at that address", line.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_notice_to_a_full_mailbox_is_dropped_with_a_line_and_the_attempt_ends()
    {
        await using var kit = await NoticeKit.OpenAsync(quota: 100);
        var entry = (await kit.EnqueueAsync(NoticeKit.Envelope(NoticeKit.To("bob@elsewhere.test"))))[0];

        Assert.Equal(StoreOutcome.Done, await kit.FinishAsync(NoticeKit.End(entry)));

        Assert.Empty(await kit.QueueAsync());
        Assert.Empty(await kit.InboxAsync());
        Assert.Contains("the mailbox is full", (await kit.TraceAsync(entry))[^1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_alias_as_sender_is_followed_here_and_elsewhere()
    {
        await using var kit = await NoticeKit.OpenAsync();
        await kit.Room.AliasAsync("info@example.org", "anna@example.org", "cleo@elsewhere.test");
        var entry = (await kit.EnqueueAsync(From("info@example.org")))[0];

        Assert.Equal(StoreOutcome.Done, await kit.FinishAsync(NoticeKit.End(entry)));

        var inMailbox = System.Text.Encoding.ASCII.GetString(await kit.NoticeAsync());
        var queued = Assert.Single(await kit.QueueAsync());
        var whole = System.Text.Encoding.ASCII.GetString((await kit.Room.Store.Mail.ReadAllAsync(queued.Content))!);
        Assert.Equal(inMailbox, whole);
        Assert.StartsWith("Date: ", whole[queued.ContentOffset..], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Recipients_that_ended_alike_share_a_notice_and_others_have_their_own()
    {
        await using var kit = await NoticeKit.OpenAsync();
        var entries = await kit.EnqueueAsync(NoticeKit.Envelope(
            NoticeKit.To("a@elsewhere.test"), NoticeKit.To("b@elsewhere.test"), NoticeKit.To("c@elsewhere.test"), NoticeKit.To("d@elsewhere.test", DsnNotify.Never)));

        await kit.FinishAsync(
            NoticeKit.End(entries[0]), NoticeKit.End(entries[1]), NoticeKit.End(entries[2], DsnAction.Delayed), NoticeKit.End(entries[3]));

        var notices = (await kit.InboxAsync()).Select(NoticeKit.Read).ToList();
        Assert.Equal(
            ["rfc822; a@elsewhere.test|rfc822; b@elsewhere.test", "rfc822; c@elsewhere.test"],
            notices.Select(static notice => string.Join('|', notice.OfRecipients.Select(static group => group["Final-Recipient"]))));
    }

    [Fact]
    public async Task A_delay_is_told_once_and_the_entry_stays()
    {
        await using var kit = await NoticeKit.OpenAsync();
        var entry = (await kit.EnqueueAsync(NoticeKit.Envelope(NoticeKit.To("bob@elsewhere.test"))))[0];

        await kit.FinishAsync(NoticeKit.End(entry, DsnAction.Delayed));

        var left = Assert.Single(await kit.QueueAsync());
        Assert.True(left.DelayNoticed);
        Assert.Equal(QueueState.Deferred, left.State);
        Assert.Single(await kit.InboxAsync());
    }

    [Fact]
    public async Task A_full_disk_ends_no_attempt_and_sends_no_notice()
    {
        await using var kit = await NoticeKit.OpenAsync();
        var entry = (await kit.EnqueueAsync(NoticeKit.Envelope(NoticeKit.To("bob@elsewhere.test"))))[0];
        kit.Room.Disk.IsFull = true;

        Assert.Equal(StoreOutcome.NoSpace, await kit.FinishAsync(NoticeKit.End(entry)));

        Assert.Single(await kit.QueueAsync());
        Assert.Empty(await kit.InboxAsync());
        kit.Room.Disk.IsFull = false;
        Assert.Equal(StoreOutcome.Done, await kit.FinishAsync(NoticeKit.End(entry)));
        await kit.NoticeAsync();
        Assert.Empty(await kit.QueueAsync());
    }

    [Fact]
    public async Task A_disk_that_breaks_in_the_commit_leaves_both_or_neither()
    {
        await using var kit = await NoticeKit.OpenAsync();
        var entry = (await kit.EnqueueAsync(NoticeKit.Envelope(NoticeKit.To("bob@elsewhere.test"))))[0];
        kit.Room.Disk.SyncFails = true;

        await Assert.ThrowsAsync<StoreFailedException>(() => kit.FinishAsync(NoticeKit.End(entry)));

        kit.Room.Disk.SyncFails = false;
        await kit.Room.Store.ReopenAsync();
        Assert.Equal((await kit.QueueAsync()).Count == 0, (await kit.InboxAsync()).Count == 1);
        Assert.Empty(await kit.Room.Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task What_was_done_is_there_after_the_store_was_closed()
    {
        await using var kit = await NoticeKit.OpenAsync();
        var entry = (await kit.EnqueueAsync(NoticeKit.Envelope(NoticeKit.To("bob@elsewhere.test"))))[0];
        await kit.FinishAsync(NoticeKit.End(entry));

        await kit.Room.Store.ReopenAsync();

        await kit.NoticeAsync();
        Assert.Empty(await kit.QueueAsync());
        Assert.Empty(await kit.Room.Store.Maintenance.FaultsAsync());
    }

    [Fact]
    public async Task A_notice_about_a_message_that_demands_TLS_demands_it_too_and_keeps_its_priority()
    {
        await using var kit = await NoticeKit.OpenAsync();
        var entry = (await kit.EnqueueAsync(From("cleo@elsewhere.test") with { Tls = TlsDemand.Required, Priority = 3 }))[0];

        await kit.FinishAsync(NoticeKit.End(entry));

        var notice = Assert.Single(await kit.QueueAsync());
        Assert.Equal((TlsDemand.Required, 3), (notice.Envelope.Tls, notice.Envelope.Priority));
    }

    [Fact]
    public async Task Nothing_ended_is_nothing_to_do()
    {
        await using var kit = await NoticeKit.OpenAsync();
        Assert.Equal(StoreOutcome.Done, await kit.Room.NewNotices().FinishAsync([], Cancel));
    }

    private static Envelope From(string sender) =>
        NoticeKit.Envelope(NoticeKit.To("bob@far.test")) with { ReversePath = new ReversePath(EmailAddress.Parse(sender)) };
}
