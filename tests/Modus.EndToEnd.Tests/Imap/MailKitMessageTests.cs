using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using MimeKit;
using Xunit;

namespace Modus.EndToEnd.Tests.Imap;

/// <summary>Messages, as MailKit puts them in, reads them and changes them.</summary>
public sealed class MailKitMessageTests(ImapServer imap) : IClassFixture<ImapServer>
{
    private const MessageSummaryItems Everything =
        MessageSummaryItems.UniqueId | MessageSummaryItems.Envelope | MessageSummaryItems.BodyStructure | MessageSummaryItems.Flags
        | MessageSummaryItems.ModSeq | MessageSummaryItems.Size | MessageSummaryItems.InternalDate | MessageSummaryItems.References
        | MessageSummaryItems.EmailId | MessageSummaryItems.SaveDate | MessageSummaryItems.PreviewText;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Whole_messages_and_parts_of_them_come_out_bit_exact()
    {
        var address = await imap.NewAccountAsync();
        byte[][] messages = [Mails.Plain(), Mails.Dots(), Mails.LongLines(), Mails.EightBit(), Mails.NoFinalLineEnd()];
        await imap.DeliverAsync(address, messages);
        using var client = await imap.LogInAsync(address);
        await client.Inbox.OpenAsync(FolderAccess.ReadWrite, Cancellation);
        var summaries = await client.Inbox.FetchAsync(0, -1, MessageSummaryItems.UniqueId | MessageSummaryItems.Size, Cancellation);

        for (var i = 0; i < messages.Length; i++)
        {
            var (uid, whole) = (summaries[i].UniqueId, messages[i]);
            Assert.Equal((uint)whole.Length, summaries[i].Size);
            Assert.Equal(Mails.Hash(whole), Mails.Hash(await ReadAsync(client.Inbox.GetStreamAsync(uid, "", Cancellation))));
            var body = whole.AsSpan(whole.AsSpan().IndexOf("\r\n\r\n"u8) + 4).ToArray();
            Assert.Equal(Mails.Hash(body), Mails.Hash(await ReadAsync(client.Inbox.GetStreamAsync(uid, "TEXT", Cancellation))));
            var (offset, count) = (whole.Length / 3, whole.Length / 2);
            Assert.Equal(
                Mails.Hash(whole.AsSpan(offset, count)),
                Mails.Hash(await ReadAsync(client.Inbox.GetStreamAsync(uid, "", offset, count, Cancellation))));
        }

        summaries = await client.Inbox.FetchAsync(0, -1, MessageSummaryItems.Flags, Cancellation);
        Assert.All(summaries, summary => Assert.DoesNotContain("Seen", $"{summary.Flags}", StringComparison.Ordinal)); // MailKit peeks
    }

    [Fact]
    public async Task Fifty_megabytes_come_out_as_they_went_in()
    {
        var address = await imap.NewAccountAsync();
        var big = Mails.FiftyMegabytes();
        await imap.DeliverAsync(address, big);
        using var client = await imap.LogInAsync(address);
        await client.Inbox.OpenAsync(FolderAccess.ReadOnly, Cancellation);

        Assert.Equal(Mails.Hash(big), Mails.Hash(await ReadAsync(client.Inbox.GetStreamAsync(0, "", Cancellation))));
        Assert.Equal(
            Mails.Hash(big.AsSpan(40_000_000, 1_000_000)),
            Mails.Hash(await ReadAsync(client.Inbox.GetStreamAsync(0, "", 40_000_000, 1_000_000, Cancellation))));
    }

