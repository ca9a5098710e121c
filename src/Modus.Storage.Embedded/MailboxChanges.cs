using Modus.Storage.Embedded.Rows;
using Modus.Storage.Embedded.Writing;

namespace Modus.Storage.Embedded;

/// <summary>Changes to mailboxes, as the writer runs them.</summary>
internal static class MailboxChanges
{
    public static StoreResult<Mailbox> Create(WriteScope scope, AccountId account, MailboxName name, SpecialUse use)
    {
        if (AccountRows.Get(scope.Database, account) is null) return StoreOutcome.NotFound;
        if (MailboxRows.Find(scope.Database, account, name) is not null) return StoreOutcome.AlreadyExists;
        MailboxRows.AddSuperiors(scope, account, name);
        var id = MailboxRows.Add(scope, account, name, use);
        return HasTooMany(scope, account) ? StoreOutcome.TooMany : MailboxRows.Get(scope.Database, id)!;
    }

    public static StoreOutcome Delete(WriteScope scope, AccountId account, MailboxName name)
    {
        if (name.IsInbox) return StoreOutcome.NotAllowed;
        if (MailboxRows.Find(scope.Database, account, name) is not { } mailbox) return StoreOutcome.NotFound;
        MailboxRows.Remove(scope, mailbox);
        return StoreOutcome.Done;
    }

    public static StoreOutcome Rename(WriteScope scope, AccountId account, MailboxName from, MailboxName to)
    {
        if (MailboxRows.Find(scope.Database, account, from) is not { } mailbox) return StoreOutcome.NotFound;
        if (MailboxRows.Find(scope.Database, account, to) is not null) return StoreOutcome.AlreadyExists;
        if (from.IsInbox) return EmptyInboxInto(scope, mailbox, to);
        if (to.IsUnder(from)) return StoreOutcome.NotAllowed;

        MailboxRows.AddSuperiors(scope, account, to);
        var inferiors = MailboxRows.List(scope.Database, account).Where(other => other.Name.IsUnder(from)).ToList();
        MailboxRows.Rename(scope, mailbox, to);
        foreach (var inferior in inferiors)
        {
            if (!MailboxName.TryParse(to.Value + inferior.Name.Value[from.Value.Length..], out var name)) return StoreOutcome.NotAllowed;
            if (MailboxRows.Find(scope.Database, account, name) is not null) return StoreOutcome.AlreadyExists;
            MailboxRows.Rename(scope, inferior, name, MailboxChangeKind.RenamedWithSuperior);
        }

        return HasTooMany(scope, account) ? StoreOutcome.TooMany : StoreOutcome.Done;
    }

    public static StoreOutcome SetSubscribed(WriteScope scope, AccountId account, MailboxName name, bool subscribed)
    {
        if (AccountRows.Get(scope.Database, account) is null) return StoreOutcome.NotFound;
        if (subscribed) MailboxRows.Subscribe(scope.Database, account, name);
        else MailboxRows.Unsubscribe(scope.Database, account, name);
        if (subscribed && MailboxRows.CountSubscriptions(scope.Database, account) > StoreLimits.MaxSubscriptions) return StoreOutcome.TooMany;
        var mailbox = MailboxRows.Find(scope.Database, account, name);
        scope.Note(new MailboxChange(
            account, mailbox?.Id ?? default, MailboxChangeKind.Subscription, mailbox?.HighestModSeq ?? default, Name: mailbox is null ? name : null));
        return StoreOutcome.Done;
    }

    public static StoreResult<RecentUids> TakeRecent(WriteScope scope, MailboxId mailbox) =>
        MailboxRows.Get(scope.Database, mailbox) is { } found ? MailboxRows.TakeRecent(scope.Database, found) : StoreOutcome.NotFound;

    // RFC 9051 §6.3.6: INBOX stays, empty; its inferiors stay where they are.
    private static StoreOutcome EmptyInboxInto(WriteScope scope, Mailbox inbox, MailboxName to)
    {
        MailboxRows.AddSuperiors(scope, inbox.Account, to);
        var target = MailboxRows.Add(scope, inbox.Account, to, SpecialUse.None);
        scope.Note(new MailboxChange(inbox.Account, target, MailboxChangeKind.Renamed, new ModSeq(1), inbox.Name)); // RFC 5465 §5.4: INBOX is the new one
        var messages = MessageRows.List(scope.Database, inbox.Id, UidRange.All, int.MaxValue);
        return HasTooMany(scope, inbox.Account) ? StoreOutcome.TooMany : MessageChanges.MoveAll(scope, inbox, messages, target).Outcome;
    }

    // Asked after the fact, when it is known how many superiors came with it: what is refused is undone.
    private static bool HasTooMany(WriteScope scope, AccountId account) =>
        MailboxRows.Count(scope.Database, account) > StoreLimits.MaxMailboxes;
}
