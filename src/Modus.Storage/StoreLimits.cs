namespace Modus.Storage;

/// <summary>
/// How far a client may make an account grow that its quota does not count. Beyond it the outcome is
/// <see cref="StoreOutcome.TooMany"/>.
/// </summary>
public static class StoreLimits
{
    /// <summary>
    /// Keywords that a mailbox may learn: each stands in every FLAGS response of it (RFC 9051 §7.3.5). Far more than people
    /// use.
    /// </summary>
    public const int MaxKeywords = 1_000;

    /// <summary>Mailboxes of an account: all of them are listed, and checked at a rename, in one step.</summary>
    public const int MaxMailboxes = 10_000;

    /// <summary>
    /// Targets of an alias, and what its mail may become by aliases behind it: as many as a transaction may have recipients.
    /// The store takes more; who adds an alias checks.
    /// </summary>
    public const int MaxAliasTargets = 1_000;

    /// <summary>Subscribed names of an account, which need no mailbox (RFC 9051 §6.3.7): as many as it may have mailboxes.</summary>
    public const int MaxSubscriptions = MaxMailboxes;

    /// <summary>The longest <see cref="IContentWriter.Prefix"/>: some signatures, an ARC set and Authentication-Results of a full check.</summary>
    public const int MaxPrefix = 64 * 1024;

    /// <summary>The longest <see cref="StoredRecord.Json"/>, in characters: an MTA-STS policy may have 64 KB (RFC 8461 §3.2) and grow in JSON.</summary>
    public const int MaxRecord = 256 * 1024;
}
