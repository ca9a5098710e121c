using System.Text;
using Modus.Mail.Addresses;
using Modus.Storage;
using Xunit;

namespace Modus.EndToEnd.Tests.Smtp;

/// <summary>What came in, read from the store of a server of this process.</summary>
internal static class Inboxes
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The messages of an account, whole, in the order in which they came.</summary>
    public static async Task<IReadOnlyList<string>> ReadInboxAsync(this ModusServer server, string address = ModusServer.Anna)
    {
        var store = server.Running.Store;
        var account = await store.Directory.FindAccountAsync(EmailAddress.Parse(address), Cancellation);
        var inbox = await store.Mail.FindMailboxAsync(account!.Id, MailboxName.Inbox, Cancellation);
        var texts = new List<string>();
        foreach (var message in await store.Mail.ReadMessagesAsync(inbox!.Id, UidRange.All, default, 10, Cancellation))
        {
            await using var reader = await store.Mail.OpenContentAsync(message.Content, Cancellation);
            var bytes = new byte[reader!.Length];
            for (var at = 0; at < bytes.Length;) at += await reader.ReadAsync(at, bytes.AsMemory(at), Cancellation);
            texts.Add(Encoding.UTF8.GetString(bytes));
        }

        return texts;
    }
}
