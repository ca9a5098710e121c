using System.Buffers;
using Modus.Mail.Addresses;
using Modus.Server.Cli;
using Modus.Server.Composition;
using Modus.Storage;
using Xunit;

namespace Modus.EndToEnd.Tests.Moving;

/// <summary>Stores with an account of anna@example.com, and commands on them.</summary>
internal static class MovedMail
{
    public const string Anna = "anna@example.com";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static async Task<AccountId> AddAccountAsync(OpenedStore store)
    {
        var address = EmailAddress.Parse(Anna);
        if (await store.Directory.FindAccountAsync(address, Cancel) is { } there) return there.Id;
        await store.Directory.AddDomainAsync(new LocalDomain(address.Domain), Cancel);
        var verifier = new ScramVerifier(new byte[16], 4096, new byte[32], new byte[32]);
        return (await store.Directory.AddAccountAsync(new NewAccount(address, verifier), Cancel)).Value!.Id;
    }

    public static async Task PutAsync(
        OpenedStore store, string mailbox, byte[] content, DateTimeOffset date, MessageFlags flags = MessageFlags.None, params string[] keywords)
    {
        var account = await AddAccountAsync(store);
        await store.Mail.CreateMailboxAsync(account, MailboxName.Parse(mailbox), SpecialUse.None, Cancel);
        var box = await store.Mail.FindMailboxAsync(account, MailboxName.Parse(mailbox), Cancel);
        await using var writer = store.Delivery.BeginContent();
        writer.Write(content);
        Assert.True((await store.Delivery.AppendAsync(box!.Id, [new MessageToAppend(writer, date, flags, keywords)], null, Cancel)).IsDone);
    }

    /// <summary>Every message: its mailbox, the beginning of its SHA-256, date, flags and keywords.</summary>
    public static async Task<string[]> ReadAsync(string folder)
    {
        await using var store = await OpenedStore.OpenAsync(folder, Cancel);
        return await ReadAsync(store, await AddAccountAsync(store));
    }

    public static async Task<string[]> ReadAsync(OpenedStore store, AccountId account)
    {
        var lines = new List<string>();
        foreach (var box in await store.Mail.ListMailboxesAsync(account, Cancel))
            foreach (var row in await store.Mail.ReadMessagesAsync(box.Id, UidRange.All, default, int.MaxValue, Cancel))
            {
                var sum = (await store.Mail.ReadSummaryAsync(row.Email, Cancel))!.Sha256;
                lines.Add($"{box.Name} {Convert.ToHexStringLower(sum.Span)[..16]} {row.InternalDate.ToUnixTimeSeconds()} {row.Flags} {string.Join(' ', row.Keywords.Order(StringComparer.Ordinal))}");
            }

        return [.. lines];
    }

    public static async Task<(int Code, string Output)> RunAsync(params string[] args)
    {
        using var output = new StringWriter();
        var terminal = new Terminal { Out = output, Error = output, In = TextReader.Null };
        var code = await ModusCommand.RunAsync(args, terminal, Cancel);
        return (code, output.ToString());
    }
}
