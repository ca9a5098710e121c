using System.Runtime.CompilerServices;
using System.Security.Cryptography;
using System.Text;
using MailKit;
using MailKit.Net.Imap;
using MailKit.Search;
using Modus.Server.Admin;
using Modus.Server.Admin.Operations;
using Modus.Server.Moving.Import;
using Modus.Storage;

namespace Modus.Server.Moving.Imap;

/// <summary>
/// An account on another server, by IMAP. Nothing there is changed, not even \Seen. What came is remembered by UIDVALIDITY and UID with
/// the account's store, so that a second run asks only for what is new.
/// </summary>
internal sealed class ImapSource(IAdminChannel channel, ImapAccount account, TimeProvider clock) : IMailSource
{
    private const long ListBound = 16 << 20; // as many mailboxes as an account may have, with names of a thousand characters
    private const long SearchBound = 128 << 20; // ten million UIDs
    private const long PageBound = 8 << 20; // flags of a page: 128 keywords of 100 characters for each
    private const int Page = 200;

    private const MessageSummaryItems Rows =
        MessageSummaryItems.UniqueId | MessageSummaryItems.Flags | MessageSummaryItems.InternalDate | MessageSummaryItems.Size;

    private readonly ImapLink _link = new(account, clock);
    private UidLedger? _ledger;
    private ImapProgressQuery? _record;

    public async ValueTask<IReadOnlyList<SourceMailbox>> ListAsync(ImportFaults faults, CancellationToken cancellationToken)
    {
        var (folders, subscribed) = await _link.AskAsync(ListBound, client => ListAsync(client, cancellationToken), cancellationToken);
        if (folders.Count > StoreLimits.MaxMailboxes) throw new MailSourceException($"{account.Host} has more than {StoreLimits.MaxMailboxes} mailboxes.");
        var found = new List<SourceMailbox>();
        foreach (var folder in folders)
        {
            if (folder.Attributes.HasFlag(FolderAttributes.NonExistent) || folder.Attributes.HasFlag(FolderAttributes.NoSelect)) continue;
            if (folder.Attributes.HasFlag(FolderAttributes.All) || folder.Attributes.HasFlag(FolderAttributes.Flagged))
                faults.Note($"{folder.FullName} shows what other mailboxes have, and was passed over.");
            else found.Add(new SourceMailbox(NameOf(folder), UseOf(folder.Attributes), subscribed.Contains(folder.FullName), folder.FullName));
        }

        found.Sort(static (one, other) => (one.Name != "INBOX", one.Name).CompareTo((other.Name != "INBOX", other.Name)));
        return found;
    }

    public async IAsyncEnumerable<SourceMessage> ReadAsync(
        SourceMailbox mailbox, ImportTarget target, ImportFaults faults, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (await OpenAsync(mailbox, faults, cancellationToken) is not { } validity) yield break;
        _record = new ImapProgressQuery(target.Mailbox, KeyOf(mailbox));
        var read = await channel.RunAsync(AdminOperations.ReadImapProgress, _record, cancellationToken);
        _ledger = new UidLedger(validity, read.Result?.Progress);
        var fetch = new ImapFetch(_link, mailbox, _ledger, target.MaxMessageSize, faults, clock);
        foreach (var page in (await SearchAsync(mailbox, _ledger, cancellationToken)).Chunk(Page))
        {
            var rows = await AskAsync(mailbox, _ledger, PageBound, folder => folder.FetchAsync(page, Rows, cancellationToken), cancellationToken);
            await foreach (var message in fetch.ReadAsync(page, rows, cancellationToken)) yield return message;
        }
    }

    public void Settle(SourceMessage message) => _ledger?.Settle(((ImapMail)message).Uid);

    public async ValueTask<AdminFault?> RecordAsync(CancellationToken cancellationToken)
    {
        if (_ledger is null || _record is null) return null;
        var wish = new ImapProgressWish(_record.Mailbox, _record.Source, _ledger.ToProgress());
        return (await channel.RunAsync(AdminOperations.WriteImapProgress, wish, cancellationToken)).Fault;
    }

    public ValueTask DisposeAsync() => _link.DisposeAsync();

