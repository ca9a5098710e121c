using Modus.Protocols.Imap.Commands;
using Modus.Storage;

namespace Modus.Protocols.Imap.Notify;

/// <summary>
/// Writes one round of changes as a client asked to be told of them: LIST, STATUS and METADATA (RFC 5465 §5). What it writes is how things
/// are now, so that nothing is told that is not true any more.
/// </summary>
internal sealed class NotifyWriter(ImapSession session, NotifyRequest request, OwnChange? own)
{
    private readonly HashSet<MailboxName> _listed = [];
    private HashSet<MailboxName>? _subscribed;
    private IReadOnlyList<ListedName>? _names;

    private AccountId Account => session.State.Identity!.Account;

    /// <summary>Tells of changes; of the messages of the selected mailbox nothing.</summary>
    public async ValueTask WriteAsync(IReadOnlyList<MailboxChange> changes, CancellationToken cancellationToken)
    {
        var wanted = NotifyEventNames.KindsOf(request.OfOthers);
        foreach (var change in changes)
        {
            if ((change.Kind & wanted) == 0) continue;
            var mailbox = change.Mailbox == default ? null : await session.Room.Ports.Mail.GetMailboxAsync(change.Mailbox, cancellationToken);
            var kinds = change.Kind & ~await ExplainAsync(change, mailbox, cancellationToken);
            await WriteNamesAsync(change, kinds, mailbox, cancellationToken);
            if (mailbox is not null) await WriteStatusAsync(kinds, mailbox, cancellationToken);
            if (kinds.HasFlag(MailboxChangeKind.Metadata)) await WriteMetadataAsync(change, mailbox, cancellationToken);
            if (!await session.Output.FlushIfFullAsync()) return;
        }
    }

    /// <summary>Tells how all mailboxes are whose messages are watched (the STATUS indicator, RFC 5465 §3.1).</summary>
    public async ValueTask WriteAllStatusAsync(CancellationToken cancellationToken)
    {
        foreach (var mailbox in await session.Room.Ports.Mail.ListMailboxesAsync(Account, cancellationToken))
        {
            if (mailbox.Id == session.State.Selected?.Id) continue;
            var events = request.EventsOf(mailbox.Name, mailbox.Subscribed) & NotifyEvents.Messages;
            if (events == NotifyEvents.None) continue;

            // Here it is demanded also of clients that did not enable CONDSTORE.
            var withModSeq = events.HasFlag(NotifyEvents.FlagChange) && session.State.Has(ImapCapability.Condstore);
            await ItemsOf(events, withModSeq).WriteUnaskedAsync(session, mailbox, cancellationToken);
            if (!await session.Output.FlushIfFullAsync()) return;
        }
    }

    // The kinds that the running command knows of because it did them itself, and that nobody undid.
    private async ValueTask<MailboxChangeKind> ExplainAsync(MailboxChange change, Mailbox? mailbox, CancellationToken cancellationToken)
    {
        switch (own?.Kind)
        {
            case MailboxChangeKind.Created when mailbox?.Name == own.Name:
                return MailboxChangeKind.Created;
            case MailboxChangeKind.Renamed when mailbox?.Name == own.Name:
                return MailboxChangeKind.Created | MailboxChangeKind.Renamed | MailboxChangeKind.RenamedWithSuperior; // INBOX makes one
            case MailboxChangeKind.Deleted when change.OldName == own.Name:
                return MailboxChangeKind.Deleted; // one of that name that is there again has a change of its own
            case MailboxChangeKind.Subscription when own.Name is { } name && (mailbox?.Name ?? change.Name) == name:
                return (await FindAsync(name, cancellationToken)).IsSubscribed == own.IsSubscribed ? MailboxChangeKind.Subscription : MailboxChangeKind.None;
            default:
                return MailboxChangeKind.None;
        }
    }

    private async ValueTask WriteNamesAsync(MailboxChange change, MailboxChangeKind kinds, Mailbox? mailbox, CancellationToken cancellationToken)
    {
        if (kinds.HasFlag(MailboxChangeKind.Deleted) && change.OldName is { } gone) await WriteWithParentAsync(gone, cancellationToken);
        if (kinds.HasFlag(MailboxChangeKind.Renamed) && mailbox is not null && change.OldName is { } old)
            await WriteNameAsync(mailbox.Name, await WantedAsync(mailbox.Name, cancellationToken) | await WantedAsync(old, cancellationToken), cancellationToken, old);
        else if (kinds.HasFlag(MailboxChangeKind.Created) && mailbox is not null)
            await WriteWithParentAsync(mailbox.Name, cancellationToken);

        // A name that was subscribed is told of when it is so no more.
        if (kinds.HasFlag(MailboxChangeKind.Subscription) && (mailbox?.Name ?? change.Name) is { } name
            && request.EventsOf(name, isSubscribed: true).HasFlag(NotifyEvents.SubscriptionChange))
            await WriteNameAsync(name, NotifyEvents.MailboxName, cancellationToken);
    }

