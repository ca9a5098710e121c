using System.Net;

namespace Modus.Delivery.Etrn;

/// <summary>
/// How often mail may be asked for: a start looks through the queue and opens connections. Only what was granted is counted, so a
/// stranger makes nothing grow. Thread-safe.
/// </summary>
internal sealed class EtrnRate(TimeProvider clock)
{
    /// <summary>The least time between two starts of one node.</summary>
    public static readonly TimeSpan PerNode = TimeSpan.FromSeconds(10);

    /// <summary>Starts that one address may ask for in a minute: a provider's customer has some domains.</summary>
    public const int PerAddress = 60;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<string, DateTimeOffset> _nodes = [];
    private readonly Dictionary<IPAddress, int> _addresses = [];
    private DateTimeOffset _windowEnds;

    /// <returns>Null when it may start; otherwise why not.</returns>
    public string? Enter(string node, IPAddress? address)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            if (now >= _windowEnds)
            {
                _windowEnds = now + Window;
                _addresses.Clear();
                foreach (var (name, started) in _nodes)
                    if (now - started >= PerNode) _nodes.Remove(name);
            }

            if (_nodes.TryGetValue(node, out var last) && now - last < PerNode) return "it was asked for a moment ago";
            if (address is not null)
            {
                var count = _addresses.GetValueOrDefault(address);
                if (count >= PerAddress) return "you ask too often";
                _addresses[address] = count + 1;
            }

            _nodes[node] = now;
            return null;
        }
    }
}
