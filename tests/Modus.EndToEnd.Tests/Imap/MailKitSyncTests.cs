using MailKit;
using MailKit.Net.Imap;
using Modus.Tls;
using Xunit;

namespace Modus.EndToEnd.Tests.Imap;

/// <summary>How a client hears of what others do: CONDSTORE, QRESYNC, IDLE.</summary>
public sealed class MailKitSyncTests(ImapServer imap) : IClassFixture<ImapServer>
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task CHANGEDSINCE_tells_of_what_changed()
    {
        var address = await imap.NewAccountAsync();
        await imap.DeliverAsync(address, Mails.Plain("one"), Mails.Plain("two"));
        using var client = await imap.LogInAsync(address);
        await client.Inbox.OpenAsync(FolderAccess.ReadWrite, Cancellation);
        var known = client.Inbox.HighestModSeq;
        Assert.Empty(await client.Inbox.FetchAsync(0, -1, known, MessageSummaryItems.Flags, Cancellation));
        await client.Inbox.AddFlagsAsync(1, MessageFlags.Answered, silent: true, Cancellation);

        var changed = Assert.Single(await client.Inbox.FetchAsync(0, -1, known, MessageSummaryItems.Flags | MessageSummaryItems.UniqueId, Cancellation));
        Assert.Equal((2u, MessageFlags.Answered), (changed.UniqueId.Id, changed.Flags & ~MessageFlags.Recent));
        Assert.True(changed.ModSeq > known);
    }

    [Fact]
    public async Task A_client_that_comes_back_is_told_what_vanished_and_what_changed()
    {
        var address = await imap.NewAccountAsync();
        await imap.DeliverAsync(address, [.. Enumerable.Range(1, 5).Select(i => Mails.Plain($"m{i}"))]);
        uint validity;
        ulong modSeq;
        using (var before = await imap.LogInAsync(address))
        {
            await before.EnableQuickResyncAsync(Cancellation);
            await before.Inbox.OpenAsync(FolderAccess.ReadOnly, Cancellation);
            (validity, modSeq) = (before.Inbox.UidValidity, before.Inbox.HighestModSeq);
            await before.DisconnectAsync(true, Cancellation);
        }

        using (var meanwhile = await imap.LogInAsync(address))
        {
            await meanwhile.Inbox.OpenAsync(FolderAccess.ReadWrite, Cancellation);
            await meanwhile.Inbox.AddFlagsAsync([0, 2], MessageFlags.Deleted, silent: true, Cancellation);
            await meanwhile.Inbox.ExpungeAsync(Cancellation);
            await meanwhile.Inbox.AddFlagsAsync(new UniqueId(4), MessageFlags.Flagged, silent: true, Cancellation);
            await meanwhile.DisconnectAsync(true, Cancellation);
        }

        using var client = await imap.LogInAsync(address);
        await client.EnableQuickResyncAsync(Cancellation);
        var vanished = new List<(uint Uid, bool Earlier)>();
        var changed = new List<(uint? Uid, MessageFlags Flags)>();
        client.Inbox.MessagesVanished += (_, gone) => vanished.AddRange(gone.UniqueIds.Select(uid => (uid.Id, gone.Earlier)));
        client.Inbox.MessageFlagsChanged += (_, now) => changed.Add((now.UniqueId?.Id, now.Flags & ~MessageFlags.Recent));
        await client.Inbox.OpenAsync(FolderAccess.ReadWrite, validity, modSeq, [.. Enumerable.Range(1, 5).Select(uid => new UniqueId((uint)uid))], Cancellation);

        Assert.Equal([(1u, true), (3u, true)], vanished);
        Assert.Equal([(4u, MessageFlags.Flagged)], changed);
        Assert.Equal(3, client.Inbox.Count);
    }

    [Fact]
    public async Task A_delivery_by_SMTP_and_what_others_do_is_heard_in_IDLE_at_once()
    {
        var address = await imap.NewAccountAsync();
        await imap.DeliverAsync(address, Mails.Plain("first"));
        using var client = await imap.LogInAsync(address);
        await client.Inbox.OpenAsync(FolderAccess.ReadWrite, Cancellation);
        using var done = new CancellationTokenSource();
        var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var flagged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var expunged = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        client.Inbox.CountChanged += (_, _) => arrived.TrySetResult();
        client.Inbox.MessageFlagsChanged += (_, _) => flagged.TrySetResult();
        client.Inbox.MessageExpunged += (_, _) => expunged.TrySetResult();
        var idling = client.IdleAsync(done.Token, Cancellation);

        await using (var smtp = await RawSmtp.ConnectAsync(imap.Server.Port("smtp", TlsMode.OnDemand)))
        {
            await smtp.BeginAsync(address);
            Assert.StartsWith("250", await smtp.DataAsync(Mails.Plain("new")), StringComparison.Ordinal);
        }

        await arrived.Task.WaitAsync(Patience, Cancellation);
        Assert.Equal(2, client.Inbox.Count);
        using var other = await imap.LogInAsync(address);
        await other.Inbox.OpenAsync(FolderAccess.ReadWrite, Cancellation);
        await other.Inbox.AddFlagsAsync(0, MessageFlags.Deleted, silent: true, Cancellation);
        await flagged.Task.WaitAsync(Patience, Cancellation);
        await other.Inbox.ExpungeAsync(Cancellation);
        await expunged.Task.WaitAsync(Patience, Cancellation);

        await done.CancelAsync();
        await idling;
        Assert.Equal("new", (await client.Inbox.GetMessageAsync(0, Cancellation)).Subject);
    }

    [Fact]
    public async Task Many_clients_in_IDLE_all_hear_of_a_message()
    {
        const int Count = 20;
        var address = await imap.NewAccountAsync();
        var clients = new List<ImapClient>();
        using var done = new CancellationTokenSource();
        try
        {
            var heard = new List<Task>();
            var idling = new List<Task>();
            for (var i = 0; i < Count; i++)
            {
                var client = await imap.LogInAsync(address);
                clients.Add(client);
                await client.Inbox.OpenAsync(FolderAccess.ReadOnly, Cancellation);
                var arrived = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
                client.Inbox.CountChanged += (_, _) => arrived.TrySetResult();
                heard.Add(arrived.Task);
                idling.Add(client.IdleAsync(done.Token, Cancellation));
            }

            await imap.DeliverAsync(address, Mails.Plain());

            await Task.WhenAll(heard).WaitAsync(Patience, Cancellation);
            await done.CancelAsync();
            await Task.WhenAll(idling);
        }
        finally
        {
            clients.ForEach(client => client.Dispose());
        }
    }
}
