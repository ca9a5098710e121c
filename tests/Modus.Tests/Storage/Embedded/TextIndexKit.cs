using System.Text;
using Modus.Mail.Text;
using Modus.Storage;
using Modus.Testing.Storage;

namespace Modus.Tests.Storage.Embedded;

/// <summary>The short words of the tests of the text index.</summary>
internal static class TextIndexKit
{
    /// <summary>Opens a store that keeps a text index.</summary>
    public static ValueTask<EmbeddedStoreUnderTest> OpenAsync() =>
        EmbeddedStoreUnderTest.OpenAsync(configure: static options => options with { TextIndex = true });

    /// <summary>Delivers to the INBOX of an account.</summary>
    public static Task<EmailId> AddMailAsync(this EmbeddedStoreUnderTest store, AccountId account, string mail) =>
        store.AddMailAsync(account, Encoding.UTF8.GetBytes(mail));

    public static async Task<EmailId> AddMailAsync(this EmbeddedStoreUnderTest store, AccountId account, byte[] mail)
    {
        var receipt = await store.Delivery.DeliverAsync(mail, new DeliveryRequest
        {
            QueueId = QueueId.New(store.Clock), InternalDate = store.Clock.GetUtcNow(),
            Mailboxes = [new MailboxTarget((await store.MailboxAsync(account)).Id)],
        });
        return receipt.Value?.Email ?? throw new InvalidOperationException($"delivery: {receipt.Outcome}");
    }

    /// <summary>How many emails have the text in their Subject, once the account is indexed.</summary>
    public static async Task<int?> CountAsync(this EmbeddedStoreUnderTest store, AccountId account, string needle)
    {
        await store.Store.Indexer!.IndexedAsync(account);
        return (await store.TextIndex.FindAsync(account, TextField.Subject, needle, default))?.Count;
    }

    public static string IndexOf(this EmbeddedStoreUnderTest store, AccountId account) =>
        Path.Combine(store.Options.Folder, "search", $"{account.Value:D12}.db");
}
