namespace Modus.Storage;

/// <summary>
/// Annotations of mailboxes and of accounts (RFC 5464): entries with values of any bytes. Names of entries are alike in any
/// case (RFC 5464 §3.2). They survive a rename and go with their mailbox or account. Thread-safe.
/// </summary>
public interface IAnnotations
{
    /// <summary>What is taken at most.</summary>
    AnnotationLimits Limits { get; }

    /// <summary>Every annotation of a mailbox, or of the account when <paramref name="mailbox"/> is null, by name.</summary>
    /// <returns>Empty also when there is no such account or the mailbox is not its own.</returns>
    ValueTask<IReadOnlyList<Annotation>> ReadAsync(AccountId account, MailboxId? mailbox, CancellationToken cancellationToken);

    /// <summary>
    /// Sets annotations of a mailbox, or of the account when <paramref name="mailbox"/> is null; a null value removes. All or
    /// none, and durable. What changes in a mailbox takes a MODSEQ of it (RFC 7162 §3.2).
    /// </summary>
    /// <returns>
    /// Done, NotFound (the account, or the mailbox in it), NotAllowed (an empty or too long name), TooLarge (a value),
    /// TooMany (entries), or NoSpace.
    /// </returns>
    ValueTask<StoreOutcome> ChangeAsync(
        AccountId account, MailboxId? mailbox, IReadOnlyList<Annotation> changes, CancellationToken cancellationToken);
}

/// <summary>One annotation.</summary>
/// <param name="Entry">Its name, such as <c>/private/comment</c>, in the case in which it was first set.</param>
/// <param name="Value">Its value; null only in a change, where it removes. Beware: a null array converts to an empty value.</param>
public sealed record Annotation(string Entry, ReadOnlyMemory<byte>? Value);

/// <summary>How much annotations may take, since no quota counts them.</summary>
public sealed record AnnotationLimits
{
    /// <summary>The longest name of an entry, in characters: as long as a mailbox name may be.</summary>
    public int MaxEntryLength { get; init; } = 1_000;

    /// <summary>The largest value, in bytes (MAXSIZE, RFC 5464 §4.3).</summary>
    public int MaxValueLength { get; init; } = 64 * 1024;

    /// <summary>The most entries of one mailbox, and of one account itself.</summary>
    public int MaxEntries { get; init; } = 100;
}