    private static async Task<(IList<IMailFolder> Folders, HashSet<string> Subscribed)> ListAsync(ImapClient client, CancellationToken cancellationToken)
    {
        var folders = new List<IMailFolder>();
        var subscribed = new HashSet<string>(StringComparer.Ordinal);
        foreach (var space in client.PersonalNamespaces)
        {
            folders.AddRange(await client.GetFoldersAsync(space, StatusItems.None, subscribedOnly: false, cancellationToken));
            foreach (var folder in await client.GetFoldersAsync(space, StatusItems.None, subscribedOnly: true, cancellationToken))
                if (folder.IsSubscribed) subscribed.Add(folder.FullName);
        }

        if (client.Inbox is { } inbox && !folders.Any(static folder => folder.FullName == "INBOX")) folders.Add(inbox);
        return ([.. folders.DistinctBy(static folder => folder.FullName)], subscribed);
    }

    // UIDVALIDITY; null when this mailbox cannot be opened, though others may.
    private async ValueTask<uint?> OpenAsync(SourceMailbox mailbox, ImportFaults faults, CancellationToken cancellationToken)
    {
        try
        {
            return await _link.AskAsync(mailbox.Place, null, PageBound, static folder => Task.FromResult(folder.UidValidity), cancellationToken);
        }
        catch (Exception refused) when (refused is ImapCommandException or FolderNotFoundException)
        {
            faults.Add($"{mailbox.Name}: the server does not open it: {refused.Message}");
            return null;
        }
    }

    private async ValueTask<T> AskAsync<T>(
        SourceMailbox mailbox, UidLedger ledger, long bound, Func<IMailFolder, Task<T>> ask, CancellationToken cancellationToken)
    {
        try
        {
            return await _link.AskAsync(mailbox.Place, ledger.UidValidity, bound, ask, cancellationToken);
        }
        catch (ImapCommandException refused)
        {
            throw new MailSourceException($"the server refuses: {refused.Message}");
        }
    }

    private async ValueTask<List<UniqueId>> SearchAsync(SourceMailbox mailbox, UidLedger ledger, CancellationToken cancellationToken)
    {
        var after = new UniqueIdRange(new UniqueId(Math.Min(ledger.Last, uint.MaxValue - 1) + 1), UniqueId.MaxValue);
        var fresh = await AskAsync(mailbox, ledger, SearchBound, folder => folder.SearchAsync(SearchQuery.Uids(after), cancellationToken), cancellationToken);
        var left = new List<UniqueId>();
        foreach (var some in ledger.Except.ToArray().Chunk(Page))
        {
            var asked = SearchQuery.Uids([.. some.Select(static uid => new UniqueId(uid))]);
            var found = await AskAsync(mailbox, ledger, SearchBound, folder => folder.SearchAsync(asked, cancellationToken), cancellationToken);
            left.AddRange(found);
            foreach (var gone in some.Except(found.Select(static uid => uid.Id))) ledger.Forget(gone);
        }

        // A server may answer with its last message though that is known (RFC 9051 §9: the asterisk), and in any order.
        return [.. left.Concat(fresh.Where(uid => uid.Id > ledger.Last)).DistinctBy(static uid => uid.Id).OrderBy(static uid => uid.Id)];
    }

    // Levels are divided by what the server divides them by; a slash within one becomes something else.
    private static string NameOf(IMailFolder folder)
    {
        var separator = folder.DirectorySeparator;
        if (separator is '/' or '\0') return folder.FullName;
        return folder.FullName.Replace('/', '_').Replace(separator, '/');
    }

    private static SpecialUse UseOf(FolderAttributes attributes)
    {
        foreach (var (attribute, use) in (ReadOnlySpan<(FolderAttributes, SpecialUse)>)
            [
                (FolderAttributes.Sent, SpecialUse.Sent), (FolderAttributes.Drafts, SpecialUse.Drafts), (FolderAttributes.Trash, SpecialUse.Trash),
                (FolderAttributes.Junk, SpecialUse.Junk), (FolderAttributes.Archive, SpecialUse.Archive), (FolderAttributes.Important, SpecialUse.Important),
            ])
            if (attributes.HasFlag(attribute)) return use;
        return SpecialUse.None;
    }

    private string KeyOf(SourceMailbox mailbox) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"{account.Host.ToLowerInvariant()}\n{account.User}\n{mailbox.Place}")).AsSpan(0, MailSum.Length));
}
