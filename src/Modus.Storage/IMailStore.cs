namespace Modus.Storage;

/// <summary>
/// Mailboxes and their messages. UIDVALIDITY, UID and MODSEQ only grow, and a UID names the same bytes for ever. A change
/// that returns <see cref="StoreOutcome.Done"/> is on stable storage. Reads see a committed state and never wait for the
/// writer. Thread-safe.
/// </summary>
public interface IMailStore
{
    /// <summary>Every mailbox of an account, INBOX first, then by name.</summary>
    ValueTask<IReadOnlyList<Mailbox>> ListMailboxesAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>A mailbox by name; INBOX in any case.</summary>
    ValueTask<Mailbox?> FindMailboxAsync(AccountId account, MailboxName name, CancellationToken cancellationToken);

    /// <summary>A mailbox by identity, with its counts as of now.</summary>
    ValueTask<Mailbox?> GetMailboxAsync(MailboxId mailbox, CancellationToken cancellationToken);

    /// <summary>Makes a mailbox and the superiors it lacks (RFC 9051 §6.3.4).</summary>
    /// <returns>Done, AlreadyExists, NotFound (no such account), or NoSpace.</returns>
    ValueTask<StoreResult<Mailbox>> CreateMailboxAsync(
        AccountId account, MailboxName name, SpecialUse specialUse, CancellationToken cancellationToken);

    /// <summary>
    /// Renames a mailbox and its inferiors (RFC 9051 §6.3.6). Renaming INBOX moves its messages to the new name and
    /// leaves INBOX empty.
    /// </summary>
    /// <returns>Done, NotFound, AlreadyExists, NotAllowed (a name under itself), or NoSpace.</returns>
    ValueTask<StoreOutcome> RenameMailboxAsync(
        AccountId account, MailboxName from, MailboxName to, CancellationToken cancellationToken);

    /// <summary>Deletes a mailbox with its messages; its inferiors stay.</summary>
    /// <returns>Done, NotFound, NotAllowed (INBOX), or NoSpace.</returns>
    ValueTask<StoreOutcome> DeleteMailboxAsync(AccountId account, MailboxName name, CancellationToken cancellationToken);

    /// <summary>Sets or clears the subscription. A name may be subscribed that has no mailbox (RFC 9051 §6.3.7).</summary>
    ValueTask<StoreOutcome> SetSubscribedAsync(
        AccountId account, MailboxName name, bool subscribed, CancellationToken cancellationToken);

    /// <summary>Every subscribed name of an account.</summary>
    ValueTask<IReadOnlyList<MailboxName>> ListSubscriptionsAsync(AccountId account, CancellationToken cancellationToken);

    /// <summary>
    /// The messages of a mailbox in the order of their UIDs, within <paramref name="uids"/>, changed after
    /// <paramref name="changedSince"/> (0 for all), at most <paramref name="limit"/> of them: page on from the last UID.
    /// </summary>
    ValueTask<IReadOnlyList<MailboxMessage>> ReadMessagesAsync(
        MailboxId mailbox, UidRange uids, ModSeq changedSince, int limit, CancellationToken cancellationToken);

    /// <summary>The UIDs expunged after <paramref name="since"/>, with the MODSEQ of each expunge (RFC 7162 §3.2.10), in UID order.</summary>
    ValueTask<IReadOnlyList<ExpungedMessage>> ReadExpungedAsync(MailboxId mailbox, ModSeq since, CancellationToken cancellationToken);

    /// <summary>What was computed of a message at delivery; null when the message is gone.</summary>
    ValueTask<MessageSummary?> ReadSummaryAsync(EmailId email, CancellationToken cancellationToken);

    /// <summary>
    /// Changes flags and keywords. With <see cref="FlagChange.UnchangedSince"/>, messages changed later are left alone and
    /// named in the result (RFC 7162 §3.1.3).
    /// </summary>
    ValueTask<StoreResult<FlagChangeResult>> ChangeFlagsAsync(
        MailboxId mailbox, IReadOnlyList<Uid> uids, FlagChange change, CancellationToken cancellationToken);

    /// <summary>Removes messages, whatever their flags, and remembers their UIDs as expunged. UIDs that are not there are passed over.</summary>
    /// <returns>Done with the UIDs that were removed, NotFound (the mailbox), or NoSpace.</returns>
    ValueTask<StoreResult<IReadOnlyList<ExpungedMessage>>> ExpungeAsync(
        MailboxId mailbox, IReadOnlyList<Uid> uids, CancellationToken cancellationToken);

    /// <summary>Copies messages with flags, keywords and INTERNALDATE (RFC 9051 §6.4.7); content is shared, not copied.</summary>
    /// <returns>Done with source and target UIDs, NotFound, OverQuota, NotAllowed (no UID left in the target), or NoSpace; all or none.</returns>
    ValueTask<StoreResult<IReadOnlyList<CopiedMessage>>> CopyAsync(
        MailboxId from, IReadOnlyList<Uid> uids, MailboxId to, CancellationToken cancellationToken);

    /// <summary>Copies and expunges in one step (RFC 6851).</summary>
    /// <returns>As <see cref="CopyAsync"/>.</returns>
    ValueTask<StoreResult<IReadOnlyList<CopiedMessage>>> MoveAsync(
        MailboxId from, IReadOnlyList<Uid> uids, MailboxId to, CancellationToken cancellationToken);

    /// <summary>Opens a message's bytes. They stay readable until the reader is disposed, whatever is expunged meanwhile.</summary>
    /// <returns>Null when the content is gone.</returns>
    ValueTask<IContentReader?> OpenContentAsync(ContentId content, CancellationToken cancellationToken);
}

/// <summary>Reads stored content at any offset. Thread-safe; dispose it to let compaction have the space.</summary>
public interface IContentReader : IAsyncDisposable
{
    /// <summary>The length in bytes.</summary>
    long Length { get; }

    /// <summary>Fills as much of <paramref name="buffer"/> as there is from <paramref name="offset"/> on.</summary>
    /// <returns>Bytes read; 0 only at the end.</returns>
    /// <exception cref="InvalidDataException">The stored bytes are damaged.</exception>
    ValueTask<int> ReadAsync(long offset, Memory<byte> buffer, CancellationToken cancellationToken);
}
