namespace Modus.Storage;

/// <summary>The purpose of a mailbox (RFC 6154 §2).</summary>
public enum SpecialUse
{
    /// <summary>None.</summary>
    None,

    /// <summary>\All.</summary>
    All,

    /// <summary>\Archive.</summary>
    Archive,

    /// <summary>\Drafts.</summary>
    Drafts,

    /// <summary>\Flagged.</summary>
    Flagged,

    /// <summary>\Junk.</summary>
    Junk,

    /// <summary>\Sent.</summary>
    Sent,

    /// <summary>\Trash.</summary>
    Trash,

    /// <summary>\Important (RFC 8457).</summary>
    Important,
}

/// <summary>A mailbox with its counters as of one committed state.</summary>
public sealed record Mailbox
{
    /// <summary>Its identity, for ever.</summary>
    public required MailboxId Id { get; init; }

    /// <summary>Its owner.</summary>
    public required AccountId Account { get; init; }

    /// <summary>Its name.</summary>
    public required MailboxName Name { get; init; }

    /// <summary>Its purpose.</summary>
    public required SpecialUse SpecialUse { get; init; }

    /// <summary>UIDVALIDITY.</summary>
    public required UidValidity UidValidity { get; init; }

    /// <summary>UIDNEXT: the UID that the next message gets.</summary>
    public required Uid UidNext { get; init; }

    /// <summary>HIGHESTMODSEQ.</summary>
    public required ModSeq HighestModSeq { get; init; }

    /// <summary>MESSAGES.</summary>
    public required long Messages { get; init; }

    /// <summary>UNSEEN: how many lack \Seen.</summary>
    public required long Unseen { get; init; }

    /// <summary>How many have \Deleted.</summary>
    public required long Deleted { get; init; }

    /// <summary>SIZE: the bytes of all messages.</summary>
    public required long Size { get; init; }

    /// <summary>The first UID that no session was told of (<see cref="IMailStore.TakeRecentAsync"/>); UIDNEXT when all were.</summary>
    public required Uid FirstRecent { get; init; }

    /// <summary>RECENT: how many messages no session was told of (RFC 3501 §2.3.2).</summary>
    public required long Recent { get; init; }

    /// <summary>Whether the name is subscribed.</summary>
    public required bool Subscribed { get; init; }
}
