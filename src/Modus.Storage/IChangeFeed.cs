namespace Modus.Storage;

/// <summary>
/// Tells, right after each commit, which mailboxes changed. A subscriber that falls behind loses nothing: changes of
/// one mailbox melt into one, and what happened is read from the store by MODSEQ.
/// </summary>
public interface IChangeFeed
{
    /// <summary>
    /// Calls <paramref name="onChange"/> after each commit that touched the account, until the result is disposed. The call
    /// is made on the writer's thread: do no more than note it and wake somebody. Thread-safe.
    /// </summary>
    IDisposable Subscribe(AccountId account, Action<MailboxChange> onChange);
}

/// <summary>A change to a mailbox.</summary>
/// <param name="Account">Its owner.</param>
/// <param name="Mailbox">The mailbox; default for the account itself, or a name without a mailbox.</param>
/// <param name="Kind">What changed.</param>
/// <param name="HighestModSeq">Its HIGHESTMODSEQ now.</param>
/// <param name="OldName">The name that it had before, when it was renamed or deleted; else null.</param>
/// <param name="Name">The name without a mailbox whose subscription changed; else null.</param>
/// <param name="Entries">The names of the annotations that changed, each once in some case; null when none did. Never changed once it is here.</param>
public readonly record struct MailboxChange(
    AccountId Account,
    MailboxId Mailbox,
    MailboxChangeKind Kind,
    ModSeq HighestModSeq,
    MailboxName? OldName = null,
    MailboxName? Name = null,
    IReadOnlyList<string>? Entries = null)
{
    /// <summary>What it is about: changes with an equal one can melt.</summary>
    public (AccountId Account, MailboxId Mailbox, MailboxName? Name) Subject => (Account, Mailbox, Name);

    /// <summary>Melts this change and a later one of the same <see cref="Subject"/> into one: kinds and entries of both, the oldest name.</summary>
    public MailboxChange With(in MailboxChange later) => later with
    {
        Kind = Kind | later.Kind, OldName = OldName ?? later.OldName, Entries = Union(Entries, later.Entries),
    };

    private static IReadOnlyList<string>? Union(IReadOnlyList<string>? some, IReadOnlyList<string>? more) =>
        some is null || more is null ? some ?? more : [.. some.Union(more, StringComparer.OrdinalIgnoreCase)]; // RFC 5464 §3.2: alike in any case
}

/// <summary>What changed; several at once are possible.</summary>
[Flags]
public enum MailboxChangeKind
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Messages came.</summary>
    Added = 1,

    /// <summary>Flags or keywords changed.</summary>
    Flags = 2,

    /// <summary>Messages went.</summary>
    Expunged = 4,

    /// <summary>The mailbox was made.</summary>
    Created = 8,

    /// <summary>The mailbox was renamed.</summary>
    Renamed = 16,

    /// <summary>The mailbox was deleted.</summary>
    Deleted = 32,

    /// <summary>Its subscription changed.</summary>
    Subscription = 64,

    /// <summary>Its annotations changed (RFC 5464); of the account, when no mailbox is named.</summary>
    Metadata = 128,

    /// <summary>The mailbox was renamed because a superior was, which is told of by a change of its own (RFC 5465 §5.4).</summary>
    RenamedWithSuperior = 256,
}