    [Fact]
    public async Task Messages_are_appended_with_flags_keywords_and_dates_one_and_several()
    {
        var address = await imap.NewAccountAsync();
        using var client = await imap.LogInAsync(address);
        var drafts = client.GetFolder(SpecialFolder.Drafts)!;
        var date = new DateTimeOffset(2001, 2, 3, 4, 5, 6, TimeSpan.FromHours(-7));
        var first = await drafts.AppendAsync(new AppendRequest(NewMessage("zero"), MessageFlags.Draft | MessageFlags.Seen, ["$Forwarded", "own"], date), Cancellation);
        var several = await drafts.AppendAsync(
            [.. Enumerable.Range(1, 5).Select(i => (IAppendRequest)new AppendRequest(NewMessage($"number {i}"), MessageFlags.Flagged))], Cancellation);

        Assert.Equal(1u, first?.Id);
        Assert.Equal([2u, 3, 4, 5, 6], several.Select(uid => uid.Id));
        await drafts.OpenAsync(FolderAccess.ReadOnly, Cancellation);
        Assert.Equal(6, drafts.Count);
        var summaries = await drafts.FetchAsync(0, -1, Everything, Cancellation);
        Assert.Equal(MessageFlags.Draft | MessageFlags.Seen, summaries[0].Flags & ~MessageFlags.Recent);
        Assert.Equal(["$Forwarded", "own"], summaries[0].Keywords.Order(StringComparer.Ordinal));
        Assert.Equal(date, summaries[0].InternalDate);
        Assert.Equal("number 5", summaries[5].Envelope!.Subject);
        var message = NewMessage("exact");
        var uid = await drafts.AppendAsync(new AppendRequest(message, MessageFlags.None), Cancellation);
        Assert.Equal(Server.Try.Courier.ToBytes(message), await ReadAsync(drafts.GetStreamAsync(uid!.Value, "", Cancellation)));
    }

    [Fact]
    public async Task A_message_is_replaced_by_a_new_version_of_itself()
    {
        using var client = await imap.LogInAsync(await imap.NewAccountAsync());
        var drafts = client.GetFolder(SpecialFolder.Drafts)!;
        await drafts.AppendAsync(new AppendRequest(NewMessage("old"), MessageFlags.Draft), Cancellation);
        await drafts.OpenAsync(FolderAccess.ReadWrite, Cancellation);
        var uid = await drafts.ReplaceAsync(new UniqueId(1), new ReplaceRequest(NewMessage("new"), MessageFlags.Draft), Cancellation);

        Assert.Equal(2u, uid?.Id);
        await client.NoOpAsync(Cancellation);
        Assert.Equal(1, drafts.Count);
        Assert.Equal("new", (await drafts.GetMessageAsync(0, Cancellation)).Subject);
    }

    [Fact]
    public async Task Summaries_tell_envelope_structure_flags_modseq_and_size()
    {
        var address = await imap.NewAccountAsync();
        var message = new MimeMessage { Subject = "Gr\u00fc\u00dfe aus K\u00f6ln", Date = new DateTimeOffset(2026, 7, 14, 9, 0, 0, TimeSpan.FromHours(2)) };
        message.From.Add(new MailboxAddress("J\u00f6rg \"der\" B\u00e4r", "joerg@alpha.test"));
        message.To.Add(new GroupAddress("friends", [MailboxAddress.Parse("ben@beta.test"), MailboxAddress.Parse("cy@beta.test")]));
        message.InReplyTo = "before@alpha.test";
        message.References.AddRange(["first@alpha.test", "before@alpha.test"]);
        var builder = new BodyBuilder { TextBody = "plain text", HtmlBody = "<p>html</p>" };
        builder.Attachments.Add("na\u00efve.bin", new byte[10_000]);
        builder.Attachments.Add(new MessagePart { Message = NewMessage("attached") });
        message.Body = builder.ToMessageBody();
        await imap.DeliverAsync(address, Server.Try.Courier.ToBytes(message));
        using var client = await imap.LogInAsync(address);
        await client.Inbox.OpenAsync(FolderAccess.ReadOnly, Cancellation);
        var summary = Assert.Single(await client.Inbox.FetchAsync(0, -1, Everything, Cancellation));

        Assert.Equal((message.Subject, message.Date, message.MessageId), (summary.Envelope!.Subject, summary.Envelope!.Date, summary.Envelope!.MessageId));
        Assert.Equal(message.From.ToString(), summary.Envelope!.From.ToString());
        Assert.Equal(message.To.ToString(), summary.Envelope!.To.ToString());
        Assert.Equal("before@alpha.test", summary.Envelope!.InReplyTo!.Trim('<', '>'));
        Assert.Equal(["first@alpha.test", "before@alpha.test"], summary.References);
        Assert.Equal((uint)Server.Try.Courier.ToBytes(message).Length, summary.Size);
        Assert.True(summary.ModSeq > 0);
        Assert.Equal("plain text", summary.PreviewText?.Trim());
        Assert.NotNull(summary.EmailId);
        Assert.NotNull(summary.SaveDate);
        Assert.Equal("na\u00efve.bin", Assert.Single(summary.Attachments).FileName);
        var multipart = Assert.IsType<BodyPartMultipart>(summary.Body);
        Assert.Equal("multipart/mixed", multipart.ContentType.MimeType);
        Assert.Equal("attached", summary.BodyParts.OfType<BodyPartMessage>().Single().Envelope!.Subject);
        Assert.Equal("plain text", ((TextPart)await client.Inbox.GetBodyPartAsync(summary.UniqueId, summary.TextBody!, Cancellation)).Text.TrimEnd());
        Assert.Equal("<p>html</p>", ((TextPart)await client.Inbox.GetBodyPartAsync(summary.UniqueId, summary.HtmlBody!, Cancellation)).Text.TrimEnd());
    }

