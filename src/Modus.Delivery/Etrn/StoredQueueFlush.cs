using System.Net;
using Modus.Delivery.Queue;
using Modus.Mail.Addresses;
using Modus.Protocols.Smtp;
using Modus.Storage;

namespace Modus.Delivery.Etrn;

/// <summary>
/// Answers ETRN from the queue: what waits for the node becomes due now, and the runner sends it over connections of its own, by the same
/// policy as all other mail. Each node once in a while: a client that asks in a loop costs no attempts. Thread-safe.
/// </summary>
internal sealed class StoredQueueFlush(IQueue queue, QueueHurry hurry, EtrnGrants grants, TimeProvider clock) : IQueueFlush
{
    private const int MaxRemembered = 10_000; // nodes; only granted ones are remembered
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(30); // an attempt at a host that is down takes as long
    private static readonly QueueFlush Refused = new(QueueFlushOutcome.NotAllowed, Reason: "not yours to ask for");

    private readonly Dictionary<string, long> _asked = new(StringComparer.Ordinal);
    private readonly Lock _lock = new();

    // It is told of where anything is granted; to whom is not for strangers to see.
    public async ValueTask<bool> IsOfferedAsync(SmtpPeer peer, CancellationToken cancellationToken) =>
        (await grants.PeekAsync(cancellationToken)).Count > 0;

    public async ValueTask<QueueFlush> FlushAsync(QueueNode node, SmtpPeer peer, CancellationToken cancellationToken)
    {
        // A queue is called by its domain: there are no others (RFC 1985 §5.3 leaves it to the server).
        if (!Domain.TryParse(node.Name, out var domain)) return Refused;
        var granted = await grants.PeekAsync(cancellationToken);
        if (!granted.Any(grant => Covers(grant, domain) && Allows(grant, peer))) return Refused;

        var filter = new QueueFilter { Domain = domain, WithSubdomains = node.Kind == QueueNodeKind.Subdomains };
        var waiting = await queue.CountAsync(filter, cancellationToken);
        if (waiting == 0) return new QueueFlush(QueueFlushOutcome.NothingWaiting);
        if (!MayAsk(node.ToString())) return new QueueFlush(QueueFlushOutcome.Unable, Reason: "asked for a moment ago, try later");
        var due = await hurry.RetryAsync(filter, cancellationToken);
        return due.Outcome == StoreOutcome.Done
            ? new QueueFlush(QueueFlushOutcome.CountedStarted, waiting)
            : new QueueFlush(QueueFlushOutcome.Unable, Reason: "no room on the disk, try later");
    }

    private static bool Covers(EtrnGrant grant, Domain domain) =>
        domain.Name == grant.Domain || domain.Name.EndsWith('.' + grant.Domain, StringComparison.Ordinal);

    private static bool Allows(EtrnGrant grant, SmtpPeer peer) =>
        (peer.Address is { } address && grant.Networks.Any(network => IsIn(network, address)))
        || (peer.Identity is { } identity && grant.Accounts.Contains(identity.Address.ToString(), StringComparer.OrdinalIgnoreCase))
        || (peer.Tls?.ClientKey is { } key && grant.Keys.Contains(key)); // the handshake has proven it (RFC 8446 §4.4.3)

    private static bool IsIn(string network, IPAddress address) =>
        network.Contains('/', StringComparison.Ordinal)
            ? IPNetwork.TryParse(network, out var range) && range.Contains(address)
            : IPAddress.TryParse(network, out var one) && one.Equals(address);

    private bool MayAsk(string node)
    {
        lock (_lock)
        {
            var now = clock.GetTimestamp();
            if (_asked.TryGetValue(node, out var last) && clock.GetElapsedTime(last, now) < Pause) return false;
            if (_asked.Count >= MaxRemembered)
            {
                foreach (var (name, at) in _asked)
                    if (clock.GetElapsedTime(at, now) >= Pause) _asked.Remove(name);
                if (_asked.Count >= MaxRemembered) return false;
            }

            _asked[node] = now;
            return true;
        }
    }
}
