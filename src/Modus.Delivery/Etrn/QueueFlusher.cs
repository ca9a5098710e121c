using Modus.Delivery.Queue;
using Modus.Protocols.Smtp;
using Modus.Storage;

namespace Modus.Delivery.Etrn;

/// <summary>
/// Answers ETRN: makes what waits for a node due now. It leaves as all mail does, over new connections to where its domain is routed and
/// under the same policy; the connection that asks is never used for it (RFC 1985 §4). Thread-safe.
/// </summary>
internal sealed class QueueFlusher(IQueue queue, QueueHurry hurry, EtrnGrants grants, EtrnRate rate) : IQueueFlush
{
    private const int MaxCounted = 1000; // entries that are looked at for the number in 253; beyond it is 252

    private static readonly QueueFlush NotYours = new(QueueFlushOutcome.NotAllowed, Reason: "you may not ask for its mail");

    public ValueTask<bool> IsOfferedAsync(SmtpPeer peer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(peer);
        return grants.AnyAsync(peer.Profile, cancellationToken);
    }

    public async ValueTask<QueueFlush> FlushAsync(QueueNode node, SmtpPeer peer, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(node);
        ArgumentNullException.ThrowIfNull(peer);
        // A node that nobody has is answered as somebody else's: who asks learns nothing of the customers here.
        if (await grants.FindAsync(node, cancellationToken) is not { } grant || !grant.Allows(peer)) return NotYours;
        if (rate.Enter(node.ToString(), peer.Address) is { } tooOften) return new QueueFlush(QueueFlushOutcome.Unable, Reason: tooOften);

        var filters = FiltersFor(node, grant);
        var waiting = await CountAsync(filters, cancellationToken);
        if (waiting.Entries == 0) return new QueueFlush(QueueFlushOutcome.NothingWaiting);
        foreach (var filter in filters)
        {
            var retried = await hurry.RetryAsync(filter with { Limit = int.MaxValue }, cancellationToken);
            if (!retried.IsDone) return new QueueFlush(QueueFlushOutcome.Unable, Reason: "there is no room on the disk");
        }

        return waiting switch
        {
            { AllActive: true } => new QueueFlush(QueueFlushOutcome.Started),
            { Messages: { } messages } => new QueueFlush(QueueFlushOutcome.CountedStarted, messages),
            _ => new QueueFlush(QueueFlushOutcome.PendingStarted),
        };
    }

    private static List<QueueFilter> FiltersFor(QueueNode node, EtrnGrant grant) => node.Kind switch
    {
        QueueNodeKind.Queue => [.. grant.Domains.Select(static domain => new QueueFilter { Domain = domain })],
        QueueNodeKind.Subdomains => [new QueueFilter { Domain = node.Domain, WithSubdomains = true }],
        _ => [new QueueFilter { Domain = node.Domain }],
    };

    // What a person holds does not wait for the peer.
    private async ValueTask<Waiting> CountAsync(List<QueueFilter> filters, CancellationToken cancellationToken)
    {
        var entries = 0L;
        var active = 0L;
        foreach (var filter in filters)
        {
            entries += await queue.CountAsync(filter, cancellationToken)
                - await queue.CountAsync(filter with { State = QueueState.Held }, cancellationToken);
            active += await queue.CountAsync(filter with { State = QueueState.Active }, cancellationToken);
        }

        if (entries is 0 or > MaxCounted) return new Waiting(entries, null, AllActive: false);
        var messages = new HashSet<QueueId>();
        foreach (var filter in filters)
        {
            foreach (var state in (QueueState[])[QueueState.Incoming, QueueState.Active, QueueState.Deferred])
            {
                foreach (var entry in await queue.ListAsync(filter with { State = state, Limit = MaxCounted }, cancellationToken))
                    messages.Add(entry.QueueId);
            }
        }

        return new Waiting(entries, messages.Count, active == entries);
    }

    private readonly record struct Waiting(long Entries, long? Messages, bool AllActive);
}
