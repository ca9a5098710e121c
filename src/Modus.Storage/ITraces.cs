using System.Net;
using Modus.Mail.Addresses;

namespace Modus.Storage;

/// <summary>
/// What happened to each message and how it travelled, kept for some time after it is gone. Lines come in with the commits
/// that they tell of (<see cref="DeliveryRequest.Trace"/>, <see cref="QueueAttempt.Trace"/>), so that none is there without the other.
/// Thread-safe.
/// </summary>
public interface ITraces
{
    /// <summary>Adds lines that tell of no change in the store.</summary>
    ValueTask<StoreOutcome> AppendAsync(IReadOnlyList<TraceEvent> events, CancellationToken cancellationToken);

    /// <summary>The trace of one message, oldest first.</summary>
    ValueTask<IReadOnlyList<TraceEvent>> ReadAsync(QueueId message, CancellationToken cancellationToken);

    /// <summary>Lines of many messages, oldest first.</summary>
    ValueTask<IReadOnlyList<TraceEvent>> FindAsync(TraceFilter filter, CancellationToken cancellationToken);

    /// <summary>Forgets what is older, a bounded number at a time; call again while the answer is not 0.</summary>
    ValueTask<StoreResult<long>> RemoveBeforeAsync(DateTimeOffset moment, CancellationToken cancellationToken);
}

/// <summary>Which lines are meant; what is null does not restrict.</summary>
public sealed record TraceFilter
{
    /// <summary>From this moment on.</summary>
    public DateTimeOffset? From { get; init; }

    /// <summary>Before this moment.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>Only with this peer: the domain of the other side, as in <see cref="TraceEvent.Peer"/>.</summary>
    public Domain? Peer { get; init; }

    /// <summary>Only lines that carry a receipt.</summary>
    public bool WithReceipt { get; init; }

    /// <summary>Only lines after this one, for reading on; 0 begins.</summary>
    public long After { get; init; }

    /// <summary>At most so many.</summary>
    public int Limit { get; init; } = 1000;
}

/// <summary>One line of a trace.</summary>
public sealed record TraceEvent
{
    /// <summary>Its number, which grows; 0 until it is stored.</summary>
    public long Id { get; init; }

    /// <summary>The message.</summary>
    public required QueueId Message { get; init; }

    /// <summary>When.</summary>
    public required DateTimeOffset At { get; init; }

    /// <summary>What.</summary>
    public required TraceKind Kind { get; init; }

    /// <summary>The recipient that it is about; null for the whole message.</summary>
    public string? Recipient { get; init; }

    /// <summary>The domain of the other side: of the sender when mail came in, of the recipient when it goes out; null for none.</summary>
    public Domain? Peer { get; init; }

    /// <summary>A sentence for people: what happened and why.</summary>
    public required string Text { get; init; }

    /// <summary>How the message travelled on this leg; null where nothing travelled.</summary>
    public TravelReceipt? Receipt { get; init; }
}

/// <summary>What a line tells of.</summary>
public enum TraceKind
{
    /// <summary>Taken from a client or another server.</summary>
    Accepted,

    /// <summary>Put into mailboxes here.</summary>
    Filed,

    /// <summary>Put into the queue.</summary>
    Queued,

    /// <summary>Tried, and to be tried again.</summary>
    Deferred,

    /// <summary>Given to the next hop.</summary>
    Sent,

    /// <summary>Given up.</summary>
    Failed,

    /// <summary>Held for a person, by a person or a policy.</summary>
    Held,

    /// <summary>Released by a person.</summary>
    Released,

    /// <summary>Dropped by a person.</summary>
    Dropped,

    /// <summary>A notice to its sender was made (DSN).</summary>
    Noticed,
}

/// <summary>Whether mail came or went.</summary>
public enum TravelDirection
{
    /// <summary>To this server.</summary>
    In,

    /// <summary>From this server.</summary>
    Out,
}

/// <summary>How a message travelled on one leg: what an auditor asks for.</summary>
public sealed record TravelReceipt
{
    /// <summary>Which way.</summary>
    public required TravelDirection Direction { get; init; }

    /// <summary>The other side's address; null in memory.</summary>
    public IPAddress? Address { get; init; }

    /// <summary>The name of the other side: the MX host, or what the client calls itself.</summary>
    public required string PeerName { get; init; }

    /// <summary>Who logged in; null when nobody did.</summary>
    public string? Login { get; init; }

    /// <summary>The version, such as <c>TLS1.3</c>; null in clear.</summary>
    public string? Protocol { get; init; }

    /// <summary>The cipher suite by its registered name; null in clear.</summary>
    public string? CipherSuite { get; init; }

    /// <summary>The key exchange group; null in clear and where it cannot be told.</summary>
    public string? Group { get; init; }

    /// <summary>SHA-256 of the peer's public key (SubjectPublicKeyInfo), lower-case hex; null when it showed none.</summary>
    public string? PeerKey { get; init; }

    /// <summary>How the peer was verified: <c>not</c>, <c>webpki</c>, <c>dane</c>, <c>pin</c>.</summary>
    public required string Verified { get; init; }

    /// <summary>The policy that decided, in words: <c>opportunistic</c>, <c>peer rule NAME</c>, <c>dane</c>, <c>mta-sts</c>, <c>requiretls</c>, <c>listener</c>.</summary>
    public required string Policy { get; init; }
}
