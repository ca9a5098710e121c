using System.Buffers;
using Modus.Mail.Addresses;
using Modus.Storage;
using Xunit;

namespace Modus.EndToEnd.Tests.Pop3;

/// <summary>The whole server, with a way to put messages into anna's INBOX byte for byte; shared by a class of tests.</summary>
public sealed class Pop3Server : IAsyncLifetime
{
    internal ModusServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync() => Server = await ModusServer.StartAsync();

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    /// <summary>Adds an account with these messages.</summary>
    public async Task AddAccountAsync(string address, params byte[][] messages)
    {
        var store = Server.Running.Store;
        await Server.AddAccountAsync(address);
        var account = await store.Directory.FindAccountAsync(EmailAddress.Parse(address), CancellationToken.None);
        var inbox = await store.Mail.FindMailboxAsync(account!.Id, MailboxName.Inbox, CancellationToken.None);
        foreach (var message in messages)
        {
            await using var content = store.Delivery.BeginContent();
            content.Write(message);
            var request = new DeliveryRequest
            {
                QueueId = QueueId.New(TimeProvider.System),
                InternalDate = DateTimeOffset.UtcNow,
                Mailboxes = [new MailboxTarget(inbox!.Id)],
            };
            Assert.True((await store.Delivery.CommitAsync(content, request, CancellationToken.None)).IsDone);
        }
    }
}
