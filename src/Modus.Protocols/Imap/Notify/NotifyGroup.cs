using Modus.Protocols.Imap.Fetch;
using Modus.Storage;

namespace Modus.Protocols.Imap.Notify;

/// <summary>Which mailboxes an event group is about (RFC 5465 §6).</summary>
internal enum NotifySelector
{
    /// <summary>The selected mailbox, told of at once.</summary>
    Selected,

    /// <summary>The selected mailbox, expunges only when a command allows them.</summary>
    SelectedDelayed,

    /// <summary>Every mailbox of the account; INBOXES too, for a filter may deliver into any (RFC 5465 §6.3).</summary>
    Personal,

    /// <summary>Every subscribed name.</summary>
    Subscribed,

    /// <summary>The names and all below them.</summary>
    Subtree,

    /// <summary>The names.</summary>
    Mailboxes,
}

/// <summary>Mailboxes and what is to be told of them. Immutable.</summary>
/// <param name="Selector">Which mailboxes.</param>
/// <param name="Names">The names of Subtree and Mailboxes. A name without a mailbox means one as soon as it is made.</param>
/// <param name="Events">What is told; None for nothing, as if the group were not there.</param>
/// <param name="OfNew">What is fetched of each new message in the selected mailbox; null for nothing.</param>
internal sealed record NotifyGroup(NotifySelector Selector, IReadOnlySet<MailboxName> Names, NotifyEvents Events, FetchRequest? OfNew = null)
{
    public bool IsOfSelected => Selector is NotifySelector.Selected or NotifySelector.SelectedDelayed;

    /// <summary>Whether a mailbox that need not be the selected one belongs to it.</summary>
    public bool Covers(MailboxName name, bool isSubscribed) => Selector switch
    {
        NotifySelector.Personal => true,
        NotifySelector.Subscribed => isSubscribed,
        NotifySelector.Subtree => Names.Contains(name) || Names.Any(superior => name.IsUnder(superior)),
        NotifySelector.Mailboxes => Names.Contains(name),
        _ => false,
    };
}
