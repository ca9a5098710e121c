namespace Modus.Storage;

/// <summary>Care for a store that is open. Thread-safe; safe beside traffic.</summary>
public interface IStoreMaintenance
{
    /// <summary>
    /// Reads everything back and compares checksums, counts and references. Reports as it goes through
    /// <paramref name="progress"/> (null for silence).
    /// </summary>
    ValueTask<VerifyReport> VerifyAsync(IProgress<VerifyProgress>? progress, CancellationToken cancellationToken);

    /// <summary>Gives the space of dead content back to the disk.</summary>
    /// <returns>Bytes given back.</returns>
    ValueTask<long> CompactAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Keeps every file of content that a state committed from now on refers to until what is returned is disposed, so that it can be
    /// copied beside traffic. Deletions go on; only their space comes back later.
    /// </summary>
    IDisposable HoldDeletes();
}

/// <summary>How far a verification is.</summary>
/// <param name="Done">Messages read.</param>
/// <param name="Total">Messages to read.</param>
public readonly record struct VerifyProgress(long Done, long Total);

/// <summary>What a verification found.</summary>
/// <param name="Accounts">Accounts.</param>
/// <param name="Mailboxes">Mailboxes.</param>
/// <param name="Messages">Mailbox rows.</param>
/// <param name="QueueEntries">Queue entries.</param>
/// <param name="Contents">Distinct contents read back.</param>
/// <param name="Bytes">Bytes read back.</param>
/// <param name="DeadBytes">Bytes in segments that nothing refers to.</param>
/// <param name="Faults">A line for each fault: what, where; empty when all is well.</param>
public sealed record VerifyReport(
    long Accounts, long Mailboxes, long Messages, long QueueEntries, long Contents, long Bytes, long DeadBytes,
    IReadOnlyList<string> Faults);
