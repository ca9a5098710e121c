using Modus.Delivery.Dns;
using Modus.Delivery.OutboundTls;
using Modus.Delivery.Queue;
using Modus.Mail;

namespace Modus.Delivery.Remote;

/// <summary>Finds the hosts that may take the mail of a destination (RFC 5321 §5.1). Thread-safe.</summary>
internal sealed class NextHops(RouteTable routes, IMailDns dns, QueueOptions options)
{
    private static readonly EnhancedStatus BadAddress = new(5, 1, 2);
    private static readonly EnhancedStatus NullMx = new(5, 1, 10);
    private static readonly EnhancedStatus Loop = new(5, 4, 6);
    private static readonly EnhancedStatus DnsFailed = new(4, 4, 3);
    private static readonly EnhancedStatus BadConfiguration = new(4, 3, 5);

    public async ValueTask<HopPlan> FindAsync(Destination destination, CancellationToken cancellationToken)
    {
        if (destination.Literal is { } literal)
            return new HopPlan { Groups = [[new HopHost($"{literal}", options.Port, literal, HopOrigin.Literal, IsNameSecure: true)]] };
        if (await routes.FindAsync(destination.Domain, cancellationToken) is { } route) return Follow(route);

        var domain = destination.Domain.Name;
        var answer = await dns.FindMxAsync(domain, cancellationToken);
        return answer.Outcome switch
        {
            DnsOutcome.Found => Sort(domain, answer),
            DnsOutcome.NoData => Implicit(domain, answer.IsSecure),
            DnsOutcome.NoName => Nowhere(BadAddress, $"The domain {domain} does not exist."),
            _ => new HopPlan
            {
                Fault = new HopFault(DnsFailed, $"The DNS does not say where mail for {domain} goes: {answer.Reason ?? "no answer"}.") { IsHostDown = true },
            },
        };
    }

    private HopPlan Follow(MailRoute route)
    {
        var groups = new List<IReadOnlyList<HopHost>>();
        foreach (var text in route.Hosts)
        {
            if (!HopKey.TryParse(text, options.Port, out var host, out var port)) continue;
            var address = System.Net.IPAddress.TryParse(host, out var literal) ? literal : null;
            groups.Add([new HopHost(host, port, address, HopOrigin.Route, IsNameSecure: true)]);
        }

        return groups.Count > 0
            ? new HopPlan { Groups = groups, Route = route }
            : new HopPlan { Fault = new HopFault(BadConfiguration, $"The route {route.Domain} names no host: `modus route list` shows it.") };
    }

    private HopPlan Sort(string domain, DnsAnswer<MxHost> answer)
    {
        // RFC 7505 §3: the null MX stands alone; beside others it is a mistake and passed over.
        var named = answer.Records.Where(static mx => mx.Host.Length > 0).ToList();
        if (named.Count == 0) return Nowhere(NullMx, $"The domain {domain} takes no mail (null MX).");

        // RFC 5321 §5.1: this server itself and all that is not better would only send it back.
        var own = named.Where(mx => IsOwnName(mx.Host)).Select(static mx => (int?)mx.Preference).Min();
        var groups = named.Where(mx => own is null || mx.Preference < own)
            .GroupBy(static mx => mx.Preference).OrderBy(static group => group.Key)
            .Select(group => (IReadOnlyList<HopHost>)Shuffle(group.Select(mx => Host(mx.Host, answer.IsSecure))))
            .ToList();
        return groups.Count > 0 ? new HopPlan { Groups = groups } : ToItself(domain);
    }

    private HopPlan Implicit(string domain, bool isSecure) =>
        IsOwnName(domain) ? ToItself(domain) : new HopPlan { Groups = [[Host(domain, isSecure)]] };

    private HopHost Host(string name, bool isSecure) => new(name.ToLowerInvariant(), options.Port, null, HopOrigin.Dns, isSecure);

    private bool IsOwnName(string host) => host.Equals(options.HostName, StringComparison.OrdinalIgnoreCase);

    /// <summary>The fault of a destination whose mail would come back here.</summary>
    public static HopPlan ToItself(string domain) =>
        Nowhere(Loop, $"Mail for {domain} would come back to this server: its MX is this server, which has no such domain.");

    private static HopPlan Nowhere(EnhancedStatus status, string text) => new() { Fault = new HopFault(status, text) };

    private static HopHost[] Shuffle(IEnumerable<HopHost> hosts)
    {
        var shuffled = hosts.DistinctBy(static host => host.Name).ToArray();
        Random.Shared.Shuffle(shuffled);
        return shuffled;
    }
}
