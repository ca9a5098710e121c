using System.Net;

namespace Modus.Delivery.Vpn;

/// <summary>How often the exchange may be asked: each question may cost a signature. Thread-safe.</summary>
internal sealed class VpnRate(TimeProvider clock)
{
    /// <summary>Questions of one address in a minute: a gateway asks once an hour, and whenever its administrator wants.</summary>
    public const int PerAddress = 20;

    /// <summary>Questions of all together in a minute: below 1 % of a core.</summary>
    public const int PerMinute = 600;

    private static readonly TimeSpan Window = TimeSpan.FromMinutes(1);

    private readonly Lock _lock = new();
    private readonly Dictionary<IPAddress, int> _addresses = []; // bounded by PerMinute
    private DateTimeOffset _windowEnds;
    private int _all;

    public bool TryEnter(IPAddress address)
    {
        lock (_lock)
        {
            var now = clock.GetUtcNow();
            if (now >= _windowEnds)
            {
                (_windowEnds, _all) = (now + Window, 0);
                _addresses.Clear();
            }

            var count = _addresses.GetValueOrDefault(address);
            if (_all >= PerMinute || count >= PerAddress) return false;
            _addresses[address] = count + 1;
            _all++;
            return true;
        }
    }
}
