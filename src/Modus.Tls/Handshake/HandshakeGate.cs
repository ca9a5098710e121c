using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Modus.Tls;

/// <summary>
/// Two bounds on handshakes. Turns: how many may compute at once, so that a flood leaves processor time to established
/// sessions; a handshake that waits for its peer holds none. Places: how many one remote address may have under way, so
/// that half-open handshakes from one address cost the others nothing. Thread-safe.
/// </summary>
internal sealed class HandshakeGate(int turns, int placesPerAddress) : IDisposable
{
    private readonly SemaphoreSlim _turns = new(turns, turns);
    private readonly Dictionary<Origin, int> _places = [];
    private readonly Lock _lock = new();

    /// <summary>False when the address has all its places taken. Each true needs one <see cref="Leave"/>.</summary>
    public bool TryEnter(IPAddress? address)
    {
        if (address is null)
            return true;
        var origin = Origin.Of(address);
        lock (_lock)
        {
            var taken = _places.GetValueOrDefault(origin);
            if (taken >= placesPerAddress)
                return false;
            _places[origin] = taken + 1;
            return true;
        }
    }

    public void Leave(IPAddress? address)
    {
        if (address is null)
            return;
        var origin = Origin.Of(address);
        lock (_lock)
        {
            var taken = _places.GetValueOrDefault(origin);
            if (taken <= 1)
                _places.Remove(origin);
            else
                _places[origin] = taken - 1;
        }
    }

    public HandshakeTurn NewTurn() => new(_turns);

    public void Dispose() => _turns.Dispose();

    /// <summary>An IPv4 address, or an IPv6 /64, which is what one subscriber has (RFC 6177 §2).</summary>
    private readonly record struct Origin(AddressFamily Family, ulong Prefix)
    {
        public static Origin Of(IPAddress address)
        {
            Span<byte> bytes = stackalloc byte[16];
            if (address.IsIPv4MappedToIPv6)
                address = address.MapToIPv4();
            bytes.Clear();
            address.TryWriteBytes(bytes, out _);
            return new Origin(address.AddressFamily, BinaryPrimitives.ReadUInt64BigEndian(bytes));
        }
    }
}

/// <summary>One handshake's right to compute. Used by one handshake at a time.</summary>
internal sealed class HandshakeTurn(SemaphoreSlim turns) : IDisposable
{
    private bool _isHeld;

    public async ValueTask TakeAsync(CancellationToken cancellationToken)
    {
        await turns.WaitAsync(cancellationToken);
        _isHeld = true;
    }

    public void GiveBack()
    {
        if (!_isHeld)
            return;
        _isHeld = false;
        turns.Release();
    }

    public void Dispose() => GiveBack();
}
