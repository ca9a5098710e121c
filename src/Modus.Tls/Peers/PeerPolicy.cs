using System.Net;

namespace Modus.Tls;

/// <summary>
/// The rules as a whole, ready to be asked. Immutable and thread-safe: another set of rules is another policy. Rules are taken as they
/// are; who lets people write them looks for their faults before (<see cref="PeerRuleCheck"/>).
/// </summary>
public sealed class PeerPolicy : IPeerPolicy
{
    private readonly NetworkTable _clients;
    private readonly NetworkTable _hosts;
    private readonly PeerNames _names;
    private readonly Dictionary<string, PeerRule> _keys = [];
    private readonly ClientJudge _judge;

    /// <summary>Sorts the rules for look-up.</summary>
    /// <param name="rules">The rules.</param>
    /// <param name="clock">Tells whether certificates are in their time; the system's when null.</param>
    public PeerPolicy(IEnumerable<PeerRule> rules, TimeProvider? clock = null)
    {
        ArgumentNullException.ThrowIfNull(rules);
        Rules = [.. rules];
        PeerRule[] inbound = [.. Rules.Where(static rule => rule.Directions.HasFlag(PeerDirections.In))];
        PeerRule[] outbound = [.. Rules.Where(static rule => rule.Directions.HasFlag(PeerDirections.Out))];
        _clients = new NetworkTable(inbound);
        _hosts = new NetworkTable(outbound);
        _names = new PeerNames(outbound);
        foreach (var rule in inbound)
        {
            if (rule.Key is { } key)
                _keys[key] = _keys.TryGetValue(key, out var other) ? Stricter(other, rule) : rule;
        }

        _judge = new ClientJudge(Rules, clock ?? TimeProvider.System);
    }

    /// <summary>All rules, in the order in which they were given.</summary>
    public IReadOnlyList<PeerRule> Rules { get; }

    /// <inheritdoc/>
    public bool HasKeys => _keys.Count > 0;

    /// <inheritdoc/>
    public PeerRule? FindClient(IPAddress address)
    {
        ArgumentNullException.ThrowIfNull(address);
        return _clients.Find(address);
    }

    /// <inheritdoc/>
    public PeerRule? FindKey(string key) => _keys.GetValueOrDefault(key);

    /// <inheritdoc/>
    public PeerRule? FindNextHop(string? domain, string host, IPAddress? address)
    {
        ArgumentNullException.ThrowIfNull(host);
        var rule = domain is null ? null : _names.FindDomain(domain);
        if (_names.FindHost(host) is { } byName && !(rule?.Level >= byName.Level)) rule = byName;
        if (address is not null && _hosts.Find(address) is { } byAddress && !(rule?.Level >= byAddress.Level)) rule = byAddress;
        return rule;
    }

    /// <inheritdoc/>
    public string? JudgeClient(PeerRule rule, TlsSession? session)
    {
        ArgumentNullException.ThrowIfNull(rule);
        return _judge.Judge(rule, session);
    }

    /// <summary>The same rule as <see cref="FindClient"/> finds, with the reason.</summary>
    public PeerDecision ExplainClient(IPAddress address) => FindClient(address) is { } rule
        ? new PeerDecision(rule, $"{Subject(rule)} is the smallest network with {address} among the rules for mail that comes in.")
        : new PeerDecision(null, $"No rule for mail that comes in is about {address}: encrypted when the client wants it.");

    /// <summary>The same rule as <see cref="FindNextHop"/> finds, with the reason.</summary>
    public PeerDecision ExplainNextHop(string? domain, string host, IPAddress? address)
    {
        if (FindNextHop(domain, host, address) is not { } decisive)
            return new PeerDecision(null, "No rule for mail that goes out is about this next hop: what it publishes decides, else it is encrypted when it can.");
        PeerRule?[] found = [domain is null ? null : _names.FindDomain(domain), _names.FindHost(host), address is null ? null : _hosts.Find(address)];
        PeerRule[] others = [.. found.OfType<PeerRule>().Where(rule => !ReferenceEquals(rule, decisive)).Distinct()];
        var reason = others.Length == 0
            ? $"{Subject(decisive)} is the only rule about this next hop."
            : $"{Subject(decisive)} demands most; {string.Join(" and ", others.Select(static rule => $"{rule.Name} ({Subject(rule)}, {rule.Level})"))} would demand no more.";
        return new PeerDecision(decisive, reason);
    }

    /// <summary>Of two rules with the same subject, the one that counts; of equally strict ones the one whose name comes first.</summary>
    internal static PeerRule Stricter(PeerRule left, PeerRule right) =>
        left.Level != right.Level
            ? left.Level > right.Level ? left : right
            : string.CompareOrdinal(left.Name, right.Name) <= 0 ? left : right;

    private static string Subject(PeerRule rule) => rule switch
    {
        { Network: { } network } => network.ToString(),
        { Domain: { } domain } => domain.StartsWith('.') ? $"every domain below {domain[1..]}" : $"domain {domain}",
        { MxPattern: { } pattern } => $"host {pattern}",
        _ => $"key {rule.Key}",
    };
}
