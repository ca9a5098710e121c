using System.Buffers;
using Modus.Mail.Envelopes;

namespace Modus.Storage;

/// <summary>
/// The one way in for messages: write the content, then commit it to mailboxes and queue at once.
/// <para>
/// <b>The contract that everything rests on:</b> <see cref="CommitAsync"/> returns <see cref="StoreOutcome.Done"/> only
/// after content, mailbox rows and queue rows are on stable storage, all of them or none. After a crash at any instant
/// every message so acknowledged is there exactly once and bit-exact, and nothing else is half there.
/// </para>
/// Thread-safe; commits of many callers share one durable write (group commit).
/// </summary>
public interface IDelivery
{
    /// <summary>Begins a message. Disposing the writer without a commit forgets it.</summary>
    IContentWriter BeginContent();

    /// <summary>
    /// Makes the message durable everywhere that <paramref name="request"/> names, in one step. The writer may not be
    /// written to any more; it is still the caller's to dispose.
    /// </summary>
    /// <returns>
    /// Done with what was made; NoSpace, NotFound (a mailbox vanished), OverQuota (an account would pass its quota), NotAllowed (a
    /// mailbox has no UID left) or TooMany (keywords), with nothing changed.
    /// </returns>
    ValueTask<StoreResult<DeliveryReceipt>> CommitAsync(
        IContentWriter content, DeliveryRequest request, CancellationToken cancellationToken);

    /// <summary>
    /// The same for several messages, all of them or none, in one step: a message and the notice of its delivery. At least one; who
    /// calls bounds how many.
    /// </summary>
    ValueTask<StoreResult<IReadOnlyList<DeliveryReceipt>>> CommitAllAsync(
        IReadOnlyList<MessageToDeliver> messages, CancellationToken cancellationToken);

    /// <summary>
    /// Makes messages of a client durable in one mailbox, all of them or none, in one step (APPEND; several: RFC 3502), under
    /// the same contract as <see cref="CommitAsync"/>. With <paramref name="replaced"/> that message is expunged in the same
    /// step (REPLACE, RFC 8508), and its size is credited to its account. The writers may not be written to any more; they
    /// are still the caller's to dispose, who also bounds how many there are.
    /// </summary>
    /// <returns>
    /// Done with what was made; NotFound (the mailbox, or the message to replace), OverQuota, NotAllowed (no UID left),
    /// TooMany (keywords), or NoSpace, with nothing changed.
    /// </returns>
    ValueTask<StoreResult<AppendReceipt>> AppendAsync(
        MailboxId mailbox, IReadOnlyList<MessageToAppend> messages, ReplacedMessage? replaced, CancellationToken cancellationToken);
}

/// <summary>
/// Takes the bytes of one message. Get a span, fill it, <see cref="IBufferWriter{T}.Advance"/>, and call
/// <see cref="FlushAsync"/> at least every 64 KB, which keeps memory bounded by spilling to disk. Not thread-safe.
/// </summary>
public interface IContentWriter : IBufferWriter<byte>, IAsyncDisposable
{
    /// <summary>Bytes written so far.</summary>
    long Length { get; }

    /// <summary>
    /// Bytes that stand before everything that was written, known only at the end (Return-Path, Authentication-Results,
    /// DKIM-Signature). May be set once, before the commit; at most <see cref="StoreLimits.MaxPrefix"/> bytes; not in
    /// <see cref="Length"/>.
    /// </summary>
    ReadOnlyMemory<byte> Prefix { get; set; }

    /// <summary>
    /// What was written so far, without the prefix, as a stream that can seek; for reading before the commit, in as many streams as are
    /// wanted, none of them used after the next write or the commit.
    /// </summary>
    Stream OpenWritten();

    /// <summary>Lets the engine move what was written out of memory; completes at once when there is nothing to move.</summary>
    /// <returns>Done, or NoSpace: the message cannot be stored, dispose the writer.</returns>
    ValueTask<StoreOutcome> FlushAsync(CancellationToken cancellationToken);
}

