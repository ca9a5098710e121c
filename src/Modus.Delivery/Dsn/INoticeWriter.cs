using Modus.Storage;

namespace Modus.Delivery.Dsn;

/// <summary>
/// Makes delivery status notifications (RFC 3461, RFC 3464) and ends the attempts that they tell of in the same commit, so that none is
/// lost or sent twice. Thread-safe.
/// </summary>
internal interface INoticeWriter
{
    /// <summary>
    /// Ends the attempts of one message's entries, with the notices that their sender asked for and is owed; none for the null reverse-path.
    /// </summary>
    /// <param name="ends">The entries of one message with how each ended.</param>
    /// <param name="cancellationToken">Stops before the commit.</param>
    ValueTask<StoreOutcome> FinishAsync(IReadOnlyList<EndedAttempt> ends, CancellationToken cancellationToken);
}

/// <summary>How an attempt at one recipient ended, with what a notice says of it.</summary>
internal sealed record EndedAttempt
{
    /// <summary>The entry.</summary>
    public required QueueEntry Entry { get; init; }

    /// <summary>What becomes of it in the queue.</summary>
    public required QueueAttempt Attempt { get; init; }

    /// <summary>What the sender may hear.</summary>
    public required DsnAction Action { get; init; }

    /// <summary>The enhanced status (RFC 3463), such as 5.1.1.</summary>
    public required Modus.Mail.EnhancedStatus Status { get; init; }

    /// <summary>The remote server; null when none was reached.</summary>
    public string? RemoteMta { get; init; }

    /// <summary>Its reply, as in <c>550 5.1.1 No such user</c>; null when there was none.</summary>
    public string? Diagnostic { get; init; }

    /// <summary>When the entry will be given up; for delay notices.</summary>
    public DateTimeOffset? GivesUpAt { get; init; }
}

/// <summary>What a notice says (RFC 3464 §2.3.3).</summary>
internal enum DsnAction
{
    /// <summary>Nothing yet.</summary>
    None,

    /// <summary>failed.</summary>
    Failed,

    /// <summary>delayed.</summary>
    Delayed,

    /// <summary>delivered into a mailbox here.</summary>
    Delivered,

    /// <summary>relayed to a server that will not tell (no DSN there).</summary>
    Relayed,

    /// <summary>expanded: an alias with several targets.</summary>
    Expanded,
}