    [Fact]
    public async Task Flags_and_keywords_are_set_and_seen_by_others()
    {
        var address = await imap.NewAccountAsync();
        await imap.DeliverAsync(address, Mails.Plain("one"), Mails.Plain("two"), Mails.Plain("three"));
        using var client = await imap.LogInAsync(address);
        using var other = await imap.LogInAsync(address);
        await client.Inbox.OpenAsync(FolderAccess.ReadWrite, Cancellation);
        await other.Inbox.OpenAsync(FolderAccess.ReadWrite, Cancellation);
        var heard = new List<int>();
        other.Inbox.MessageFlagsChanged += (_, changed) => heard.Add(changed.Index);

        await client.Inbox.AddFlagsAsync([0, 2], MessageFlags.Flagged | MessageFlags.Answered, new HashSet<string> { "$Label1" }, silent: false, Cancellation);
        await client.Inbox.SetFlagsAsync(new UniqueId(1), MessageFlags.Seen, silent: true, Cancellation);
        await client.Inbox.RemoveFlagsAsync(new UniqueId(3), MessageFlags.Answered, silent: true, Cancellation);
        await other.NoOpAsync(Cancellation);

        Assert.Equal([0, 2], heard.Distinct().Order());
        var summaries = await other.Inbox.FetchAsync(0, -1, MessageSummaryItems.Flags, Cancellation);
        Assert.Equal(
            [MessageFlags.Seen, MessageFlags.None, MessageFlags.Flagged], summaries.Select(summary => summary.Flags!.Value & ~MessageFlags.Recent));
        Assert.Equal(["$Label1"], summaries[2].Keywords);
        Assert.Empty(summaries[0].Keywords);
    }

    [Fact]
    public async Task A_flag_is_not_changed_over_somebody_elses_change()
    {
        var address = await imap.NewAccountAsync();
        await imap.DeliverAsync(address, Mails.Plain("one"), Mails.Plain("two"));
        using var client = await imap.LogInAsync(address);
        await client.Inbox.OpenAsync(FolderAccess.ReadWrite, Cancellation);
        var known = client.Inbox.HighestModSeq;
        await client.Inbox.AddFlagsAsync(new UniqueId(1), MessageFlags.Seen, silent: true, Cancellation);
        var left = await client.Inbox.StoreAsync(
            [new UniqueId(1), new UniqueId(2)], new StoreFlagsRequest(StoreAction.Add, MessageFlags.Deleted) { UnchangedSince = known, Silent = true }, Cancellation);

        Assert.Equal([1u], left.Select(uid => uid.Id));
        var summaries = await client.Inbox.FetchAsync(0, -1, MessageSummaryItems.Flags, Cancellation);
        Assert.Equal([MessageFlags.Seen, MessageFlags.Deleted], summaries.Select(summary => summary.Flags!.Value & ~MessageFlags.Recent));
    }

