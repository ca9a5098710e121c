using System.Buffers;
using System.Globalization;
using Modus.Mail.Addresses;
using Modus.Server.Composition;
using Modus.Storage;
using Xunit;

namespace Modus.Tests.Server.Moving;

/// <summary>An account of anna@example.com in a store: puts messages into it, and says all that is there.</summary>
internal static class AccountMail
{
    public const string Anna = "anna@example.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task AddAsync(string folder, long? quota = null)
    {
        await using var store = await OpenedStore.OpenAsync(folder, Cancel);
        await AddAsync(store, quota);
    }

    public static async Task<Account> AddAsync(OpenedStore store, long? quota = null)
    {
        var address = EmailAddress.Parse(Anna);
        if (await store.Directory.FindAccountAsync(address, Cancel) is { } there) return there;
        await store.Directory.AddDomainAsync(new LocalDomain(address.Domain), Cancel);
        var verifier = new ScramVerifier(new byte[16], 4096, new byte[32], new byte[32]);
        return (await store.Directory.AddAccountAsync(new NewAccount(address, verifier, quota), Cancel)).Value!;
    }

    public static async Task PutAsync(
        OpenedStore store, string mailbox, byte[] content, DateTimeOffset date, MessageFlags flags = MessageFlags.None, params string[] keywords)
    {
        var account = await AddAsync(store);
        var name = MailboxName.Parse(mailbox);
        await store.Mail.CreateMailboxAsync(account.Id, name, SpecialUse.None, Cancel);
        var box = await store.Mail.FindMailboxAsync(account.Id, name, Cancel);
        await using var writer = store.Delivery.BeginContent();
        for (var at = 0; at < content.Length; at += 32_768)
        {
            writer.Write(content.AsSpan(at, Math.Min(content.Length - at, 32_768)));
            await writer.FlushAsync(Cancel);
        }

        Assert.True((await store.Delivery.AppendAsync(box!.Id, [new MessageToAppend(writer, date, flags, keywords)], null, Cancel)).IsDone);
    }

    /// <summary>A line for each mailbox, and behind it one for each message, in the order of UIDs.</summary>
    public static async Task<string[]> ReadAsync(string folder)
    {
        await using var store = await OpenedStore.OpenAsync(folder, Cancel);
        return await ReadAsync(store);
    }

    public static async Task<string[]> ReadAsync(OpenedStore store)
    {
        var lines = new List<string>();
        var account = await AddAsync(store);
        foreach (var box in await store.Mail.ListMailboxesAsync(account.Id, Cancel))
        {
            lines.Add($"{box.Name} {box.SpecialUse} {(box.Subscribed ? "subscribed" : "-")}");
            foreach (var row in await store.Mail.ReadMessagesAsync(box.Id, UidRange.All, default, int.MaxValue, Cancel))
            {
                var sum = (await store.Mail.ReadSummaryAsync(row.Email, Cancel))!.Sha256;
                var date = row.InternalDate.ToUniversalTime().ToString("s", CultureInfo.InvariantCulture);
                lines.Add($"  {Convert.ToHexStringLower(sum.Span)[..16]} {row.Size} {date} {row.Flags} {string.Join(' ', row.Keywords.Order(StringComparer.Ordinal))}");
            }
        }

        return [.. lines];
    }

    /// <summary>The texts of a mailbox.</summary>
    public static async Task<string[]> ReadTextsAsync(string folder, string mailbox)
    {
        await using var store = await OpenedStore.OpenAsync(folder, Cancel);
        var account = await AddAsync(store);
        var texts = new List<string>();
        if (await store.Mail.FindMailboxAsync(account.Id, MailboxName.Parse(mailbox), Cancel) is not { } box) return [];
        foreach (var row in await store.Mail.ReadMessagesAsync(box.Id, UidRange.All, default, int.MaxValue, Cancel))
        {
            await using var content = await store.Mail.OpenContentAsync(row.Content, Cancel);
            var bytes = new byte[content!.Length];
            Assert.Equal(bytes.Length, await content.ReadAsync(0, bytes, Cancel));
            texts.Add(System.Text.Encoding.Latin1.GetString(bytes));
        }

        return [.. texts];
    }
}