/// <summary>One of several messages that are committed in one step.</summary>
/// <param name="Content">Its bytes; not to be written to any more, still the caller's to dispose.</param>
/// <param name="Request">Where it goes.</param>
public sealed record MessageToDeliver(IContentWriter Content, DeliveryRequest Request);

/// <summary>What one commit does.</summary>
public sealed record DeliveryRequest
{
    /// <summary>The id under which people will ask for this message.</summary>
    public required QueueId QueueId { get; init; }

    /// <summary>When the message came (INTERNALDATE).</summary>
    public required DateTimeOffset InternalDate { get; init; }

    /// <summary>The mailboxes that get a row each.</summary>
    public IReadOnlyList<MailboxTarget> Mailboxes { get; init; } = [];

    /// <summary>The queue entries to make; null when nothing leaves this server.</summary>
    public QueueRequest? Queue { get; init; }

    /// <summary>Attempts at other messages that end in the same step, such as those that this message is a notice of.</summary>
    public IReadOnlyList<QueueAttempt> Attempts { get; init; } = [];

    /// <summary>The first lines of the message's trace.</summary>
    public IReadOnlyList<TraceEvent> Trace { get; init; } = [];
}

/// <summary>A mailbox that gets the message.</summary>
/// <param name="Mailbox">The mailbox.</param>
/// <param name="Flags">The flags it starts with.</param>
/// <param name="Keywords">The keywords it starts with; null for none.</param>
public readonly record struct MailboxTarget(MailboxId Mailbox, MessageFlags Flags = MessageFlags.None, IReadOnlyList<string>? Keywords = null);

/// <summary>The part of a message that waits for delivery elsewhere.</summary>
public sealed record QueueRequest
{
    /// <summary>The envelope with only those recipients that wait in the queue.</summary>
    public required Envelope Envelope { get; init; }

    /// <summary>How many bytes at the start of the content (Return-Path) are not for the next hop.</summary>
    public int ContentOffset { get; init; }

    /// <summary>When the first attempt is due.</summary>
    public required DateTimeOffset NotBefore { get; init; }
}

/// <summary>What a commit made.</summary>
/// <param name="Email">The identity of the message.</param>
/// <param name="Messages">The rows in the order of <see cref="DeliveryRequest.Mailboxes"/>.</param>
/// <param name="QueueEntries">The entries in the order of the queued envelope's recipients.</param>
public sealed record DeliveryReceipt(
    EmailId Email, IReadOnlyList<StoredMessage> Messages, IReadOnlyList<QueueEntryId> QueueEntries);

/// <summary>Where a message was put.</summary>
/// <param name="Mailbox">The mailbox.</param>
/// <param name="UidValidity">Its UIDVALIDITY.</param>
/// <param name="Uid">The message's UID there.</param>
/// <param name="ModSeq">Its MODSEQ.</param>
public readonly record struct StoredMessage(MailboxId Mailbox, UidValidity UidValidity, Uid Uid, ModSeq ModSeq);

/// <summary>A message that a client uploads.</summary>
/// <param name="Content">Its bytes, begun with <see cref="IDelivery.BeginContent"/>.</param>
/// <param name="InternalDate">INTERNALDATE.</param>
/// <param name="Flags">The flags it starts with.</param>
/// <param name="Keywords">The keywords it starts with; null for none.</param>
public sealed record MessageToAppend(
    IContentWriter Content, DateTimeOffset InternalDate, MessageFlags Flags = MessageFlags.None, IReadOnlyList<string>? Keywords = null);

/// <summary>A message that another takes the place of.</summary>
/// <param name="Mailbox">Where it is.</param>
/// <param name="Uid">Its UID there.</param>
public readonly record struct ReplacedMessage(MailboxId Mailbox, Uid Uid);

/// <summary>What an append made.</summary>
/// <param name="Messages">The rows in the order of the messages.</param>
/// <param name="Replaced">The expunge of the message that was replaced; null when none was.</param>
public sealed record AppendReceipt(IReadOnlyList<StoredMessage> Messages, ExpungedMessage? Replaced);
