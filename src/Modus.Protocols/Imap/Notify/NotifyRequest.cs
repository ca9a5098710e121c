using Modus.Storage;

namespace Modus.Protocols.Imap.Notify;

/// <summary>What NOTIFY asks for. Immutable.</summary>
/// <param name="WantsStatus">Whether STATUS of the watched mailboxes comes first (RFC 5465 §3.1).</param>
/// <param name="Groups">The event groups; none after NOTIFY NONE.</param>
internal sealed record NotifyRequest(bool WantsStatus, IReadOnlyList<NotifyGroup> Groups)
{
    public static NotifyRequest None { get; } = new(false, []);

    /// <summary>The group of the selected mailbox; null when nothing is to be told of its messages.</summary>
    public NotifyGroup? Selected { get; } = Groups.FirstOrDefault(static group => group.IsOfSelected);

    /// <summary>What is told of any mailbox but the selected one.</summary>
    public NotifyEvents OfOthers { get; } =
        Groups.Where(static group => !group.IsOfSelected).Aggregate(NotifyEvents.None, static (all, group) => all | group.Events);

    /// <summary>The kinds of changes that can make a difference to the client.</summary>
    public MailboxChangeKind Kinds => NotifyEventNames.KindsOf(OfOthers | (Selected?.Events ?? NotifyEvents.None));

    public bool DependsOnSubscriptions { get; } = Groups.Any(static group => group.Selector == NotifySelector.Subscribed);

    /// <summary>What is told of a mailbox when it is not the selected one; several groups add up (RFC 5465 §6).</summary>
    public NotifyEvents EventsOf(MailboxName name, bool isSubscribed)
    {
        var events = NotifyEvents.None;
        foreach (var group in Groups)
            if (group.Covers(name, isSubscribed)) events |= group.Events;
        return events;
    }
}
