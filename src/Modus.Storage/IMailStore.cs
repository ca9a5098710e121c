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

    /// <summary>
    /// A mailbox with the UIDs in it, of one committed state. Opening again what was open before costs what changed since,
    /// not what is there.
    /// </summary>
    /// <returns>Null when it is not there.</returns>
    ValueTask<MailboxView?> OpenMailboxAsync(MailboxId mailbox, CancellationToken cancellationToken);

    /// <summary>
    /// What happened in a mailbox: messages with a MODSEQ beyond <paramref name="since"/> (new ones too), at most
    /// <paramref name="limit"/> of them, and UIDs expunged beyond <paramref name="expungedSince"/>, of one committed state.
    /// </summary>
    /// <returns>Null when the mailbox is not there.</returns>
    ValueTask<MailboxUpdate?> ReadChangesAsync(
        MailboxId mailbox, ModSeq since, ModSeq expungedSince, int limit, CancellationToken cancellationToken);

    /// <summary>
    /// Gives the messages that are \Recent (RFC 3501 §2.3.2) to the session that asks, and to no other: for sessions that
    /// may write. Durable, and no write at all when nothing is new.
    /// </summary>
    /// <returns>Done, NotFound, or NoSpace.</returns>
    ValueTask<StoreResult<RecentUids>> TakeRecentAsync(MailboxId mailbox, CancellationToken cancellationToken);

    /// <summary>Every keyword that the mailbox has seen, by name, in the case in which it was first set; for FLAGS responses.</summary>
    ValueTask<IReadOnlyList<string>> ListKeywordsAsync(MailboxId mailbox, CancellationToken cancellationToken);

    /// <summary>Makes a mailbox and the superiors it lacks (RFC 9051 §6.3.4).</summary>
    /// <returns>Done, AlreadyExists, NotFound (no such account), TooMany (mailboxes of the account), or NoSpace.</returns>
    ValueTask<StoreResult<Mailbox>> CreateMailboxAsync(
        AccountId account, MailboxName name, SpecialUse specialUse, CancellationToken cancellationToken);

    /// <summary>
    /// Renames a mailbox and its inferiors (RFC 9051 §6.3.6). Renaming INBOX moves its messages to the new name and
    /// leaves INBOX empty.
    /// </summary>
    /// <returns>
    /// Done, NotFound, AlreadyExists, NotAllowed (a name under itself), TooMany (superiors that lack would pass the
    /// account's mailboxes), or NoSpace.
    /// </returns>
    ValueTask<StoreOutcome> RenameMailboxAsync(
        AccountId account, MailboxName from, MailboxName to, CancellationToken cancellationToken);

    /// <summary>Deletes a mailbox with its messages; its inferiors stay.</summary>
    /// <returns>Done, NotFound, NotAllowed (INBOX), or NoSpace.</returns>
    ValueTask<StoreOutcome> DeleteMailboxAsync(AccountId account, MailboxName name, CancellationToken cancellationToken);

    /// <summary>Sets or clears the subscription. A name may be subscribed that has no mailbox (RFC 9051 §6.3.7).</summary>
    /// <returns>Done, NotFound (no such account), TooMany (subscriptions of the account), or NoSpace.</returns>
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
    /// <returns>Done, NotFound (the mailbox), TooMany (keywords of the mailbox), or NoSpace; all or none.</returns>
    ValueTask<StoreResult<FlagChangeResult>> ChangeFlagsAsync(
        MailboxId mailbox, IReadOnlyList<Uid> uids, FlagChange change, CancellationToken cancellationToken);

    /// <summary>Removes messages, whatever their flags, and remembers their UIDs as expunged. UIDs that are not there are passed over.</summary>
    /// <returns>Done with the UIDs that were removed, NotFound (the mailbox), or NoSpace.</returns>
    ValueTask<StoreResult<IReadOnlyList<ExpungedMessage>>> ExpungeAsync(
        MailboxId mailbox, IReadOnlyList<Uid> uids, CancellationToken cancellationToken);

    /// <summary>Copies messages with flags, keywords and INTERNALDATE (RFC 9051 §6.4.7); content is shared, not copied.</summary>
    /// <param name="from">The mailbox that they are in.</param>
    /// <param name="uids">The messages; those that are not there are passed over.</param>
    /// <param name="to">Where copies are made.</param>
    /// <param name="wholly">True: when one of them is not there, none is copied, and the list of copies is empty.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>Done with source and target UIDs, NotFound, OverQuota, NotAllowed (no UID left there), TooMany (keywords there), or NoSpace; all or none.</returns>
    ValueTask<StoreResult<IReadOnlyList<CopiedMessage>>> CopyAsync(
        MailboxId from, IReadOnlyList<Uid> uids, MailboxId to, bool wholly, CancellationToken cancellationToken);

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
