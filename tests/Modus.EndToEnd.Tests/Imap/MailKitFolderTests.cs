using MailKit;
using MailKit.Net.Imap;
using MimeKit;
using Modus.Mail.Addresses;
using Xunit;

namespace Modus.EndToEnd.Tests.Imap;

/// <summary>Mailboxes, as MailKit sees them.</summary>
public sealed class MailKitFolderTests(ImapServer imap) : IClassFixture<ImapServer>
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_account_begins_with_its_special_folders()
    {
        using var client = await imap.LogInAsync(await imap.NewAccountAsync());
        foreach (var (purpose, name) in new[]
        {
            (SpecialFolder.Drafts, "Drafts"), (SpecialFolder.Sent, "Sent"), (SpecialFolder.Junk, "Junk"), (SpecialFolder.Trash, "Trash"), (SpecialFolder.Archive, "Archive"),
        })
        {
            Assert.Equal(name, client.GetFolder(purpose)?.FullName);
        }

        var folders = await client.GetFoldersAsync(client.PersonalNamespaces[0], StatusItems.Count | StatusItems.UidValidity, cancellationToken: Cancellation);
        Assert.Equal(["Archive", "Drafts", "INBOX", "Junk", "Sent", "Trash"], folders.Select(folder => folder.FullName).Order(StringComparer.Ordinal));
        Assert.All(folders, folder => Assert.NotEqual(0u, folder.UidValidity));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Folders_are_made_renamed_subscribed_and_deleted(bool utf8)
    {
        var address = await imap.NewAccountAsync();
        using var client = await imap.LogInAsync(address);
        if (utf8) await client.EnableUTF8Async(Cancellation);
        var top = client.GetFolder(client.PersonalNamespaces[0]);
        var work = (await top.CreateAsync("Gr\u00fc\u00dfe & \u65e5\u672c", isMessageFolder: true, Cancellation))!;
        var inner = (await work.CreateAsync("inner \"quoted\"", isMessageFolder: true, Cancellation))!;
        await inner.AppendAsync(new AppendRequest(NewMessage("kept"), MessageFlags.Seen), Cancellation);
        await inner.SubscribeAsync(Cancellation);
        var validity = await ValidityAsync(inner);

        await work.RenameAsync(top, "Arbeit \u2603", Cancellation);

        using var other = await imap.LogInAsync(address);
        var names = (await other.GetFoldersAsync(other.PersonalNamespaces[0], cancellationToken: Cancellation)).Select(folder => folder.FullName).ToList();
        Assert.Contains("Arbeit \u2603", names);
        Assert.Contains("Arbeit \u2603/inner \"quoted\"", names);
        Assert.DoesNotContain(names, name => name.StartsWith("Gr", StringComparison.Ordinal));
        var moved = await other.GetFolderAsync("Arbeit \u2603/inner \"quoted\"", Cancellation);
        Assert.Equal(validity, await ValidityAsync(moved));
        Assert.Equal(1, moved.Count);

        await moved.DeleteAsync(Cancellation);
        using var last = await imap.LogInAsync(address); // it asks the server, and not its memory
        await Assert.ThrowsAsync<FolderNotFoundException>(() => last.GetFolderAsync("Arbeit \u2603/inner \"quoted\"", Cancellation));

        static async Task<uint> ValidityAsync(IMailFolder folder)
        {
            await folder.StatusAsync(StatusItems.UidValidity | StatusItems.Count, Cancellation);
            return folder.UidValidity;
        }
    }

    [Fact]
    public async Task Subscriptions_are_kept_by_name()
    {
        var address = await imap.NewAccountAsync();
        using var client = await imap.LogInAsync(address);
        var top = client.GetFolder(client.PersonalNamespaces[0]);
        var list = (await top.CreateAsync("list", isMessageFolder: true, Cancellation))!;
        await list.SubscribeAsync(Cancellation);
        Assert.Contains("list", await SubscribedAsync());
        await list.UnsubscribeAsync(Cancellation);
        Assert.DoesNotContain("list", await SubscribedAsync());

        async Task<IEnumerable<string>> SubscribedAsync()
        {
            using var other = await imap.LogInAsync(address);
            return (await other.GetFoldersAsync(other.PersonalNamespaces[0], subscribedOnly: true, cancellationToken: Cancellation)).Select(folder => folder.FullName).ToList();
        }
    }

    [Fact]
    public async Task A_folder_is_made_for_a_purpose()
    {
        var address = await imap.NewAccountAsync();
        using (var client = await imap.LogInAsync(address))
        {
            await client.GetFolder(SpecialFolder.Junk)!.DeleteAsync(Cancellation);
            await client.GetFolder(client.PersonalNamespaces[0]).CreateAsync("Spam", SpecialFolder.Junk, Cancellation);
        }

        using var again = await imap.LogInAsync(address);
        Assert.Equal("Spam", again.GetFolder(SpecialFolder.Junk)?.FullName);
    }

    [Fact]
    public async Task A_status_counts()
    {
        var address = await imap.NewAccountAsync();
        var messages = new[] { Mails.Plain("one"), Mails.Plain("two"), Mails.Plain("three") };
        await imap.DeliverAsync(address, messages);
        using var client = await imap.LogInAsync(address);
        const StatusItems All = StatusItems.Count | StatusItems.Unread | StatusItems.UidNext | StatusItems.UidValidity
            | StatusItems.HighestModSeq | StatusItems.Size | StatusItems.MailboxId | StatusItems.AppendLimit;
        await client.Inbox.StatusAsync(All, Cancellation);

        Assert.Equal((3, 3, 4u), (client.Inbox.Count, client.Inbox.Unread, client.Inbox.UidNext!.Value.Id));
        Assert.Equal((ulong)messages.Sum(message => message.Length), client.Inbox.Size);
        Assert.NotEqual(0u, client.Inbox.UidValidity);
        Assert.NotEqual(0ul, client.Inbox.HighestModSeq);
        Assert.NotEmpty(client.Inbox.Id!);
        Assert.Equal(50u << 20, client.Inbox.AppendLimit);
    }

    [Fact]
    public async Task A_quota_is_told_and_kept()
    {
        var address = await imap.NewAccountAsync(quota: 100 * 1024);
        await imap.DeliverAsync(address, Mails.LongLines());
        using var client = await imap.LogInAsync(address);
        var quota = await client.Inbox.GetQuotaAsync(Cancellation);

        Assert.Equal(100u, quota.StorageLimit);
        Assert.InRange(quota.CurrentStorageSize ?? 0, 64u, 66u);
        var full = await Assert.ThrowsAsync<ImapCommandException>(() =>
            client.Inbox.AppendAsync(new AppendRequest(NewMessage("big", new string('a', 60_000)), MessageFlags.None), Cancellation));
        Assert.Equal(ImapCommandResponse.No, full.Response);
        await client.Inbox.AppendAsync(new AppendRequest(NewMessage("small"), MessageFlags.None), Cancellation); // the session goes on
    }

    [Fact]
    public async Task Metadata_is_kept_for_folders_and_for_the_account()
    {
        var address = await imap.NewAccountAsync();
        using (var client = await imap.LogInAsync(address))
        {
            await client.Inbox.SetMetadataAsync(new MetadataCollection { new Metadata(MetadataTag.PrivateComment, "Gr\u00fc\u00dfe\r\nof two lines") }, Cancellation);
            await client.SetMetadataAsync(new MetadataCollection { new Metadata(new MetadataTag("/private/vendor/test/a"), "1") }, Cancellation);
        }

        using var again = await imap.LogInAsync(address);
        Assert.Equal("Gr\u00fc\u00dfe\r\nof two lines", await again.Inbox.GetMetadataAsync(MetadataTag.PrivateComment, Cancellation));
        Assert.Equal("1", await again.GetMetadataAsync(new MetadataTag("/private/vendor/test/a"), Cancellation));
        await again.Inbox.SetMetadataAsync(new MetadataCollection { new Metadata(MetadataTag.PrivateComment, null!) }, Cancellation);

        // MailKit takes no NIL in a METADATA response, though its grammar has it (RFC 5464 §5): the store tells.
        var store = imap.Server.Running.Store;
        var account = await store.Directory.FindAccountAsync(EmailAddress.Parse(address), Cancellation);
        var inbox = await store.Mail.FindMailboxAsync(account!.Id, Modus.Storage.MailboxName.Inbox, Cancellation);
        Assert.Empty(await store.Annotations.ReadAsync(account.Id, inbox!.Id, Cancellation));
    }

    private static MimeMessage NewMessage(string subject, string body = "body") => new(
        [MailboxAddress.Parse("anna@alpha.test")], [MailboxAddress.Parse("ben@beta.test")], subject, new TextPart("plain") { Text = body });
}
