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

    /// <summary>How many entries are meant by a filter, whatever its limit.</summary>
    ValueTask<long> CountAsync(QueueFilter filter, CancellationToken cancellationToken);

    /// <summary>
    /// The domains that have entries due, without <paramref name="except"/>, at most <paramref name="limit"/> of them: those whose
    /// best entry has the highest priority first, then those that wait longest. Costs grow with the domains looked at, never with
    /// the entries behind them.
    /// </summary>
    ValueTask<IReadOnlyList<Domain>> ListDueDomainsAsync(
        DateTimeOffset now, IReadOnlySet<Domain> except, int limit, CancellationToken cancellationToken);

    /// <summary>When the next entry that is not due yet becomes due, or the next lease runs out; null when nothing will by itself.</summary>
    ValueTask<DateTimeOffset?> FindNextDueAsync(DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>
    /// Takes due entries of one domain, marks them active, and gives them to the owner. Entries of an owner whose lease ran out are
    /// due again. Higher priorities first; among equals the senders take turns, so that one with many messages does not hold up the
    /// others; the entries of one message for one domain come together as far as the limit allows.
    /// </summary>
    ValueTask<IReadOnlyList<QueueEntry>> LeaseAsync(QueueLease lease, CancellationToken cancellationToken);

    /// <summary>Lengthens the leases of entries that are still its owner's; the others are left alone.</summary>
    ValueTask<StoreOutcome> RenewAsync(
        IReadOnlyList<QueueEntryId> entries, string owner, DateTimeOffset until, CancellationToken cancellationToken);

    /// <summary>
    /// Ends attempts, all in one step, with the trace of each. Together with a notice: <see cref="DeliveryRequest.Attempts"/>.
    /// An entry that is gone meanwhile (dropped by a person) is passed over.
    /// </summary>
    ValueTask<StoreOutcome> FinishAsync(IReadOnlyList<QueueAttempt> attempts, CancellationToken cancellationToken);

    /// <summary>Gives back what was leased and not tried, as it was before: no attempt is counted.</summary>
    ValueTask<StoreOutcome> ReturnAsync(IReadOnlyList<QueueEntryId> entries, string owner, CancellationToken cancellationToken);

    /// <summary>Makes entries due now that wait for their time (not those that are held or active).</summary>
    /// <returns>How many.</returns>
    ValueTask<StoreResult<long>> RetryAsync(QueueFilter filter, DateTimeOffset now, CancellationToken cancellationToken);

    /// <summary>Removes an entry for a person, with a line in its trace. The content goes when its last entry and mailbox row go.</summary>
    ValueTask<StoreOutcome> RemoveAsync(QueueEntryId entry, string reason, CancellationToken cancellationToken);

    /// <summary>Counts those that came into the queue, became due by <see cref="RetryAsync"/> or were released: who waits for work wakes on a change.</summary>
    IQueueSignal Signal { get; }

    /// <summary>Holds an entry until it is released, or releases it, with a line in its trace.</summary>
    ValueTask<StoreOutcome> SetHeldAsync(QueueEntryId entry, bool held, string reason, CancellationToken cancellationToken);
}

/// <summary>Wakes whoever works on the queue. Thread-safe.</summary>
public interface IQueueSignal
{
    /// <summary>Completes once something became due since <paramref name="seen"/>, with the count to ask with next; begin with 0.</summary>
    ValueTask<long> WaitAsync(long seen, CancellationToken cancellationToken);
}

/// <summary>Which entries a worker wants.</summary>
public sealed record QueueLease
{
    /// <summary>Whose they will be: unique for a run of a worker, so that a restarted one is another.</summary>
    public required string Owner { get; init; }

    /// <summary>For which domain.</summary>
    public required Domain Domain { get; init; }

    /// <summary>The time.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>When the lease runs out.</summary>
    public required DateTimeOffset Until { get; init; }

    /// <summary>At most so many.</summary>
    public required int Limit { get; init; }
}

/// <summary>How an attempt at an entry ended.</summary>
public sealed record QueueAttempt
{
    /// <summary>The entry.</summary>
    public required QueueEntryId Entry { get; init; }

    /// <summary>What becomes of it.</summary>
    public required QueueVerdict Verdict { get; init; }

    /// <summary>What the attempt met, in words.</summary>
    public required string Result { get; init; }

    /// <summary>When the next one is due; meant for <see cref="QueueVerdict.Deferred"/>.</summary>
    public DateTimeOffset NotBefore { get; init; }

    /// <summary>True when a delay notice goes out with this: it is sent once.</summary>
    public bool DelayNoticed { get; init; }

    /// <summary>The lines for its trace.</summary>
    public IReadOnlyList<TraceEvent> Trace { get; init; } = [];
}

/// <summary>What becomes of an entry after an attempt.</summary>
public enum QueueVerdict
{
    /// <summary>Given to the next hop: it goes.</summary>
    Delivered,

    /// <summary>Given up: it goes.</summary>
    Failed,

    /// <summary>Tried again at its time.</summary>
    Deferred,

    /// <summary>Waits for a person. An entry that a person held while a worker was busy with it stays held in any case unless it went.</summary>
    Held,
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

    /// <summary>Only this one.</summary>
    public QueueEntryId? Entry { get; init; }

    /// <summary>Only those for this domain.</summary>
    public Domain? Domain { get; init; }

    /// <summary>With <see cref="Domain"/>: those for domains below it as well.</summary>
    public bool WithSubdomains { get; init; }

    /// <summary>Only those from this sender; the null reverse-path is <c>default</c>.</summary>
    public Mail.Addresses.ReversePath? Sender { get; init; }

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

    /// <summary>True when the sender was told that it takes long.</summary>
    public bool DelayNoticed { get; init; }
}
