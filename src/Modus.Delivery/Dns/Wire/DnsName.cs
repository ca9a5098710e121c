using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Modus.Delivery.Dns.Wire;

/// <summary>
/// A name in its canonical wire form (RFC 4034 §6.2): labels with their lengths, uncompressed, ASCII letters in lower case. Immutable.
/// </summary>
internal sealed class DnsName : IEquatable<DnsName>, IComparable<DnsName>
{
    /// <summary>RFC 1035 §2.3.4: octets of a whole name.</summary>
    public const int MaxLength = 255;

    private const int MaxLabelLength = 63; // RFC 1035 §2.3.4
    private readonly byte[] _wire;

    private DnsName(byte[] wire)
    {
        _wire = wire;
        for (var at = 0; wire[at] != 0; at += wire[at] + 1) LabelCount++;
    }

    /// <summary>The name above all.</summary>
    public static DnsName Root { get; } = new([0]);

    /// <summary>Labels, without the root's.</summary>
    public int LabelCount { get; }

    public bool IsRoot => LabelCount == 0;

    public bool IsWildcard => _wire is [1, (byte)'*', ..];

    /// <summary>The octets, with the root's.</summary>
    public ReadOnlySpan<byte> Wire => _wire;

    /// <summary>The name without its first label; of the root itself, the root.</summary>
    public DnsName Parent => IsRoot ? this : new DnsName(_wire[(_wire[0] + 1)..]);

    /// <summary>The first label; empty for the root.</summary>
    public ReadOnlySpan<byte> FirstLabel => _wire.AsSpan(1, _wire[0]);

    /// <summary>Takes octets that are a whole name already, apart from the case of its letters.</summary>
    public static DnsName FromWire(ReadOnlySpan<byte> wire)
    {
        var copy = wire.ToArray();
        Lower(copy);
        return new DnsName(copy);
    }

    /// <summary>Reads a name as people write it, without escapes. Labels may hold anything that is visible ASCII.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out DnsName? name)
    {
        name = null;
        if (text is "" or ".") return (name = Root) is not null;
        if (text[^1] == '.') text = text[..^1];
        if (text.Length + 2 > MaxLength) return false;
        var wire = new byte[text.Length + 2];
        var at = 0;
        foreach (var range in text.AsSpan().Split('.'))
        {
            var label = text.AsSpan()[range];
            if (label.Length is 0 or > MaxLabelLength || label.ContainsAnyExceptInRange('!', '~')) return false;
            wire[at++] = (byte)label.Length;
            at += Encoding.ASCII.GetBytes(label, wire.AsSpan(at));
        }

        Lower(wire);
        name = new DnsName(wire);
        return true;
    }

    /// <summary>Reads a name that is known to be good.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static DnsName Parse(string text) => TryParse(text, out var name) ? name : throw new FormatException($"'{text}' is no DNS name");

    /// <summary>The name under which an address has its PTR records (RFC 1035 §3.5, RFC 3596 §2.5).</summary>
    public static DnsName ForAddress(IPAddress address)
    {
        if (address.IsIPv4MappedToIPv6) address = address.MapToIPv4();
        var octets = address.GetAddressBytes();
        Array.Reverse(octets);
        return Parse(address.AddressFamily == AddressFamily.InterNetwork
            ? string.Join('.', octets) + ".in-addr.arpa"
            : string.Concat(octets.Select(static octet => $"{octet & 15:x}.{octet >> 4:x}.")) + "ip6.arpa");
    }

    /// <summary>This name with a label in front; null when that is too long.</summary>
    public DnsName? Under(ReadOnlySpan<byte> label)
    {
        if (label.Length is 0 or > MaxLabelLength || _wire.Length + label.Length + 1 > MaxLength) return null;
        return FromWire([(byte)label.Length, .. label, .. _wire]);
    }

    /// <summary>The last labels of the name, so many.</summary>
    public DnsName Suffix(int labels) => new(_wire[Offset(LabelCount - labels)..]);

    public bool IsAtOrBelow(DnsName above) =>
        LabelCount >= above.LabelCount && _wire.AsSpan(Offset(LabelCount - above.LabelCount)).SequenceEqual(above._wire);

    public bool IsBelow(DnsName above) => LabelCount > above.LabelCount && IsAtOrBelow(above);

    /// <summary>How many labels, counted from the root, both names end in.</summary>
    public int SharedLabels(DnsName other)
    {
        var shared = Math.Min(LabelCount, other.LabelCount);
        while (!_wire.AsSpan(Offset(LabelCount - shared)).SequenceEqual(other._wire.AsSpan(other.Offset(other.LabelCount - shared)))) shared--;
        return shared;
    }

    /// <summary>The canonical order (RFC 4034 §6.1): by labels from the root.</summary>
    public int CompareTo(DnsName? other)
    {
        if (other is null) return 1;
        var most = Math.Min(LabelCount, other.LabelCount);
        for (var label = 1; label <= most; label++)
        {
            var order = LabelFromRoot(label).SequenceCompareTo(other.LabelFromRoot(label));
            if (order != 0) return order;
        }

        return LabelCount - other.LabelCount;
    }

    public bool Equals(DnsName? other) => other is not null && _wire.AsSpan().SequenceEqual(other._wire);

    public override bool Equals(object? obj) => Equals(obj as DnsName);

    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(_wire);
        return hash.ToHashCode();
    }

    /// <summary>As people write it, without a trailing dot; what is not visible, and dots and backslashes in labels, is escaped. Empty for the root.</summary>
    public override string ToString()
    {
        var text = new StringBuilder(_wire.Length);
        for (var at = 0; _wire[at] != 0; at += _wire[at] + 1)
        {
            if (at > 0) text.Append('.');
            foreach (var octet in _wire.AsSpan(at + 1, _wire[at]))
            {
                if (octet is (byte)'.' or (byte)'\\') text.Append('\\').Append((char)octet);
                else if (octet is > 32 and < 127) text.Append((char)octet);
                else text.Append('\\').Append(octet.ToString("000", null));
            }
        }

        return text.ToString();
    }

    private ReadOnlySpan<byte> LabelFromRoot(int label)
    {
        var at = Offset(LabelCount - label);
        return _wire.AsSpan(at + 1, _wire[at]);
    }

    private int Offset(int labels)
    {
        var at = 0;
        for (; labels > 0; labels--) at += _wire[at] + 1;
        return at;
    }

    // A length is at most 63, below the letters: it is not touched.
    private static void Lower(Span<byte> wire)
    {
        foreach (ref var octet in wire)
            if (octet is >= (byte)'A' and <= (byte)'Z') octet += 32;
    }
}
