using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;

namespace Modus.Tls;

/// <summary>Rules by network, for the one with the longest prefix. Immutable, thread-safe; a look-up allocates nothing.</summary>
internal sealed class NetworkTable
{
    private const int Bits = 128;
    private const int MappedBits = 96; // IPv4 stands behind ::ffff:0:0/96 (RFC 4291 §2.5.5.2)

    private readonly Family _v4 = new(); // of its own: ::/0 is no network of IPv4
    private readonly Family _v6 = new();

    public NetworkTable(IEnumerable<PeerRule> rules)
    {
        foreach (var rule in rules)
        {
            if (rule.Network is not { } network) continue;
            var length = network.PrefixLength + (network.BaseAddress.AddressFamily == AddressFamily.InterNetwork ? MappedBits : 0);
            var isV4 = length >= MappedBits && IsV4(network.BaseAddress);
            (isV4 ? _v4 : _v6).Add(ToNumber(network.BaseAddress), length, rule);
        }
    }

    public PeerRule? Find(IPAddress address)
    {
        var family = IsV4(address) ? _v4 : _v6;
        return family.IsEmpty ? null : family.Find(ToNumber(address));
    }

    private static bool IsV4(IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetwork || address.IsIPv4MappedToIPv6;

    private static UInt128 ToNumber(IPAddress address)
    {
        Span<byte> bytes = stackalloc byte[16];
        if (address.AddressFamily == AddressFamily.InterNetwork)
        {
            bytes[..10].Clear();
            bytes[10..12].Fill(0xff);
            address.TryWriteBytes(bytes[12..], out _);
        }
        else
        {
            address.TryWriteBytes(bytes, out _);
        }

        return BinaryPrimitives.ReadUInt128BigEndian(bytes);
    }

    private sealed class Family
    {
        private readonly SortedList<int, Dictionary<UInt128, PeerRule>> _byLength = // the longest first
            new(Comparer<int>.Create(static (left, right) => right - left));

        public bool IsEmpty => _byLength.Count == 0;

        public void Add(UInt128 address, int length, PeerRule rule)
        {
            if (!_byLength.TryGetValue(length, out var table)) _byLength[length] = table = [];
            var key = address & MaskOf(length);
            table[key] = table.TryGetValue(key, out var other) ? PeerPolicy.Stricter(other, rule) : rule;
        }

        public PeerRule? Find(UInt128 address)
        {
            for (var i = 0; i < _byLength.Count; i++)
                if (_byLength.GetValueAtIndex(i).TryGetValue(address & MaskOf(_byLength.GetKeyAtIndex(i)), out var rule)) return rule;
            return null;
        }

        private static UInt128 MaskOf(int length) => length == 0 ? UInt128.Zero : UInt128.MaxValue << (Bits - length);
    }
}
