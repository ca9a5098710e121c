namespace Modus.Tls;

/// <summary>
/// Rules by name: of domains, with those below them or not, and of hosts, with a wildcard or not. The most specific one wins.
/// Immutable, thread-safe; a look-up of a name in lower case allocates nothing.
/// </summary>
internal sealed class PeerNames
{
    private readonly Dictionary<string, PeerRule> _domains = [];
    private readonly Dictionary<string, PeerRule> _below = [];     // by what follows the leading dot
    private readonly Dictionary<string, PeerRule> _hosts = [];
    private readonly Dictionary<string, PeerRule> _wildcards = []; // by what follows "*."

    public PeerNames(IEnumerable<PeerRule> rules)
    {
        foreach (var rule in rules)
        {
            if (rule.Domain is { } domain)
            {
                if (domain.StartsWith('.')) Add(_below, domain[1..], rule);
                else Add(_domains, domain, rule);
            }

            if (rule.MxPattern is { } pattern)
            {
                if (HostNames.IsWildcard(pattern)) Add(_wildcards, pattern[2..], rule);
                else Add(_hosts, pattern, rule);
            }
        }
    }

    public PeerRule? FindDomain(string domain)
    {
        var name = Normalize(domain);
        if (_domains.TryGetValue(name, out var rule)) return rule;
        if (_below.Count == 0) return null;
        var below = _below.GetAlternateLookup<ReadOnlySpan<char>>();
        for (var parent = HostNames.Parent(name); !parent.IsEmpty; parent = HostNames.Parent(parent))
            if (below.TryGetValue(parent, out rule)) return rule;
        return null;
    }

    public PeerRule? FindHost(string host)
    {
        var name = Normalize(host);
        if (_hosts.TryGetValue(name, out var rule)) return rule;
        return _wildcards.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(HostNames.Parent(name), out rule) ? rule : null;
    }

    private static void Add(Dictionary<string, PeerRule> table, string name, PeerRule rule) =>
        table[name] = table.TryGetValue(name, out var other) ? PeerPolicy.Stricter(other, rule) : rule;

    private static string Normalize(string name) =>
        name.EndsWith('.') || name.AsSpan().ContainsAnyInRange('A', 'Z') ? HostNames.Normalize(name) : name;
}
