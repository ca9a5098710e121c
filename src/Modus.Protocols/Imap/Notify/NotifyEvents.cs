using Modus.Storage;

namespace Modus.Protocols.Imap.Notify;

/// <summary>What a client may ask to be told of (RFC 5465 §5). AnnotationChange is missing: there are no message annotations here.</summary>
[Flags]
internal enum NotifyEvents
{
    None = 0,
    MessageNew = 1,
    MessageExpunge = 2,
    FlagChange = 4,
    MailboxName = 8,
    SubscriptionChange = 16,
    MailboxMetadataChange = 32,
    ServerMetadataChange = 64,

    /// <summary>Those of messages.</summary>
    Messages = MessageNew | MessageExpunge | FlagChange,
}

/// <summary>The events as names on the wire, and as kinds of changes in the store.</summary>
internal static class NotifyEventNames
{
    private static readonly (string Name, NotifyEvents Event, string? Capability)[] Known =
    [
        ("MessageNew", NotifyEvents.MessageNew, null), ("MessageExpunge", NotifyEvents.MessageExpunge, null), ("FlagChange", NotifyEvents.FlagChange, null),
        ("MailboxName", NotifyEvents.MailboxName, null), ("SubscriptionChange", NotifyEvents.SubscriptionChange, null),
        ("MailboxMetadataChange", NotifyEvents.MailboxMetadataChange, ImapCapability.Metadata),
        ("ServerMetadataChange", NotifyEvents.ServerMetadataChange, ImapCapability.Metadata),
    ];

    /// <summary>Finds an event that is supported now, in any case; None for any other name.</summary>
    public static NotifyEvents Find(string name, ImapSessionState state) =>
        Supported(state).FirstOrDefault(known => known.Name.Equals(name, StringComparison.OrdinalIgnoreCase)).Event;

    // unsupported-events-code = "BADEVENT" SP "(" event-name *(SP event-name) ")" ; all that are supported (RFC 5465 §3.1)
    public static string BadEventCode(ImapSessionState state) => $"BADEVENT ({string.Join(' ', Supported(state).Select(static known => known.Name))})";

    /// <summary>The kinds of changes that make an event.</summary>
    public static MailboxChangeKind KindsOf(NotifyEvents events)
    {
        var kinds = MailboxChangeKind.None;
        if (events.HasFlag(NotifyEvents.MessageNew)) kinds |= MailboxChangeKind.Added;
        if (events.HasFlag(NotifyEvents.MessageExpunge)) kinds |= MailboxChangeKind.Expunged;
        if (events.HasFlag(NotifyEvents.MailboxName)) kinds |= MailboxChangeKind.Created | MailboxChangeKind.Renamed | MailboxChangeKind.Deleted;
        if (events.HasFlag(NotifyEvents.SubscriptionChange)) kinds |= MailboxChangeKind.Subscription;
        if ((events & (NotifyEvents.MailboxMetadataChange | NotifyEvents.ServerMetadataChange)) != 0) kinds |= MailboxChangeKind.Metadata;

        // RFC 5465 §5.1: who asks for it must hear of a new UIDVALIDITY, which a name has when it comes to mean another mailbox.
        if (events.HasFlag(NotifyEvents.FlagChange))
            kinds |= MailboxChangeKind.Flags | MailboxChangeKind.Created | MailboxChangeKind.Renamed | MailboxChangeKind.RenamedWithSuperior;
        return kinds;
    }

    private static IEnumerable<(string Name, NotifyEvents Event, string? Capability)> Supported(ImapSessionState state) =>
        Known.Where(known => known.Capability is null || state.Has(known.Capability));
}
