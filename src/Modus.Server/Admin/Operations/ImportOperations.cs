using System.Globalization;
using Modus.Protocols.Imap;
using Modus.Storage;

namespace Modus.Server.Admin.Operations;

/// <summary>Begins an import into an account.</summary>
internal sealed class BeginImport()
    : AdminOperation<AddressName, ImportStart>("import-begin", AdminJson.Default.AddressName, AdminJson.Default.AdminReplyImportStart)
{
    public override async ValueTask<AdminReply<ImportStart>> RunAsync(AddressName request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryAddress(request.Address, out var address, out var fault)) return fault;
        return await ports.Directory.FindAccountAsync(address, cancellationToken) is { } account
            ? new ImportStart(account.Id.Value, LimitOf(ports))
            : AdminFault.NotFound($"There is no account {address}. `modus account list` shows those that there are.");
    }

    /// <summary>The largest message that is taken: as from a client that appends.</summary>
    public static long LimitOf(AdminPorts ports) => (ports.File?.Imap.Limits ?? new ImapLimits()).MaxMessageSize;
}

/// <summary>Finds or makes a mailbox that messages are imported into.</summary>
internal sealed class OpenImportMailbox() : AdminOperation<ImportMailboxWish, ImportMailbox>(
    "import-mailbox", AdminJson.Default.ImportMailboxWish, AdminJson.Default.AdminReplyImportMailbox)
{
    public override bool IsStep => true;

    public override async ValueTask<AdminReply<ImportMailbox>> RunAsync(ImportMailboxWish request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (!NameParsing.TryAddress(request.Address, out var address, out var fault)) return fault;
        if (!MailboxName.TryParse(request.Name, out var name)) return AdminFault.Invalid($"{request.Name} is no name for a mailbox.");
        if (await ports.Directory.FindAccountAsync(address, cancellationToken) is not { } account)
            return AdminFault.NotFound($"There is no account {address}.");
        var mailbox = await FindAsync(account.Id, name, request.Use, ports.Mail, cancellationToken);
        if (mailbox is null)
        {
            var created = await ports.Mail.CreateMailboxAsync(account.Id, name, request.Use, cancellationToken);
            if (!created.IsDone) return AdminFault.From(created.Outcome, $"Mailbox {name}");
            mailbox = created.Value;
        }

        if (request.Subscribe && !mailbox.Subscribed)
        {
            var outcome = await ports.Mail.SetSubscribedAsync(account.Id, mailbox.Name, subscribed: true, cancellationToken);
            if (outcome != StoreOutcome.Done) return AdminFault.From(outcome, $"The subscription of {mailbox.Name}");
        }

        return new ImportMailbox(mailbox.Id.Value, mailbox.Name.Value);
    }

    // An account has one mailbox for sent mail, not one for each server it was on.
    private static async ValueTask<Mailbox?> FindAsync(
        AccountId account, MailboxName name, SpecialUse use, IMailStore mail, CancellationToken cancellationToken)
    {
        if (await mail.FindMailboxAsync(account, name, cancellationToken) is { } named) return named;
        if (use == SpecialUse.None) return null;
        return (await mail.ListMailboxesAsync(account, cancellationToken)).FirstOrDefault(box => box.SpecialUse == use);
    }
}

/// <summary>What a mailbox has, and what was imported into it: first the one page by page, then the other.</summary>
internal sealed class ListKnownMail() : AdminOperation<KnownMailQuery, KnownMailPage>(
    "import-known", AdminJson.Default.KnownMailQuery, AdminJson.Default.AdminReplyKnownMailPage)
{
    private const int Page = 2_000; // sums of a reply: 32 KB
    private const int RecordPage = 64; // records of a reply: one for each upload, of at most 500 sums
    private const char InRecords = 'r';

    public override bool IsStep => true;

    public override async ValueTask<AdminReply<KnownMailPage>> RunAsync(KnownMailQuery request, AdminPorts ports, CancellationToken cancellationToken)
    {
        if (request.Cursor.StartsWith(InRecords)) return await ReadRecordsAsync(request, ports.Records, cancellationToken);
        if (!uint.TryParse(request.Cursor.Length == 0 ? "0" : request.Cursor, NumberStyles.None, CultureInfo.InvariantCulture, out var after))
            return AdminFault.Invalid("The cursor is none.");
        if (after == uint.MaxValue) return new KnownMailPage([], [], $"{InRecords}");
        var rows = await ports.Mail.ReadMessagesAsync(
            new MailboxId(request.Mailbox), UidRange.After(new Uid(after)), default, Page, cancellationToken);
        var sums = new MemoryStream(rows.Count * MailSum.Length);
        foreach (var row in rows)
            if (await ports.Mail.ReadSummaryAsync(row.Email, cancellationToken) is { } summary)
                sums.Write(MailSum.Begin(summary.Sha256.Span));
        return new KnownMailPage(sums.ToArray(), [], rows.Count == 0 ? $"{InRecords}" : string.Create(CultureInfo.InvariantCulture, $"{rows[^1].Uid.Value}"));
    }

    private static async ValueTask<KnownMailPage> ReadRecordsAsync(KnownMailQuery request, IRecords records, CancellationToken cancellationToken)
    {
        var prefix = ImportRecord.Prefix(request.Mailbox);
        var after = request.Cursor.Length == 1 ? null : prefix + request.Cursor[1..];
        var found = await records.ListAsync(ImportRecord.Kind, prefix, after, RecordPage, cancellationToken);
        var sums = found.SelectMany(ImportRecord.SumsOf).ToArray();
        return new KnownMailPage([], sums, found.Count < RecordPage ? null : InRecords + found[^1].Key[prefix.Length..]);
    }
}
