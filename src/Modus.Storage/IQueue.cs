using Modus.Mail.Addresses;
using Modus.Mail.Envelopes;

namespace Modus.Storage;

/// <summary>
/// Mail that waits for delivery elsewhere: one entry per recipient. Entries come in through <see cref="IDelivery"/> only.
/// An entry is worked on under a lease, so that several workers, later several nodes, can share one queue and a crashed
/// one loses nothing. Thread-safe.
/// </summary>
public interface IQueue
{
    /// <summary>Entries in the order of their next attempt.</summary>
    ValueTask<IReadOnlyList<QueueEntry>> ListAsync(QueueFilter filter, CancellationToken cancellationToken);

    /// <summary>How many entries there are in each state.</summary>
    ValueTask<IReadOnlyDictionary<QueueState, long>> CountAsync(CancellationToken cancellationToken);

    /// <summary>
    /// Takes up to <paramref name="limit"/> entries that are due, marks them active, and gives them to
    /// <paramref name="owner"/> until <paramref name="until"/>. Entries of an owner whose lease ran out are due again.
    /// </summary>
    ValueTask<IReadOnlyList<QueueEntry>> LeaseAsync(
        string owner, DateTimeOffset now, DateTimeOffset until, int limit, CancellationToken cancellationToken);

    /// <summary>Ends an entry: delivered, bounced or dropped. The content goes when its last entry and mailbox row go.</summary>
    ValueTask<StoreOutcome> RemoveAsync(QueueEntryId entry, CancellationToken cancellationToken);

    /// <summary>Puts an entry back with a time for its next attempt and what the last one met; counts the attempt.</summary>
    ValueTask<StoreOutcome> DeferAsync(
        QueueEntryId entry, DateTimeOffset notBefore, string lastResult, CancellationToken cancellationToken);

    /// <summary>Holds an entry until it is released, or releases it.</summary>
    ValueTask<StoreOutcome> SetHeldAsync(QueueEntryId entry, bool held, CancellationToken cancellationToken);
}

/// <summary>Where an entry stands.</summary>
public enum QueueState
{
    /// <summary>Never tried.</summary>
    Incoming,

    /// <summary>Leased to a worker.</summary>
    Active,

    /// <summary>Tried, and to be tried again.</summary>
    Deferred,

    /// <summary>Waits for a person.</summary>
    Held,
}

/// <summary>Which entries are meant; what is null does not restrict.</summary>
public sealed record QueueFilter
{
    /// <summary>Only this message's.</summary>
    public QueueId? QueueId { get; init; }

    /// <summary>Only those in this state.</summary>
    public QueueState? State { get; init; }

    /// <summary>Only those for this domain.</summary>
    public Domain? Domain { get; init; }

    /// <summary>At most so many.</summary>
    public int Limit { get; init; } = 1000;
}

/// <summary>One recipient of one message that waits.</summary>
public sealed record QueueEntry
{
    /// <summary>Its identity.</summary>
    public required QueueEntryId Id { get; init; }

    /// <summary>The message's id for people.</summary>
    public required QueueId QueueId { get; init; }

    /// <summary>The message's bytes.</summary>
    public required ContentId Content { get; init; }

    /// <summary>How many bytes at the start of the content are not for the next hop.</summary>
    public required int ContentOffset { get; init; }

    /// <summary>The length of the content from that offset on.</summary>
    public required long Size { get; init; }

    /// <summary>The envelope with this one recipient.</summary>
    public required Envelope Envelope { get; init; }

    /// <summary>Where it stands.</summary>
    public required QueueState State { get; init; }

    /// <summary>When it came.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>When its next attempt is due.</summary>
    public required DateTimeOffset NotBefore { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Attempts { get; init; }

    /// <summary>What the last attempt met; null before the first.</summary>
    public required string? LastResult { get; init; }
}
