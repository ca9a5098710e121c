using System.Buffers;
using Modus.Mail.Addresses;
using Modus.Storage;
using Modus.Storage.Embedded;

namespace Modus.Benchmarks.Storage;

/// <summary>A store in the working folder's file system (a tmpfs would flatter it), with one INBOX per writer.</summary>
internal sealed class StoreFixture : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateDirectory(Path.Combine("store-" + Guid.NewGuid())).FullName;
    private readonly byte[] _message = Message(16 * 1024);

    public EmbeddedStore Store { get; private set; } = null!;

    public List<MailboxId> Inboxes { get; } = [];

    public static async Task<StoreFixture> OpenAsync(int accounts, bool textIndex = false)
    {
        var fixture = new StoreFixture();
        fixture.Store = await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = fixture._folder, TextIndex = textIndex });
        await fixture.Store.Directory.AddDomainAsync(new LocalDomain(Domain.Parse("example.org")), default);
        for (var i = 0; i < accounts; i++)
        {
            var account = await fixture.Store.Directory.AddAccountAsync(
                new NewAccount(EmailAddress.Parse($"a{i}@example.org"), new ScramVerifier(new byte[16], 4096, new byte[32], new byte[32])), default);
            fixture.Inboxes.Add((await fixture.Store.Mail.FindMailboxAsync(account.Value!.Id, MailboxName.Inbox, default))!.Id);
        }

        return fixture;
    }

    public Task DeliverAsync(MailboxId inbox) => DeliverAsync(inbox, _message);

    public async Task DeliverAsync(MailboxId inbox, byte[] message)
    {
        await using var content = Store.Delivery.BeginContent();
        content.Write(message);
        await content.FlushAsync(default);
        await Store.Delivery.CommitAsync(
            content,
            new DeliveryRequest
            {
                QueueId = QueueId.New(TimeProvider.System), InternalDate = DateTimeOffset.UtcNow, Mailboxes = [new MailboxTarget(inbox)],
            },
            default);
    }

    /// <summary>Closes the store and opens it again, with nothing in its own memory.</summary>
    public async Task ReopenAsync()
    {
        await Store.DisposeAsync();
        Store = await EmbeddedStore.OpenAsync(new EmbeddedStoreOptions { Folder = _folder });
    }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private static byte[] Message(int length)
    {
        var message = new byte[length];
        "From: a@example.org\r\nTo: b@example.org\r\nSubject: sixteen kilobytes\r\nMessage-ID: <1@example.org>\r\n\r\n"u8.CopyTo(message);
        for (var i = 101; i < length; i++) message[i] = (i % 78) switch { 76 => (byte)'\r', 77 => (byte)'\n', _ => (byte)'x' };
        return message;
    }
}