    [Fact]
    public async Task Messages_are_copied_moved_and_expunged_and_their_new_UIDs_told()
    {
        var address = await imap.NewAccountAsync();
        await imap.DeliverAsync(address, [.. Enumerable.Range(1, 6).Select(i => Mails.Plain($"m{i}"))]);
        using var client = await imap.LogInAsync(address);
        var archive = client.GetFolder(SpecialFolder.Archive)!;
        await client.Inbox.OpenAsync(FolderAccess.ReadWrite, Cancellation);

        var copied = await client.Inbox.CopyToAsync(Uids(2, 4), archive, Cancellation);
        Assert.Equal([(2u, 1u), (4, 2)], copied.Select(pair => (pair.Key.Id, pair.Value.Id)));
        var moved = await client.Inbox.MoveToAsync(Uids(1, 5, 6), archive, Cancellation);
        Assert.Equal([(1u, 3u), (5, 4), (6, 5)], moved.Select(pair => (pair.Key.Id, pair.Value.Id)));
        Assert.Equal(3, client.Inbox.Count);

        await client.Inbox.AddFlagsAsync(Uids(2, 3), MessageFlags.Deleted, silent: true, Cancellation);
        await client.Inbox.ExpungeAsync(Uids(3), Cancellation);
        Assert.Equal([2u, 4], (await client.Inbox.SearchAsync(SearchQuery.All, Cancellation)).Select(uid => uid.Id));
        await client.Inbox.CloseAsync(expunge: true, Cancellation);
        await archive.OpenAsync(FolderAccess.ReadOnly, Cancellation);
        Assert.Equal(["m2", "m4", "m1", "m5", "m6"], (await archive.FetchAsync(0, -1, MessageSummaryItems.Envelope, Cancellation)).Select(found => found.Envelope!.Subject));
        await client.Inbox.OpenAsync(FolderAccess.ReadOnly, Cancellation);
        Assert.Equal(1, client.Inbox.Count);
        await Assert.ThrowsAnyAsync<Exception>(() => client.Inbox.AddFlagsAsync(0, MessageFlags.Seen, silent: true, Cancellation)); // read-only
    }

    [Fact]
    public async Task Messages_are_found_sorted_and_threaded()
    {
        var address = await imap.NewAccountAsync();
        await imap.DeliverAsync(address, Mails.Plain("pears"), Mails.Plain("apples"), Mails.Plain("Re-pears"), Mails.EightBit());
        using var client = await imap.LogInAsync(address);
        await client.Inbox.OpenAsync(FolderAccess.ReadOnly, Cancellation);

        Assert.Equal([1u, 3], (await client.Inbox.SearchAsync(SearchQuery.SubjectContains("PEARS"), Cancellation)).Select(uid => uid.Id));
        Assert.Equal([2u], (await client.Inbox.SearchAsync(SearchQuery.BodyContains("body of apples"), Cancellation)).Select(uid => uid.Id));
        Assert.Equal([2u, 1, 3], (await client.Inbox.SortAsync(SearchQuery.FromContains("anna"), [OrderBy.Subject], Cancellation)).Select(uid => uid.Id));
        Assert.Equal(4, (await client.Inbox.SearchAsync(SearchOptions.Count, SearchQuery.NotDeleted, Cancellation)).Count);
        Assert.Equal(4, (await client.Inbox.ThreadAsync(ThreadingAlgorithm.References, SearchQuery.All, Cancellation)).Count);
    }

    private static UniqueId[] Uids(params uint[] uids) => [.. uids.Select(uid => new UniqueId(uid))];

    private static MimeMessage NewMessage(string subject) => new(
        [MailboxAddress.Parse("anna@alpha.test")], [MailboxAddress.Parse("ben@beta.test")], subject, new TextPart("plain") { Text = ".\r\nbody\r\n" });

    private static async Task<byte[]> ReadAsync(Task<Stream> opening)
    {
        await using var stream = await opening;
        using var copy = new MemoryStream();
        await stream.CopyToAsync(copy, Cancellation);
        return copy.ToArray();
    }
}