    // RFC 5465 §5.4: the direct parent is affected, too.
    private async ValueTask WriteWithParentAsync(MailboxName name, CancellationToken cancellationToken)
    {
        await WriteNameAsync(name, await WantedAsync(name, cancellationToken), cancellationToken);
        if (name.Value.LastIndexOf(MailboxName.Separator) is not (var end and > 0)) return;
        var parent = MailboxName.Parse(name.Value[..end]);
        await WriteNameAsync(parent, await WantedAsync(parent, cancellationToken), cancellationToken);
    }

    private async ValueTask WriteNameAsync(MailboxName name, NotifyEvents wanted, CancellationToken cancellationToken, MailboxName? oldName = null)
    {
        if (wanted.HasFlag(NotifyEvents.MailboxName) && _listed.Add(name))
            MailboxListing.WriteNamed(session, await FindAsync(name, cancellationToken), oldName?.Value);
    }

    private async ValueTask WriteStatusAsync(MailboxChangeKind kinds, Mailbox mailbox, CancellationToken cancellationToken)
    {
        if (mailbox.Id == session.State.Selected?.Id) return; // SELECTED says what is told of it (RFC 5465 §3.1)
        var events = await WantedAsync(mailbox.Name, cancellationToken) & NotifyEvents.Messages;
        if ((kinds & NotifyEventNames.KindsOf(events)) != 0)
            await ItemsOf(events, session.State.IsEnabled(ImapFeatures.Condstore)).WriteUnaskedAsync(session, mailbox, cancellationToken);
    }

    // RFC 5465 §5.1 to §5.3. UNSEEN is what tells a client without CONDSTORE of flags at all.
    private static StatusItems ItemsOf(NotifyEvents events, bool withModSeq)
    {
        List<string> names = [.. StatusItems.MessageCounts.Names];
        if (events.HasFlag(NotifyEvents.FlagChange)) names.Add("UNSEEN");
        if (withModSeq) names.Add("HIGHESTMODSEQ");
        return new StatusItems(names);
    }

    // metadata-resp = "METADATA" SP mailbox SP entry *(SP entry)
    private async ValueTask WriteMetadataAsync(MailboxChange change, Mailbox? mailbox, CancellationToken cancellationToken)
    {
        var isWanted = mailbox is null
            ? change.Mailbox == default && request.OfOthers.HasFlag(NotifyEvents.ServerMetadataChange)
            : (await WantedAsync(mailbox.Name, cancellationToken)).HasFlag(NotifyEvents.MailboxMetadataChange);
        if (!isWanted) return;
        var entries = await NewEntriesAsync(change, cancellationToken);
        if (entries.Count == 0) return;
        var output = session.Output;
        output.Write("* METADATA "u8);
        if (mailbox is null) output.Write("\"\""u8);
        else output.WriteMailbox(mailbox.Name);
        foreach (var entry in entries)
        {
            output.Write(' ');
            output.WriteString(entry);
        }

        output.Write("\r\n"u8);
    }

    // All but those that have the values that the running command gave them.
    private async ValueTask<IReadOnlyList<string>> NewEntriesAsync(MailboxChange change, CancellationToken cancellationToken)
    {
        if (change.Entries is not { } entries) return [];
        if (own is not { Annotations: { } written } || own.Mailbox != change.Mailbox) return entries;
        var there = await session.Room.Ports.Annotations.ReadAsync(Account, change.Mailbox == default ? null : change.Mailbox, cancellationToken);
        return [.. entries.Where(entry => Value(written, entry) is not { Is: true } ours || !IsSame(ours.Value, Value(there, entry).Value))];
    }

    private static (bool Is, ReadOnlyMemory<byte>? Value) Value(IReadOnlyList<Annotation> annotations, string entry) =>
        annotations.LastOrDefault(annotation => annotation.Entry.Equals(entry, StringComparison.OrdinalIgnoreCase)) is { } found ? (true, found.Value) : default;

    private static bool IsSame(ReadOnlyMemory<byte>? one, ReadOnlyMemory<byte>? other) =>
        one is { } a && other is { } b ? a.Span.SequenceEqual(b.Span) : one is null && other is null;

    // Subscriptions are read anew in each round, so that SUBSCRIBED follows them (RFC 5465 §6.4).
    private async ValueTask<NotifyEvents> WantedAsync(MailboxName name, CancellationToken cancellationToken)
    {
        if (request.DependsOnSubscriptions)
            _subscribed ??= [.. await session.Room.Ports.Mail.ListSubscriptionsAsync(Account, cancellationToken)];
        return request.EventsOf(name, _subscribed?.Contains(name) == true);
    }

    private async ValueTask<ListedName> FindAsync(MailboxName name, CancellationToken cancellationToken)
    {
        _names ??= await MailboxListing.GatherAsync(session, cancellationToken);
        return _names.FirstOrDefault(listed => listed.Name == name)
            ?? new ListedName(name, null, false, _names.Any(listed => listed.Mailbox is not null && listed.Name.IsUnder(name)), false);
    }
}
