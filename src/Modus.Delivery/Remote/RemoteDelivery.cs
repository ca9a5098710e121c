using System.Net;
using System.Net.Sockets;
using Modus.Delivery.Dns;
using Modus.Delivery.OutboundTls;
using Modus.Mail.Envelopes;
using Modus.Tls;

namespace Modus.Delivery.Remote;

/// <summary>
/// Delivers one message to one destination:
/// <code>
/// 1 plan    the hosts of the destination, by route, literal or MX
/// 2 resolve a group of equal preference: addresses, none of them our own
/// 3 visit   one address after the other, while recipients are left
/// 4 end     who is left ends by what was met
/// </code>
/// Nothing is written to the queue here. Thread-safe.
/// </summary>
internal sealed class RemoteDelivery(
    NextHops nextHops,
    IMailDns dns,
    IPublishedTls published,
    IPeerPolicy peers,
    IOwnDoors ownDoors,
    HopHealth health,
    SessionPool pool,
    HopVisits visits)
{
    /// <summary>Addresses looked at in one attempt (RFC 5321 §5.1 wants two at least). Postfix: smtp_mx_address_limit (5).</summary>
    private const int MaxAddresses = 10;

    /// <summary>Hosts spoken to in one attempt. Postfix: smtp_mx_session_limit (2).</summary>
    private const int MaxVisits = 4;

    public async ValueTask<DeliveryOutcome> DeliverAsync(OutgoingMessage message, WorkTokens work)
    {
        // Step 1
        var walk = new DeliveryWalk(message);
        var plan = await nextHops.FindAsync(message.Destination, work.Abort);
        if (plan.Fault is not null)
        {
            walk.Add(plan.Fault);
            return walk.Conclude();
        }

        try
        {
            await WalkAsync(walk, plan, work);
            return walk.Conclude();
        }
        catch (OperationCanceledException) when (work.Stopping.IsCancellationRequested || work.Abort.IsCancellationRequested)
        {
            return walk.Interrupt();
        }
    }

    private async ValueTask WalkAsync(DeliveryWalk walk, HopPlan plan, WorkTokens work)
    {
        var destination = walk.Message.Destination;
        var sts = plan.Route is null && destination.Literal is null
            ? await published.FindStsAsync(destination.Domain, work.Abort)
            : null;
        var (addresses, visited) = (0, 0);
        foreach (var group in plan.Groups)
        {
            // Step 2
            if (await ResolveAsync(group, walk, work.Abort) is not { } targets)
            {
                if (addresses == 0) walk.Add(NextHops.ToItself($"{destination}").Fault!);
                return;
            }

            // Step 3
            foreach (var (host, address) in targets)
            {
                if (walk.Left.Count == 0 || visited == MaxVisits || addresses++ == MaxAddresses) return;
                work.Stopping.ThrowIfCancellationRequested();
                var endPoint = new IPEndPoint(address, host.Port);
                if (health.IsDown(endPoint, out var down))
                {
                    walk.Add(down);
                    continue;
                }

                if (await visits.VisitAsync(walk, await CallAsync(walk, plan, host, endPoint, sts, work.Abort), work)) visited++;
                work.Abort.ThrowIfCancellationRequested(); // what broke off then is nobody's fault
            }
        }
    }

    private async ValueTask<HopCall> CallAsync(
        DeliveryWalk walk, HopPlan plan, HopHost host, IPEndPoint endPoint, StsPolicy? sts, CancellationToken cancellationToken)
    {
        var envelope = walk.Message.First.Envelope;
        return new HopCall
        {
            Destination = walk.Message.Destination,
            Host = host,
            EndPoint = endPoint,
            Route = plan.Route,
            Rule = peers.FindNextHop(walk.Message.Destination.PolicyDomain, host.Name, endPoint.Address),
            Dane = host.Address is null ? await published.FindDaneAsync(host.Name, host.Port, host.IsNameSecure, cancellationToken) : null,
            Sts = sts,
            // A notice is not lost over it (RFC 8689 §5).
            Demand = envelope.Tls == TlsDemand.Required && envelope.ReversePath.IsNull ? TlsDemand.None : envelope.Tls,
        };
    }

    // Null when one of the addresses is our own: the group, and all that is less preferred, would only send it back (RFC 5321 §5.1).
    private async ValueTask<List<(HopHost Host, IPAddress Address)>?> ResolveAsync(
        IReadOnlyList<HopHost> group, DeliveryWalk walk, CancellationToken cancellationToken)
    {
        var targets = new List<(HopHost Host, IPAddress Address)>();
        foreach (var host in group.Take(MaxAddresses))
        {
            if (host.Address is { } literal)
            {
                if (ownDoors.AreOurs(new IPEndPoint(literal, host.Port))) return null;
                targets.Add((host, literal));
                continue;
            }

            var answer = await dns.FindAddressesAsync(host.Name, cancellationToken);
            if (answer.Outcome != DnsOutcome.Found || answer.Records.Count == 0)
            {
                walk.Add(HopFaults.NoAddress(host, answer.Outcome == DnsOutcome.Failed, answer.Reason));
                continue;
            }

            if (answer.Records.Any(address => ownDoors.AreOurs(new IPEndPoint(address, host.Port)))) return null;
            targets.AddRange(Interleave(answer.Records).Select(address => (host, address)));
        }

        // Where a session waits, the message goes first: its place in the group was by chance anyway.
        return [.. targets.OrderBy(target => pool.HasIdle(new IPEndPoint(target.Address, target.Host.Port)) ? 0 : 1)];
    }

    // IPv6 and IPv4 by turns, so that one of them that does not work costs one try and not all.
    private static IEnumerable<IPAddress> Interleave(IReadOnlyList<IPAddress> addresses)
    {
        var six = addresses.Where(static address => address.AddressFamily == AddressFamily.InterNetworkV6).ToList();
        var four = addresses.Where(static address => address.AddressFamily == AddressFamily.InterNetwork).ToList();
        for (var i = 0; i < Math.Max(six.Count, four.Count); i++)
        {
            if (i < six.Count) yield return six[i];
            if (i < four.Count) yield return four[i];
        }
    }
}
